// A page that waits for what was begun: it is shown anew once there is something else to show.

const waiting = document.getElementById("waiting");

async function look() {
  if (document.hidden) return;
  const answer = await fetch(waiting.dataset.progress, { headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const now = await answer.json();
  if (now.state !== waiting.dataset.state || !now.waits) location.reload();
}

if (waiting) setInterval(look, 500);
