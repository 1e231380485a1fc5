// The list of events: the events of a span light up, references lead to events, keys walk.

const rows = () => [...document.querySelectorAll(".event")];

function light(row) {
  const span = row?.dataset.span ?? "0";
  for (const other of rows()) other.classList.toggle("lit", span !== "0" && other.dataset.span === span);
}

for (const type of ["pointerover", "focusin"]) {
  document.addEventListener(type, (event) => {
    const row = event.target.closest?.(".event");
    if (row || event.target.closest?.(".events")) light(row);
  });
}

function show(id) {
  const row = document.getElementById(`e${id}`);
  if (!row?.classList.contains("event")) return false;
  row.open = true;
  row.querySelector("summary").focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
  light(row);
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-event]");
  if (link && show(link.dataset.event)) event.preventDefault();
  const unfold = event.target.closest("[data-unfold]");
  if (unfold) {
    const open = unfold.dataset.unfold === "all";
    for (const row of rows()) row.open = open;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, dialog") || event.ctrlKey || event.metaKey) return;
  const slider = document.querySelector("[data-step]");
  if (slider && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    document.querySelector(event.key === "ArrowLeft" ? "[rel=prev]" : "[rel=next]")?.click();
    return;
  }
  if (event.key !== "j" && event.key !== "k") return;
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement.closest(".event"));
  const next = all[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), all.length - 1)];
  next.querySelector("summary").focus();
  event.preventDefault();
});

const found = document.querySelector(".event.found");
if (found) show(found.dataset.id);
