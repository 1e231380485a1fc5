// Forms: JSON is checked and indented, decisions are added and removed.

function check(area) {
  const says = area.parentElement.querySelector("[data-json-says]");
  if (!says) return;
  const text = area.value.trim();
  let verdict = "";
  if (text) {
    try {
      JSON.parse(text);
      verdict = "valid JSON";
    } catch (error) {
      verdict = /^[[{"]/.test(text) ? `not JSON: ${error.message}` : "plain text";
    }
  }
  says.textContent = verdict;
  says.className = verdict === "valid JSON" ? "ok" : "";
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-json]")) check(event.target);
});

let count = 0;
document.addEventListener("click", (event) => {
  const indent = event.target.closest("[data-indent]");
  if (indent) {
    const area = document.getElementById(indent.dataset.indent);
    try {
      area.value = JSON.stringify(JSON.parse(area.value), null, 2);
    } catch {
      // Leave invalid JSON unchanged; the message next to the field reports it.
    }
    check(area);
  }
  const add = event.target.closest("[data-add-decision]");
  if (add) {
    const type = document.getElementById("decision-type").value;
    const copy = document.getElementById(`decision-${type}`).content.cloneNode(true);
    const prefix = `d${count++}.`;
    for (const input of copy.querySelectorAll("[name]")) {
      input.name = prefix + input.name;
      if (input.id) input.id = prefix + input.id;
    }
    for (const label of copy.querySelectorAll("[for]")) label.htmlFor = prefix + label.htmlFor;
    for (const button of copy.querySelectorAll("[data-indent]")) button.dataset.indent = prefix + button.dataset.indent;
    const list = document.getElementById("decisions");
    list.append(copy);
    list.lastElementChild.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  }
  event.target.closest("[data-remove-decision]")?.closest(".decision").remove();
});

document.addEventListener("change", (event) => {
  if ("step" in event.target.dataset) event.target.form.requestSubmit();
});

for (const area of document.querySelectorAll("textarea[data-json]")) check(area);
