// The pages of one execution. Everything works without this; it saves a page load here and there:
// the panel follows the chosen row, payloads are copied and shown raw, the timeline zooms and
// pans, the dry run of decisions follows what is typed.

const one = (selector, at = document) => at.querySelector(selector);
const all = (selector, at = document) => [...at.querySelectorAll(selector)];
const narrow = matchMedia("(max-width: 720px)");

function say(text, bad) {
  document.dispatchEvent(new CustomEvent("say", { detail: { text, bad } }));
}

// Copying works without the clipboard's permission, and says when it does not.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "vh";
    (one("dialog[open]") ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

async function copied(text) {
  if (await copy(text)) say("Copied");
  else say("Copying is not allowed here. Show the raw text, select it and press Ctrl C.", true);
}

// The panel shows the chosen event; it is fetched when another one is chosen.
const side = one(".side[data-shows]");
let wanted = 0;

async function choose(id, focus) {
  if (!side) return false;
  const row = one(`[data-ev="${id}"]`) ?? rowWith(id);
  const turn = (wanted += 1);
  let answer;
  try {
    answer = await fetch(`${side.dataset.panels}/${id}/panel`);
  } catch {
    say("No connection: the panel shows the event that was chosen before.", true);
    return true;
  }
  if (turn !== wanted || !answer.ok) return answer.ok;
  side.innerHTML = await answer.text();
  side.scrollTop = 0;
  side.classList.toggle("sheet-up", narrow.matches);
  for (const each of all('.ev[aria-current="true"]')) each.removeAttribute("aria-current");
  row?.setAttribute("aria-current", "true");
  if (focus) row?.focus();
  const url = new URL(location.href);
  url.searchParams.set("event", id);
  url.searchParams.delete("page");
  url.hash = "";
  history.replaceState(null, "", url);
  return true;
}

// What is open changes: its panel is fetched again, unless something in it is in use.
document.addEventListener("refreshed", async () => {
  const head = one(".side [data-open]");
  if (!head || side.contains(document.activeElement)) return;
  const answer = await fetch(`${side.dataset.panels}/${head.dataset.open}/panel`);
  if (answer.ok && head.isConnected) side.innerHTML = await answer.text();
});

// An event that is part of a row but not its first.
function rowWith(id) {
  const before = all(".compact .ev").filter((each) => Number(each.dataset.ev) <= id);
  return before.find((each) => idsOf(each).has(id)) ?? null;
}
function idsOf(row) {
  const ids = new Set([Number(row.dataset.ev)]);
  for (const word of one(".ids", row)?.textContent.split(" ") ?? []) {
    const [from, to] = word.split("–").map(Number);
    for (let id = from; id <= (to ?? from); id += 1) ids.add(id);
  }
  return ids;
}

// Payloads: the tree or the raw text.
function toggleRaw(button) {
  const box = button.closest(".payload");
  const raw = one(".raw-text", box);
  raw.hidden = !raw.hidden;
  one(".json", box).hidden = !raw.hidden;
  button.setAttribute("aria-pressed", String(!raw.hidden));
}

// Timeline: the drawing is in percent of its width, so zooming sets one attribute. A drawing of
// bands is fetched again for the part that is looked at.
let zoom = 1;
function zoomTo(next, at = 0.5) {
  const pane = one(".pane");
  const chart = one("[data-chart]");
  if (!pane) return;
  const frame = one(".tl");
  if ("dense" in frame.dataset) {
    lookAt(frame, next > zoom ? 0.5 : 2);
    return;
  }
  const middle = (pane.scrollLeft + pane.clientWidth * at) / chart.clientWidth;
  zoom = Math.min(64, Math.max(1, next));
  chart.setAttribute("width", `${zoom * 100}%`);
  pane.scrollLeft = middle * chart.clientWidth - pane.clientWidth * at;
  const word = one("[data-zoom]");
  if (word) word.textContent = `${Math.round(zoom * 100)} %`;
}
function lookAt(frame, factor) {
  const [from, to, total] = ["from", "to", "total"].map((name) => Number(frame.dataset[name]));
  const middle = (from + to) / 2;
  const length = Math.min((to - from) * factor, total);
  const begin = Math.max(0, Math.min(middle - length / 2, total - length));
  const url = new URL(location.href);
  url.searchParams.set("from", Math.max(1, Math.round(begin)));
  url.searchParams.set("to", Math.max(2, Math.round(begin + length)));
  location.assign(url);
}
const does = { larger: () => zoomTo(zoom * 1.5), smaller: () => zoomTo(zoom / 1.5), fit: () => zoomTo(1) };

const pane = one(".pane");
let held = null;
let panned = false;
pane?.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const box = pane.getBoundingClientRect();
  zoomTo(zoom * (event.deltaY < 0 ? 1.25 : 0.8), (event.clientX - box.left) / box.width);
}, { passive: false });
pane?.addEventListener("pointerdown", (event) => {
  held = { x: event.clientX, from: pane.scrollLeft };
  panned = false;
});
addEventListener("pointermove", (event) => {
  if (!held) return;
  panned ||= Math.abs(event.clientX - held.x) > 4;
  pane.scrollLeft = held.from - (event.clientX - held.x);
});
addEventListener("pointerup", () => { held = null; });
pane?.addEventListener("dragstart", (event) => event.preventDefault());

// One bar is chosen by pointer or arrow; the line below the drawing says what it is.
async function point(bar) {
  for (const each of all("[data-span][aria-current]")) each.removeAttribute("aria-current");
  for (const each of all(".chart .sel, .chart .link")) each.remove();
  bar.setAttribute("aria-current", "true");
  const words = one("title", bar).textContent;
  const readout = one(".readout");
  const text = document.createElement("b");
  text.textContent = words;
  const link = document.createElement("a");
  link.href = bar.getAttribute("href");
  link.textContent = `Event ${bar.dataset.span}`;
  readout.replaceChildren(text, link);
}
pane?.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
  event.preventDefault();
  event.stopPropagation();
  const bars = all("[data-span]", pane).sort((a, b) => a.dataset.span - b.dataset.span);
  const at = bars.findIndex((each) => each.hasAttribute("aria-current"));
  const next = bars[Math.max(0, Math.min(bars.length - 1, at + (event.key === "ArrowRight" ? 1 : -1)))];
  if (!next) return;
  point(next);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
});

addEventListener("click", (event) => {
  const from = event.target.closest("a, button");
  if (!from || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (from.dataset.does in does) does[from.dataset.does]();
  if ("raw" in from.dataset) toggleRaw(from);
  if ("copyPayload" in from.dataset) copied(one(".raw-text", from.closest(".payload")).textContent);
  if ("copy" in from.dataset) copied(from.dataset.copy);
  if ("close" in from.dataset) side?.classList.remove("sheet-up");
  if (from.dataset.ev && side) {
    event.preventDefault();
    choose(Number(from.dataset.ev));
  }
  if (from.dataset.go && side && (one(`[data-ev="${from.dataset.go}"]`) || rowWith(Number(from.dataset.go)))) {
    event.preventDefault();
    choose(Number(from.dataset.go), true);
  }
  if (from.dataset.span) {
    event.preventDefault();
    if (!panned) point(from);
  }
});
addEventListener("dblclick", (event) => {
  const bar = event.target.closest?.("[data-span]");
  if (bar) location.assign(bar.getAttribute("href"));
});

// Keys: along the rows, compact or raw, zoom, step through.
addEventListener("keydown", (event) => {
  if (event.target.closest?.("input, textarea, select, dialog[open]") && event.target.type !== "range") return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key;
  if (key === "Escape") side?.classList.remove("sheet-up");
  else if (key === "v") one("[data-view]:not([aria-current])")?.click();
  else if (key === "+") does.larger();
  else if (key === "-") does.smaller();
  else if (key === "0" && pane) does.fit();
  else if ((key === "ArrowLeft" || key === "ArrowRight") && one("[data-step]")) {
    one(key === "ArrowLeft" ? ".stepper [rel=prev]" : ".stepper [rel=next]")?.click();
  } else if (key === "j" || key === "k") {
    const rows = all(".ev[data-ev]");
    const at = rows.findIndex((each) => each === document.activeElement || each.getAttribute("aria-current") === "true");
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + (key === "j" ? 1 : -1)))];
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    if (!narrow.matches) choose(Number(next.dataset.ev), true);
  } else return;
  event.preventDefault();
});
addEventListener("change", (event) => {
  if ("step" in event.target.dataset) event.target.form.requestSubmit();
});

// Decide by hand: what the answer would record, checked while typing. The buttons of the form
// change it on the server; only the form is exchanged.
const desk = one("[data-decide]");
let pause = 0;
async function check() {
  const form = one("[data-decide]");
  let found;
  try {
    const answer = await fetch(form.dataset.decide, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) return;
    found = await answer.json();
  } catch {
    say("No connection: the decisions are not checked.", true);
    return;
  }
  one("[data-foretold]").innerHTML = found.html;
  for (const field of all("input, textarea, select", form)) {
    const problem = found.problems[field.name];
    const id = `${field.name}-wrong`;
    one(`[id="${id}"]`, form)?.remove();
    if (!problem) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
      continue;
    }
    const words = document.createElement("small");
    words.className = "bad";
    words.id = id;
    words.textContent = problem;
    field.after(words);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
  }
  const button = one('[value="answer"]', form);
  if (found.problem) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}
if (desk) {
  addEventListener("input", (event) => {
    if (!event.target.closest("[data-decide]")) return;
    clearTimeout(pause);
    pause = setTimeout(check, 250);
  });
  addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-decide]");
    const act = event.submitter?.value ?? "answer";
    if (!form || act === "answer") return;
    event.preventDefault();
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", headers: { Accept: "text/html" }, body: new URLSearchParams(new FormData(form, event.submitter)) });
    } catch {
      say("No connection: the decisions stay as they are.", true);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = one("[data-decide]", page);
    if (!fresh) return;
    form.replaceWith(fresh);
    const cards = all(".dcard", fresh);
    const place = act.startsWith("add:") ? cards.length - 1 : Number(act.split(":")[1]);
    one("input:not([type=hidden]), textarea, select", cards[Math.min(place, cards.length - 1)] ?? fresh)?.focus();
  });
}

// The name moves into the row of tabs once the header has scrolled away.
const who = one(".who");
if (who) {
  new IntersectionObserver(([head]) => who.classList.toggle("away", head.isIntersecting), {
    rootMargin: "-64px 0px 0px",
  }).observe(one(".exec h1"));
}
if (location.hash.startsWith("#e")) one(location.hash)?.scrollIntoView({ block: "center" });
