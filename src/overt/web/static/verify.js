// The page that checks the export in this browser.

import { announce } from "./overt.js";
import { Wrong, check, hex, prove } from "./ledger.js";

const form = document.getElementById("verify");
const part = (id) => document.getElementById(id);

function tell(line, tone) {
  const item = document.createElement("li");
  const badge = document.createElement("span");
  badge.className = `badge ${tone}`;
  badge.textContent = { good: "ok", bad: "wrong", warn: "not checked" }[tone];
  item.append(badge, ` ${line}`);
  part("lines").append(item);
}

async function run() {
  const trusted = part("key").value.trim();
  const answer = await fetch(form.dataset.export, { credentials: "same-origin", redirect: "error" });
  if (!answer.ok) throw new Wrong(`export: the console answered ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const progress = (done, all) => { part("progress").max = all; part("progress").value = done; };
  const checked = await check(bytes, { trusted, progress });
  progress(1, 1);
  tell(`${checked.hashes.length} events of ${checked.header.origin}, root ${hex(checked.last.root)}`, "good");
  tell(`${checked.checkpoints.length} checkpoints and ${checked.rotations.length} changes of the key: each root is that of the events before it`, "good");
  if (checked.signed) tell("every checkpoint and change of the key is signed (Ed25519)", "good");
  else tell("signatures: this browser has no Ed25519; use overt verify", "warn");
  if (trusted) tell("the log is that of the key that you gave", "good");
  else tell("no key was given: whose log it is rests on the export's own word", "warn");
  const sequence = Number(part("sequence").value || checked.hashes.length);
  if (checked.hashes.length) {
    const { path, event } = await prove(checked, sequence);
    tell(`event ${sequence} is in it, by a path of ${path.length} hashes`, "good");
    part("event").textContent = JSON.stringify(event, null, 2);
  }
  return "The record is what was signed.";
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  part("result").hidden = false;
  part("lines").replaceChildren();
  part("event").textContent = "";
  let told;
  try {
    told = await run();
  } catch (error) {
    told = error instanceof Wrong ? error.message : `the export cannot be read: ${error.message}`;
    tell(told, "bad");
  }
  delete form.dataset.sent; // it may be checked again
  form.dataset.done = "yes";
  announce(told);
  part("result-title").focus();
});
