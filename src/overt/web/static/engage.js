// The phone view. What is done is kept on this phone until the console has recorded it: each act
// under a key of its own, so that it is recorded once however often it is sent. Kept are the ids
// of deployment and alert and the answers; no picture and no name. What is sent is deleted.
import { announce } from "./overt.js";
import { ending, stay } from "./presence.js";

const PREFIX = "overt.act.";
const AGAIN_MS = 5000;
const TRY_MS = 15000;
const queue = document.getElementById("queue");
const account = queue.dataset.account;
const connection = document.getElementById("connection");
const refusedPlace = document.getElementById("refused");
const steps = JSON.parse(queue.dataset.steps ?? "{}");
const actions = JSON.parse(queue.dataset.actions ?? "{}");
let known = queue.dataset.state ?? ""; // as the console said last
let sending = false;
let reached = true;
let expired = false;

// One entry for each act: two pages of one phone never overwrite each other's.
function kept() {
  const found = [];
  for (let place = 0; place < localStorage.length; place += 1) {
    const name = localStorage.key(place);
    if (name.startsWith(PREFIX)) found.push(JSON.parse(localStorage.getItem(name)));
  }
  return found.sort((one, other) => one.order - other.order);
}
const mine = () => kept().filter((act) => act.account === account && !act.refused);
const keep = (act) => localStorage.setItem(PREFIX + act.key, JSON.stringify(act));
const drop = (act) => localStorage.removeItem(PREFIX + act.key);

function newKey() {
  const drawn = crypto.getRandomValues(new Uint8Array(16));
  return [...drawn].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The action of the life cycle that a form's answers record.
function actionOf(what, answers) {
  const [first, second] = actions[what];
  if (what === "end") return actions.end.find((each) => each.endsWith(`: ${answers.finding}`));
  if (what === "outcome") return answers.disposal === "arrest" ? first : second;
  return first;
}

/** Where the alert stands once everything that is kept here is recorded. */
function stateNow() {
  const waiting = mine().filter((act) => act.alert === queue.dataset.alert);
  return waiting.reduce((state, act) => steps[state]?.[actionOf(act.what, act.answers)] ?? state, known);
}

function show() {
  const waiting = mine();
  const others = kept().filter((act) => act.account !== account).length;
  const acts = `${waiting.length} ${waiting.length === 1 ? "act waits" : "acts wait"} on this phone`;
  let text = "Connected. Everything is recorded.";
  if (waiting.length) text = reached ? `Sending: ${acts}.` : `No connection: ${acts}. Go on; they are sent later.`;
  else if (!reached) text = "No connection. Go on; what you do is sent later.";
  if (expired) text = `Log in again${waiting.length ? `: ${acts}` : ""}.`;
  if (others) text += ` ${others} of another account: they are sent when that person logs in here.`;
  if (connection.textContent !== text) connection.textContent = text;
  connection.classList.toggle("waits", waiting.length > 0 && reached);
  connection.classList.toggle("lost", !reached || expired);
  showRefused();
  if (queue.dataset.alert) showParts();
}

function showParts() {
  const state = stateNow();
  document.getElementById("state").textContent = mine().some((act) => act.alert === queue.dataset.alert)
    ? `${state} (not sent yet)` : state;
  for (const [what, of] of Object.entries(actions)) {
    const part = document.getElementById(`part-${what}`);
    part.hidden = !of.some((action) => action in (steps[state] ?? {}));
  }
}

function showRefused() {
  const refused = kept().filter((act) => act.refused && act.account === account);
  const shown = refused.map((act) => act.key).join(" ");
  if (refusedPlace.dataset.shown === shown) return;
  refusedPlace.dataset.shown = shown;
  refusedPlace.replaceChildren(...refused.map((act) => {
    const box = document.createElement("div");
    box.className = "refusal";
    const lines = [`Not recorded (${act.what}, ${new Date(act.at).toLocaleTimeString()}):`, act.refused, act.hint];
    for (const line of lines.filter(Boolean)) {
      const p = document.createElement("p");
      p.textContent = line;
      box.append(p);
    }
    const again = document.createElement("a");
    again.href = `/engage/${encodeURIComponent(act.deployment)}/${encodeURIComponent(act.alert)}`;
    again.className = "button";
    again.textContent = "See the alert as it is now";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Understood";
    button.addEventListener("click", () => { drop(act); show(); document.getElementById("main").focus(); });
    box.append(button, " ", again);
    return box;
  }));
}

/** Send one act; tell whether to go on with the next. */
async function send(act) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const path = ["/engage", act.deployment, act.alert, act.what].map(
    (each, place) => (place ? encodeURIComponent(each) : each)).join("/");
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": token },
      body: new URLSearchParams({ ...act.answers, act: act.key }),
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(TRY_MS),
    });
  } catch {
    reached = false;
    return false;
  }
  reached = true;
  const told = await answer.json().catch(() => null);
  if (answer.ok) {
    drop(act);
    expired = false;
    if (act.alert === queue.dataset.alert) known = told?.state ?? known;
    return true;
  }
  if (answer.status === 401 || answer.status === 403) {
    expired = true; // the session is over, or is another's: the act stays
    return false;
  }
  if (answer.status >= 500 || answer.status === 429) return false;
  keep({ ...act, refused: told?.detail ?? "the console refused it", hint: told?.hint ?? "" });
  return true;
}

/** Send what waits, in the order in which it was done. */
async function sendAll() {
  if (sending) return;
  sending = true;
  try {
    for (let [act] = mine(); act && await send(act); [act] = mine()) show();
  } finally {
    sending = false;
    show();
  }
}

function answersOf(form) {
  const given = Object.fromEntries(new FormData(form));
  delete given.csrf;
  delete given.act;
  return given;
}

for (const form of document.querySelectorAll("form.act")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const at = Date.now();
    const order = Math.max(at, ...kept().map((act) => act.order + 1));
    try {
      keep({
        key: newKey(), order, at, account, deployment: queue.dataset.deployment,
        alert: queue.dataset.alert, what: form.dataset.what, answers: answersOf(form),
      });
    } catch { // the browser keeps nothing: send it as any form is sent
      form.submit();
      return;
    }
    form.reset();
    delete form.dataset.sent;
    form.closest("details")?.removeAttribute("open");
    document.getElementById("hand-over").open = false; // the next form stands where the thumb is
    showOnly(form);
    show();
    const next = [...document.querySelectorAll(".part:not([hidden]) h2")].at(0);
    if (next) {
      next.tabIndex = -1;
      next.focus();
    }
    announce("Kept on this phone; it is sent as soon as there is a connection.");
    sendAll();
  });
  form.addEventListener("change", () => showOnly(form));
  showOnly(form);
}

/** Show what is asked only after one of the answers. */
function showOnly(form) {
  const answers = answersOf(form);
  for (const place of form.querySelectorAll(".only")) {
    place.hidden = answers[place.dataset.when] !== place.dataset.is;
    for (const field of place.querySelectorAll("input, select")) field.disabled = place.hidden;
    for (const field of place.querySelectorAll("[data-needed]")) field.required = !place.hidden;
  }
}

// A list looks for what is new.
async function lookForNew() {
  let answer;
  try {
    answer = await fetch(queue.dataset.list, {
      headers: { Accept: "application/json" }, // what went wrong; the list is a page all the same
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(TRY_MS),
    });
  } catch {
    reached = false;
    show();
    return;
  }
  reached = true;
  expired = answer.status === 401 || answer.status === 403;
  if (answer.ok) {
    const place = document.getElementById("engaged");
    const read = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("engaged");
    const before = new Set(place.dataset.alerts.split(" "));
    const added = read.dataset.alerts.split(" ").filter((id) => id && !before.has(id)).length;
    const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    place.replaceWith(document.adoptNode(read));
    if (focused) document.querySelector(`#engaged a[href="${CSS.escape(focused)}"]`)?.focus();
    if (added) {
      announce(`${added} new to engage`);
      navigator.vibrate?.([200, 100, 200]);
    }
  }
  show();
}

// A session is told to end before it does; asking keeps none alive.
async function lookAtSession() {
  if (document.hidden || expired) return;
  const answer = await fetch(queue.dataset.left, {
    headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error",
    signal: AbortSignal.timeout(TRY_MS),
  }).catch(() => null);
  if (!answer) return; // a phone without a connection is told so by what it sends
  if (answer.status === 401) {
    expired = true;
    show();
  }
  if (!answer.ok) return;
  const told = await answer.json();
  if (told.ends) ending(told);
  else stay();
}

addEventListener("online", () => sendAll());
addEventListener("offline", () => { reached = false; show(); });
addEventListener("storage", () => show());
setInterval(() => {
  if (mine().length) sendAll();
  else if (queue.dataset.list) lookForNew();
  else if (!reached && navigator.onLine) { reached = true; show(); }
}, AGAIN_MS);
setInterval(lookAtSession, AGAIN_MS);
show();
sendAll();
