// The console's start page: how the system is, and one call with its transcript. Text is never read as HTML.
"use strict";

const element = (id) => document.getElementById(id);
const api = location.pathname.replace(/\/console\/?$/, "");

function row(...cells) {
  const line = document.createElement("tr");
  for (const cell of cells) line.insertCell().textContent = cell ?? "";
  return line;
}

async function showReadiness() {
  try {
    const readiness = await (await fetch(`${api}/health/ready`)).json();
    const failing = readiness.checks.filter((check) => !check.ok).map((check) => check.name);
    element("state").textContent = failing.length ? `Not ready: ${failing.join(", ")}` : "Everything answers.";
    element("checks").replaceChildren(
      ...readiness.checks.map((check) => row(check.name, check.ok ? "yes" : `no (${check.error})`, check.ms)));
  } catch {
    element("state").textContent = "The system does not answer.";
  }
}

function showCall(call) {
  element("facts").textContent =
    `${call.direction} · ${call.state} · ${call.outcome ?? "no outcome yet"} · ${(call.cost / 1e6).toFixed(4)} $`;
  element("turns").replaceChildren(...call.turns.map((turn) =>
    row(turn.number, turn.said, turn.heard ?? turn.answer, turn.timing.first_words_ms)));
  element("summary").textContent = call.analysis ? call.analysis.summary : "";
  element("call").hidden = false;
}

element("lookup").addEventListener("submit", async (event) => {
  event.preventDefault();
  const asked = new FormData(event.target);
  element("problem").textContent = "";
  const headers = { Authorization: `Bearer ${asked.get("token")}` };
  const answer = await fetch(`${api}/v1/calls/${encodeURIComponent(asked.get("call").trim())}`, { headers });
  const body = await answer.json();
  if (answer.ok) showCall(body);
  else element("problem").textContent = body.detail ?? body.message ?? "That did not work.";
});

showReadiness();
