// Forms: JSON is checked and indented.

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
});

for (const area of document.querySelectorAll("textarea[data-json]")) check(area);
