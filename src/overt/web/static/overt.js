// What every page does. Pages work without it; it makes them say more.

/** Tell who listens instead of looks; one thing at a time, the last one stays. */
export function announce(text) {
  const line = document.getElementById("announce");
  if (line) {
    line.textContent = "";
    requestAnimationFrame(() => { line.textContent = text; });
  }
}

/** Ask the console, with this session's token; a problem is thrown with what it says. */
export async function ask(path, { method = "GET", body = null } = {}) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const headers = { Accept: "application/json", "X-CSRF-Token": token };
  if (body !== null) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, {
    method,
    headers,
    body: body === null ? undefined : JSON.stringify(body),
    credentials: "same-origin",
    redirect: "error",
  });
  const told = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) {
    throw new Problem(answer.status, told?.detail ?? "the console did not answer", told?.hint ?? "");
  }
  return told;
}

/** What went wrong: got and want in `message`, what to do next in `hint`. */
export class Problem extends Error {
  constructor(status, detail, hint) {
    super(detail);
    this.status = status;
    this.hint = hint;
  }
}

// A page that comes back with something to be corrected begins there.
document.querySelector("[data-focus]")?.focus();

// What asks before it does closes with Escape, and gives the focus back.
for (const details of document.querySelectorAll("details.ask")) {
  details.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && details.open) {
      details.open = false;
      details.querySelector("summary").focus();
    }
  });
}

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
// A page from the browser's memory can send again.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
  }
});
