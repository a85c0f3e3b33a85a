// Judging by keys: E or R, a reason, Enter. Nothing is chosen beforehand.

import { announce } from "./overt.js";
import { bare, beep, follow, switched } from "./news.js";

const page = document.getElementById("alert");
const form = document.getElementById("judge");
const sound = switched("sound", "Sound"), keys = switched("keys", "Keys");

if (form) {
  const confirm = document.getElementById("confirm"), reasons = document.getElementById("reasons");
  const other = document.getElementById("other");
  const decision = () => form.elements.decision.value, reason = () => form.elements.reason.value;

  function show() {
    const rejects = decision() === "reject";
    reasons.hidden = !rejects;
    for (const each of form.querySelectorAll("[name=reason]")) each.required = rejects;
    other.hidden = !rejects || reason() !== "other";
    other.required = !other.hidden;
    const what = !decision() ? "" : rejects ? `: reject${reason() ? `, ${reason()}` : ""}` : ": engage";
    confirm.firstChild.textContent = `Confirm${what} `;
    confirm.classList.toggle("main", Boolean(decision()) && (!rejects || Boolean(reason())));
  }

  function choose(input) {
    input.checked = true;
    show();
    if (input.value === "reject") {
      reasons.focus();
      announce("Reject: why it is false.");
    } else if (input.value === "other") {
      other.focus();
    } else {
      confirm.focus();
    }
  }

  form.addEventListener("change", show);
  addEventListener("keydown", (event) => {
    if (!keys() || !bare(event)) return;
    const key = event.key.toLowerCase();
    if (!/^[a-z]$/.test(key)) return;
    const found = form.querySelector(`[data-key="${key}"]`)
      ?? (decision() === "reject" ? form.querySelector(`[data-reason="${key}"]`) : null);
    if (found) {
      event.preventDefault();
      choose(found);
    }
  });
  show();
}

function draw(image) {
  if (!image.complete || !image.naturalWidth) return;
  let large = document.getElementById("probe");
  if (large.tagName !== "CANVAS") {
    const canvas = document.createElement("canvas");
    canvas.id = "probe";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", large.alt);
    large.replaceWith(canvas);
    large = canvas;
  }
  large.width = image.naturalWidth;
  large.height = image.naturalHeight;
  large.getContext("2d").drawImage(image, 0, 0);
}

// The frames of the passage, one at a time where the camera's picture is.
// Drawn from what was loaded: its addresses are over after a minute.
const shots = [...document.querySelectorAll("[data-shot]")];
for (const shot of shots) {
  shot.addEventListener("click", () => {
    draw(shot.querySelector("img"));
    for (const each of shots) each.setAttribute("aria-pressed", String(each === shot));
  });
}
addEventListener("keydown", (event) => {
  if (keys() && bare(event) && /^[1-9]$/.test(event.key)) shots[Number(event.key) - 1]?.click();
});

follow(page.dataset.news, page.dataset.after, {
  on: ({ alerts }) => {
    if (alerts.length) {
      announce(alerts.length === 1 ? "Another alert waits." : `${alerts.length} more alerts wait.`);
      if (sound()) beep();
    }
  },
  back: () => {},
});
