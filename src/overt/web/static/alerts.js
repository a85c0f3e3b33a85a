// The queue: what waits appears by itself, is told and heard; T takes the oldest.

import { announce } from "./overt.js";
import { ages, bare, beep, follow, switched } from "./news.js";

const queue = document.getElementById("queue");
const sound = switched("sound", "Sound"), keys = switched("keys", "Keys");
const rows = () => [...queue.querySelectorAll("[data-alert]")];
const FRESH_MS = 15000;
const told = new Map(); // alerts that were told of a moment ago, and when
const count = () => Number(queue.querySelector("#waiting").dataset.count);

// Many pages ask the same console: the longer it takes to answer, the longer each waits to ask again.
const LEAST_MS = 1000, TIMES = 5;
let asking = false, again = false, notBefore = 0;

/** Read the rows again: at once, or as soon as one may ask again. */
async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  await new Promise((done) => setTimeout(done, Math.max(0, notBefore - Date.now())));
  again = false;
  const begun = Date.now();
  await read();
  notBefore = begun + Math.max(LEAST_MS, TIMES * (Date.now() - begun));
  asking = false;
  if (again) refresh();
}

async function read() {
  const answer = await fetch(queue.dataset.rows, { headers: { Accept: "text/html" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const html = await answer.text().catch(() => null);
  if (html === null) return;
  const focused = document.activeElement?.id;
  queue.innerHTML = html;
  ages();
  if (focused) document.getElementById(focused)?.focus();
  mark();
  title();
}

/** Say that alerts were raised. Each is told once, whether its row is shown yet or not. */
function raised(alerts) {
  if (!alerts.length) return;
  for (const alert of alerts) told.set(alert, Date.now());
  announce(`${alerts.length === 1 ? "A new alert" : `${alerts.length} new alerts`}. ${count() + alerts.length} waiting.`);
  if (sound()) beep();
  mark();
}

/** Mark the rows of alerts that are new, and forget those that were: a long day has many. */
function mark() {
  for (const [alert, at] of told) if (Date.now() - at > FRESH_MS) told.delete(alert);
  for (const row of rows()) row.classList.toggle("fresh", told.has(row.dataset.alert));
}

function title() {
  document.title = `${count() ? `(${count()}) ` : ""}Alerts - overt`;
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
  on: ({ alerts }) => {
    raised(alerts);
    refresh();
  },
  back: refresh,
});
