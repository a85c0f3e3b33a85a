// A build: how far it is, and an upload that would be too large told before it is sent.

import { announce, ask } from "./overt.js";

const working = document.getElementById("working");
const form = document.querySelector("form[data-most-bytes]");

async function look() {
  if (document.hidden) return;
  const now = await ask(working.dataset.now).catch((problem) => (problem.status ? { stage: "" } : null));
  if (now === null) return; // no connection: it is asked again
  if (now.stage !== "photographs are looked at") {
    location.reload();
    return;
  }
  document.getElementById("done").textContent = String(now.done);
  document.getElementById("progress").value = now.done;
}

if (working) {
  setInterval(look, 1000);
  announce(`Photographs are looked at: ${working.dataset.total}`);
}

if (form) {
  const told = document.getElementById("too-large"), button = form.querySelector("button.main");
  form.addEventListener("change", () => {
    let bytes = 0;
    for (const input of form.querySelectorAll("input[type=file]")) for (const file of input.files) bytes += file.size;
    const over = bytes > Number(form.dataset.mostBytes);
    told.hidden = !over;
    told.textContent = over ? `These files have ${Math.ceil(bytes / 2 ** 20)} MiB, and at most ${form.dataset.most} are taken. Leave some out.` : "";
    button.disabled = over;
  });
}
