// Entry finder: names and other names of entries, by prefix and by edit distance, so that typing errors still find.
// It complements the full-text search, which knows no typing errors.
"use strict";

const normal = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

// The number of letters to change, add, leave out or swap to turn a into b.
function distance(a, b) {
  let before = [], last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}

// How badly a name fits: 0 is the same; a prefix beats a word inside, which beats a near miss.
function misfit(query, name) {
  if (name === query) return 0;
  if (name.startsWith(query)) return 1 + name.length / 100;
  if (` ${name}`.includes(` ${query}`)) return 2 + name.length / 100;
  const whole = distance(query, name.slice(0, query.length + 1)) / query.length;
  const words = Math.min(...name.split(" ").map((word) => distance(query, word) / Math.max(query.length, word.length)));
  // A name that fits as a whole beats one that has a fitting word in it.
  const best = Math.min(whole, words + 0.1, distance(query, name) / Math.max(query.length, name.length));
  return best <= 0.4 ? 3 + best : Infinity;
}

function find(entries, text) {
  const query = normal(text);
  if (!query) return [];
  const scored = entries.map((entry) => [Math.min(...entry.names.map((name) => misfit(query, name))), entry]);
  return scored.filter(([score]) => score < Infinity).sort(([a], [b]) => a - b).slice(0, 8).map(([, entry]) => entry);
}

const root = new URL("..", document.currentScript.src);
let loading;

// The index of entries, asked for once and only when somebody begins to look.
function load() {
  loading ??= fetch(new URL("assets/entries.json", root)).then((answer) => answer.json()).then((found) =>
    found.map((entry) => ({ ...entry, names: [entry.name, entry.id, ...entry.aliases].map(normal) })));
  return loading;
}

function attach(finder) {
  const input = finder.querySelector("input"), list = finder.querySelector("ul"), told = finder.querySelector("output");
  let hits = [], chosen = 0;
  const open = (entry) => { location.href = new URL(entry.page, root); };

  function show() {
    list.replaceChildren(...hits.map((entry, index) => {
      const item = document.createElement("li"), kind = document.createElement("small");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(index === chosen));
      item.textContent = entry.name;
      kind.textContent = entry.kind;
      item.append(kind);
      item.addEventListener("mousedown", (event) => { if (event.button === 0) open(entry); });
      return item;
    }));
    list.hidden = !hits.length;
    told.textContent = hits.length || !input.value.trim() ? "" : "No entry has such a name.";
    input.setAttribute("aria-expanded", String(Boolean(hits.length)));
    if (hits.length) input.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("focus", load, { once: true });
  input.addEventListener("input", async () => {
    const entries = await load();
    [hits, chosen] = [find(entries, input.value), 0];
    show();
  });
  input.addEventListener("blur", () => { list.hidden = true; });
  input.addEventListener("focus", () => { list.hidden = !hits.length; });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && hits[chosen]) open(hits[chosen]);
    if (event.key === "Escape") {  // first the list goes, then the dialog
      event.preventDefault();
      if (hits.length) { hits = []; show(); } else finder.closest("dialog")?.close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length) { event.preventDefault(); chosen = (chosen + step + hits.length) % hits.length; show(); }
  });
}

// The same finder in a dialog, on every page: by Ctrl+K, or by the button in the header.
function dialogue() {
  const dialog = document.createElement("dialog"), button = document.createElement("button");
  dialog.className = "finder-dialog md-typeset";
  dialog.setAttribute("aria-label", "Find an entry");
  dialog.innerHTML = `<div class="finder"><label for="finder-everywhere">Find an entry</label>
    <input id="finder-everywhere" type="search" placeholder="LSTM, attention, equivariance …" autocomplete="off"
      role="combobox" aria-autocomplete="list" aria-expanded="false" aria-controls="finder-found">
    <ul id="finder-found" role="listbox" aria-label="Entries" hidden></ul><output></output></div>`;
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  button.className = "md-header__button md-icon finder-open";
  button.type = "button";
  button.title = "Find an entry (Ctrl+K)";
  button.setAttribute("aria-label", "Find an entry");
  button.setAttribute("aria-keyshortcuts", "Control+K Meta+K");
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 5h16v2H4zm0 6h9v2H4zm0 6h7v2H4z"/>
    <circle cx="17.5" cy="16" r="3.4" fill="none" stroke="currentColor" stroke-width="2"/></svg>`;
  const open = () => { dialog.showModal(); dialog.querySelector("input").select(); };
  button.addEventListener("click", open);
  document.body.append(dialog);
  document.querySelector(".md-header__inner .md-search")?.before(button);
  attach(dialog.firstElementChild);
  window.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();  // some themes open their full-text search by the same keys
    if (dialog.open) dialog.close(); else open();
  }, { capture: true });
}

document.querySelectorAll(".finder").forEach(attach);
dialogue();
