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

function attach(finder) {
  const input = finder.querySelector("input"), list = finder.querySelector("ul");
  let entries = [], hits = [], chosen = 0;
  const ready = fetch(finder.dataset.index).then((answer) => answer.json()).then((found) => {
    entries = found.map((entry) => ({ ...entry, names: [entry.name, entry.id, ...entry.aliases].map(normal) }));
  });
  const open = (entry) => { location.href = finder.dataset.root + entry.page; };

  function show() {
    list.replaceChildren(...hits.map((entry, index) => {
      const item = document.createElement("li"), kind = document.createElement("small");
      item.id = `finder-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(index === chosen));
      item.textContent = entry.name;
      kind.textContent = entry.kind;
      item.append(kind);
      item.addEventListener("mousedown", () => open(entry));
      return item;
    }));
    list.hidden = !hits.length;
    input.setAttribute("aria-expanded", String(Boolean(hits.length)));
    if (hits.length) input.setAttribute("aria-activedescendant", `finder-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("input", async () => { await ready; hits = find(entries, input.value); chosen = 0; show(); });
  input.addEventListener("blur", () => { hits = []; show(); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && hits[chosen]) open(hits[chosen]);
    if (event.key === "Escape") { hits = []; show(); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length) { event.preventDefault(); chosen = (chosen + step + hits.length) % hits.length; show(); }
  });
}

document.querySelectorAll(".finder").forEach(attach);
