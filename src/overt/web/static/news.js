// News of the record, and the state of the connection that brings them.

import { announce } from "./overt.js";
import { ending, stay } from "./presence.js";
export { beep } from "./presence.js";

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

/** Whether a key was pressed for the page, not into a field or with a modifier. */
export function bare(event) {
  return !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey
    && !(event.target.matches?.("input:not([type=radio]), textarea, select"));
}
