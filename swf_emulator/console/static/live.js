// Keeps the page up to date: when the emulator changes, the page is fetched again and the parts
// marked data-live are synchronized node by node, so that nothing flickers, folds or scrolls.

const PAUSE = 250;
let stale = false;
let busy = false;
let stream = null;

function sync(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    old.replaceWith(fresh);
  } else if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
  } else if (old.nodeType === Node.ELEMENT_NODE && !old.isEqualNode(fresh)) {
    syncAttributes(old, fresh);
    syncChildren(old, fresh);
  }
}

function syncAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const name of old.getAttributeNames()) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
}

function syncChildren(old, fresh) {
  const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const same = child.id ? known.get(child.id) : place && !place.id ? place : null;
    if (same) {
      if (same !== place) old.insertBefore(same, place);
      place = same.nextSibling;
      sync(same, child);
    } else {
      if (child.id) child.classList.add("fresh");
      old.insertBefore(child, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

async function refresh() {
  if (busy || document.hidden) {
    stale = true;
    return;
  }
  busy = true;
  stale = false;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of document.querySelectorAll("[data-live]")) {
        const fresh = page.querySelector(`[data-live="${old.dataset.live}"]`);
        if (fresh && !old.contains(document.activeElement?.closest("input, textarea, select"))) sync(old, fresh);
      }
      document.body.dataset.state = page.body.dataset.state;
      document.dispatchEvent(new Event("refreshed"));
    } else if (answer.status === 404 && document.querySelector("[data-run]")) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.querySelector("main").replaceWith(page.querySelector("main"));
      stream?.close();
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // no connection; the stream reports it
  }
  setTimeout(() => {
    busy = false;
    if (stale) refresh();
  }, PAUSE);
}

function listen() {
  stream = new EventSource("/console/changes");
  stream.onmessage = (event) => {
    document.body.dataset.stream = "open";
    if (event.data !== document.body.dataset.state) refresh();
  };
  stream.onerror = () => { document.body.dataset.stream = "lost"; };
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    stream?.close();
  } else {
    listen();
    refresh();
  }
});
document.addEventListener("refresh", refresh);
addEventListener("pagehide", () => stream?.close());
if (document.querySelector("[data-live]")) listen();
