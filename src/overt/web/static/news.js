// News of the record, and the state of the connection that brings them.

import { announce } from "./overt.js";

const line = document.getElementById("connection");

/**
 * Follow news from a place in the record on; comes back by itself, and says when it is away.
 * `on` is told what came since: the alerts that were raised, whether somebody did something about
 * an alert, and the deployments that took a step.
 */
export function follow(address, after, { on, back }) {
  let last = after, source = null, lost = null, again = 0;

  function open() {
    source = new EventSource(`${address}?after=${encodeURIComponent(last)}`);
    source.onopen = () => {
      clearTimeout(again);
      const was = lost;
      lost = null;
      show("connected", "Connected");
      if (was !== null) {
        announce("Connected again.");
        back();
      }
    };
    source.onerror = () => {
      if (lost === null) {
        lost = new Date();
        announce("The connection is lost. What is shown may be old.");
      }
      show("lost", `Not connected since ${lost.toLocaleTimeString("en-GB")}: what is shown may be old. Trying again.`);
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(again);
        again = setTimeout(open, 1500);
      }
    };
    source.addEventListener("news", (event) => {
      if (Number(event.lastEventId) <= Number(last)) return;
      last = event.lastEventId;
      const told = JSON.parse(event.data);
      on({ alerts: Object.values(told.alert).flat(), queue: told.queue.length > 0, deployments: told.deployment });
    });
    source.addEventListener("ending", (event) => ending(JSON.parse(event.data)));
    source.addEventListener("staying", stay);
    source.addEventListener("over", () => { source.close(); location.replace("/login?ended=yes"); });
  }

  open();
  addEventListener("pagehide", () => source.close());
}

function show(state, words) {
  if (!line || line.dataset.state === state) return;
  line.dataset.state = state;
  line.querySelector("[data-words]").textContent = words;
}

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
function ending({ left_s, whole }) {
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

function stay() {
  if (ends === null || ends.whole) return;
  ends = null;
  clearInterval(counting);
  counting = null;
  document.getElementById("ending").hidden = true;
  announce("You stay logged in.");
}

/** Count up since times that the page names; a machine's clock may be off, so from its own now. */
const begun = Date.now() / 1000;
const offset = Number(document.querySelector("meta[name=now]")?.content ?? begun) - begun;
export function ages() {
  for (const each of document.querySelectorAll("[data-since]")) {
    const s = Math.max(0, Math.floor(Date.now() / 1000 + offset - Number(each.dataset.since)));
    each.textContent = s < 3600 ? `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}` : `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
    each.classList.toggle("late", s >= 60);
  }
}
ages();
setInterval(ages, 1000);

/** A switch that is remembered in this browser. */
export function switched(id, label) {
  const button = document.getElementById(id);
  const name = `overt-${id}`;
  const is = () => localStorage.getItem(name) !== "off";
  if (button) {
    button.hidden = false;
    const show = () => {
      button.textContent = `${label}: ${is() ? "on" : "off"}`;
      button.setAttribute("aria-pressed", String(is()));
    };
    button.addEventListener("click", () => {
      localStorage.setItem(name, is() ? "off" : "on");
      show();
    });
    show();
  }
  return is;
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

/** Whether a key was pressed for the page, not into a field or with a modifier. */
export function bare(event) {
  return !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey
    && !(event.target.matches?.("input:not([type=radio]), textarea, select"));
}
