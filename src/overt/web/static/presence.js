// Whether somebody is there: before a session ends they are told, and one touch has it go on.

import { announce } from "./overt.js";

// Who moves or types is there: their session goes on. A page that waits alone keeps none alive,
// and neither does something that lies on a key.
let said = Date.now(), ends = null, counting = null;
for (const kind of ["pointermove", "pointerdown", "keydown", "touchstart"]) {
  addEventListener(kind, (event) => {
    if (event.repeat || !event.isTrusted) return;
    if (ends === null) {
      if (Date.now() - said >= 60000) here();
      return;
    }
    if (ends.whole) return;
    // The key that says so says nothing else: no alert is taken or judged by it.
    if (kind === "keydown") {
      if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    here();
  }, { capture: true });
}

function here() {
  said = Date.now();
  fetch("/present", { redirect: "error" }).then((answer) => { if (answer.ok) stay(); }).catch(() => null);
}

/** Tell, to see and to hear, that the session ends; again until somebody is there. */
export function ending({ left_s, whole }) {
  const box = document.getElementById("ending");
  if (!box) return;
  const first = ends === null;
  ends = { at: Date.now() + left_s * 1000, whole };
  box.querySelector("[data-words]").textContent = whole ? "Your session ends, however much you do, in" : "Are you there? You are logged out in";
  box.querySelector("[data-stay]").hidden = whole;
  box.querySelector("[data-whole]").hidden = !whole;
  box.hidden = false;
  count();
  counting ??= setInterval(count, 1000);
  if (first) announce(whole ? "Your session ends in two minutes. Log in again." : "You are logged out in two minutes. Press any key to go on.");
  if (localStorage.getItem("overt-sound") !== "off") beep();
}

function count() {
  const s = Math.max(0, Math.round((ends.at - Date.now()) / 1000));
  document.querySelector("#ending [data-left]").textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

export function stay() {
  if (ends === null || ends.whole) return;
  ends = null;
  clearInterval(counting);
  counting = null;
  document.getElementById("ending").hidden = true;
  announce("You stay logged in.");
}

let context = null;
function awake() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, awake, { once: true });

/** Two short tones; silent until somebody has touched the page, as browsers want it. */
export function beep() {
  if (context?.state !== "running") return;
  for (const [at, hertz] of [[0, 660], [0.18, 880]]) {
    const tone = context.createOscillator(), volume = context.createGain();
    tone.frequency.value = hertz;
    const begin = context.currentTime + at;
    volume.gain.setValueAtTime(0.0001, begin);
    volume.gain.exponentialRampToValueAtTime(0.25, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.15);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 0.16);
  }
}
