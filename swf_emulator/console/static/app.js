// What every page has: theme, keyboard, quiet forms, the ticking clock, copying, messages.
import "./live.js";
import "./forms.js";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

function say(message, bad = false) {
  $(".toast")?.remove();
  const toast = document.createElement("div");
  toast.className = bad ? "toast bad" : "toast";
  toast.setAttribute("role", "status");
  toast.textContent = message;
  document.body.append(toast);
  setTimeout(() => toast.remove(), bad ? 8000 : 3000);
}

// Other scripts say what happened.
document.addEventListener("say", (event) => say(event.detail.text, event.detail.bad));

// Theme: as the system has it, until it is switched.
function switchTheme() {
  const root = document.documentElement;
  const dark = getComputedStyle(root).colorScheme === "dark"
    || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
  document.cookie = `swf-theme=${root.dataset.theme};path=/;max-age=31536000;samesite=strict`;
}

// Forms that stay on the page: sent in the background, answered with a message.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return event.preventDefault();
  if (!("quiet" in form.dataset)) return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(data),
    headers: { Accept: "application/json" },
  });
  const { message, __type: code } = await answer.json();
  say(message ?? code, !answer.ok);
  document.dispatchEvent(new Event("refresh"));
});

// Selects that change the page at once.
document.addEventListener("change", (event) => {
  if ("submits" in event.target.dataset) event.target.form.requestSubmit();
});

document.addEventListener("click", async (event) => {
  const clock = $(".clock");
  if (clock.open && !clock.contains(event.target)) clock.open = false;
  const button = event.target.closest("[data-does]");
  if (!button) return;
  if (button.dataset.does === "theme") switchTheme();
  if (button.dataset.does === "help") $("#help").showModal();
  if (button.dataset.does === "copy") {
    event.preventDefault();
    const text = button.dataset.url ? await (await fetch(button.dataset.url)).text() : button.dataset.text;
    await navigator.clipboard.writeText(text);
    say("Copied");
  }
});

// Keyboard: one key, or "g" and one key.
let went = -Infinity;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog[open]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const tabs = $$(".tabs a");
  const act = {
    "?": () => $("#help").showModal(),
    "/": () => $("[data-search]")?.focus(),
    g: () => { went = event.timeStamp; },
    s: () => { location.href = "/executions/start"; },
    l: switchTheme,
    c: () => { const clock = $(".clock"); clock.open = !clock.open; if (clock.open) $("button", clock).focus(); },
    Escape: () => { $(".clock").open = false; },
  }[event.key];
  const page = event.timeStamp - went < 1500 && $$(".bar nav a").find((link) => link.dataset.key === event.key);
  if (page) page.click();
  else if (act) act();
  else if (tabs[event.key - 1]) tabs[event.key - 1].click();
  else return;
  event.preventDefault();
});

// The clock in the bar, and how long ago each time was, by the emulator's clock.
let reference = { at: performance.now(), now: 0, speed: 0 };
function setClock() {
  const clock = $(".clock");
  reference = { at: performance.now(), now: +clock.dataset.now, speed: +clock.dataset.speed };
  tick();
}
function tick() {
  const now = reference.now + (performance.now() - reference.at) * reference.speed;
  $("#now").textContent = new Date(now).toISOString().slice(0, 19).replace("T", " ");
  for (const time of $$("time[data-ago]")) {
    const seconds = Math.round((now - Date.parse(time.dateTime)) / 1000);
    time.textContent = spoken(Math.abs(seconds)) + (seconds < 0 ? " from now" : " ago");
  }
  for (const part of $$("[data-since]")) part.textContent = lasting(now - part.dataset.since);
  for (const part of $$("[data-until]")) part.textContent = lasting(part.dataset.until - now);
}
function lasting(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const units = [["d", 86400, "h", 3600], ["h", 3600, "min", 60], ["min", 60, "s", 1], ["s", 1]];
  const seconds = Math.floor(ms / 1000);
  const [unit, size, small, least] = units.find(([, size]) => seconds >= size);
  const rest = least ? Math.floor((seconds % size) / least) : 0;
  return `${Math.floor(seconds / size)} ${unit}${rest ? ` ${rest} ${small}` : ""}`;
}
function spoken(seconds) {
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const [size, unit] = units.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit}`;
}
setClock();
setInterval(tick, 1000);
document.addEventListener("refreshed", setClock);
