// The queue: what waits appears by itself, is told and heard; T takes the oldest.

import { announce } from "./overt.js";
import { ages, bare, beep, follow, switched } from "./news.js";

const queue = document.getElementById("queue");
const sound = switched("sound", "Sound"), keys = switched("keys", "Keys");
const rows = () => [...queue.querySelectorAll("[data-alert]")];
const FRESH_MS = 15000;
const known = new Map(rows().map((row) => [row.dataset.alert, 0])); // when each was first shown

let asking = null, askAgain = false;
async function refresh() {
  if (asking) {
    askAgain = true;
    return asking;
  }
  asking = read().finally(() => {
    asking = null;
    if (askAgain) {
      askAgain = false;
      refresh();
    }
  });
  return asking;
}

async function read() {
  const answer = await fetch(queue.dataset.rows, { headers: { Accept: "text/html" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const focused = document.activeElement?.id;
  queue.innerHTML = await answer.text();
  ages();
  if (focused) document.getElementById(focused)?.focus();
  const fresh = rows().filter((row) => !known.has(row.dataset.alert));
  for (const row of fresh) known.set(row.dataset.alert, Date.now());
  for (const row of rows()) row.classList.toggle("fresh", Date.now() - known.get(row.dataset.alert) < FRESH_MS);
  if (fresh.length) {
    announce(`${fresh.length === 1 ? "A new alert" : `${fresh.length} new alerts`}. ${queue.querySelector("h2").textContent}.`);
    if (sound()) beep();
  }
  title();
}

function title() {
  const waiting = queue.querySelectorAll("ol[aria-labelledby=waiting] > li").length;
  document.title = `${waiting ? `(${waiting}) ` : ""}Alerts - overt`;
}

addEventListener("keydown", (event) => {
  if (!keys() || !bare(event) || event.key.toLowerCase() !== "t") return;
  const first = queue.querySelector("[data-take]");
  if (first) {
    event.preventDefault();
    first.click();
  }
});

title();
follow(queue.dataset.news, queue.dataset.after, {
  on: refresh,
  back: refresh,
});
