// What runs now: views and numbers as they come, and the time that is left.

import { announce } from "./overt.js";
import { bare, follow } from "./news.js";

const live = document.getElementById("live");
const fill = (part, name, text) => {
  const place = part.querySelector(`[data-fill="${name}"]`);
  if (place && place.textContent !== text) place.textContent = text;
};

/** Show the page anew; not while a form of it is sent: what it leads to is shown then. */
function again() {
  if (!document.querySelector("form[data-sent]")) location.reload();
}

let end = null;
const left = live.querySelector("[data-left]");
function tick() {
  if (end === null) return;
  const s = Math.max(0, Math.round((end - Date.now()) / 1000));
  left.textContent = `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;
  left.classList.toggle("late", s < 600);
}
if (left) {
  end = Date.now() + Number(left.dataset.left) * 1000;
  setInterval(tick, 1000);
}

async function look() {
  if (document.hidden) return;
  const answer = await fetch(live.dataset.now, { headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const now = await answer.json();
  const begun = now.cameras.length > 0 && !live.querySelector("[data-camera]");
  if (now.state !== live.dataset.state || begun) {
    again();
    return;
  }
  end = Date.now() + now.left_s * 1000;
  fill(live, "waiting", String(now.waiting));
  for (const camera of now.cameras) {
    const part = live.querySelector(`[data-camera="${CSS.escape(camera.name)}"]`);
    if (!part) continue;
    const health = part.querySelector('[data-fill="health"]');
    const [tone, words] = judged(camera);
    health.className = `badge ${tone}`;
    if (health.textContent !== words) health.textContent = words;
    fill(part, "fps", camera.fps.toFixed(1));
    fill(part, "latency", camera.latency_ms === null ? "-" : `${camera.latency_ms} ms`);
    fill(part, "focus", camera.focus === null ? "-" : camera.focus.toFixed(2));
    for (const name of ["dropped", "seen", "compared", "unfit", "alerts"]) fill(part, name, String(camera[name]));
  }
}

function judged(camera) {
  if (camera.lost) return ["bad", "lost: it is begun again until it is back"];
  if (camera.silent_s === null) return performance.now() < 10000 ? ["", "waiting for a frame"] : ["bad", "no frame yet: is it reachable?"];
  if (camera.silent_s > 3) return ["bad", `no frame for ${Math.round(camera.silent_s)} s`];
  if (camera.latency_ms > 1000) return ["warn", "behind"];
  return ["good", "sees"];
}

/** Show the newest view of a camera, five times a second at most, one request at a time. */
async function watch(part) {
  const image = part.querySelector("img"), none = part.querySelector('[data-fill="no-view"]');
  for (let number = 1; ; number += 1) {
    await new Promise((done) => setTimeout(done, 200));
    if (document.hidden) continue;
    const came = await new Promise((done) => {
      image.onload = () => done(true);
      image.onerror = () => done(false);
      image.src = `${part.dataset.view}?n=${number}`;
    });
    image.hidden = !came;
    none.hidden = came;
  }
}

if (live.dataset.deployment) {
  look();
  setInterval(look, 1000);
  for (const part of live.querySelectorAll("[data-view]")) watch(part);
}

// One key opens the question, Enter answers it; Escape leaves all as it is.
addEventListener("keydown", (event) => {
  if (!bare(event)) return;
  const found = live.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.matches("summary")) {
    const details = found.parentElement;
    details.open = true;
    (details.querySelector("[data-confirm]") ?? details.querySelector("input:not([type=hidden])")).focus();
  } else {
    found.click();
  }
});

follow(live.dataset.news, live.dataset.after, {
  on: ({ alerts, deployments }) => {
    if (deployments.length && (!live.dataset.deployment || deployments.includes(live.dataset.deployment))) again();
    if (alerts.length) announce(alerts.length === 1 ? "An alert was raised." : `${alerts.length} alerts were raised.`);
  },
  back: () => again(),
});
