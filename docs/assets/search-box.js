// The search box: a dialog with a field, and under it what answers, by kind.
import { made } from "./made.js";
import { Searcher, absence } from "./search.js";

const root = new URL("..", import.meta.url), MOST = 12, NEAR = 6;
const fetched = (name) => fetch(new URL(`assets/${name}`, root)).then((answer) => answer.json());
const ready = fetched("entries.json").then((data) => new Searcher(data, () => fetched("texts.json")));

const input = made("input", { type: "text", id: "search-input", autocomplete: "off", spellcheck: false, enterKeyHint: "search",
  placeholder: "LSTM, attention, equivariance, Hochreiter 1997 …",
  data: { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "search-found" } });
const list = made("div", { id: "search-found", data: { role: "listbox", "aria-label": "Entries" } });
const told = made("p", { className: "search-told", data: { role: "status" } });
const dialog = made("dialog", { className: "search md-typeset", data: { "aria-label": "Search" } },
  made("div", { className: "search-field" }, made("label", { htmlFor: "search-input", textContent: "Search" }), input,
    made("button", { type: "button", textContent: "Close", onclick: () => dialog.close() })), told, list);
document.body.append(dialog);

let options = [], chosen = 0, latest = 0;

function choose(index) {
  options[chosen]?.setAttribute("aria-selected", "false");
  chosen = index;
  options[chosen].setAttribute("aria-selected", "true");
  options[chosen].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", options[chosen].id);
}

function option({ document: entry, matched, guess }) {
  const other = entry.names.includes(matched) && matched !== entry.name && matched !== entry.id ? ` (${matched})` : "";
  const name = made("strong", { textContent: entry.name + other });
  if (guess) name.append(made("em", { textContent: "a guess" }));
  return made("a", { href: new URL(entry.page, root), tabIndex: -1, data: { role: "option", "aria-selected": "false" } },
    name, made("span", { textContent: entry.summary }));
}

// Answers stand under their kind, and the kinds in the order of the best answer of each.
function show(searcher, text, hits) {
  const groups = new Map();
  for (const hit of hits.slice(0, MOST)) groups.set(hit.document.kind, [...groups.get(hit.document.kind) ?? [], option(hit)]);
  list.replaceChildren(...[...groups].map(([kind, members]) => made("div", { data: { role: "group", "aria-label": searcher.kinds[kind][0] } },
    made("p", { textContent: searcher.kinds[kind][0], data: { "aria-hidden": "true" } }), ...members)));
  options = [...groups.values()].flat();
  options.forEach((each, index) => { each.id = `search-found-${index}`; });
  chosen = 0;
  input.setAttribute("aria-expanded", String(options.length > 0));
  if (options.length) choose(0); else input.removeAttribute("aria-activedescendant");
  const count = hits.length > MOST ? `The first ${MOST} of ${hits.length}.` : `${hits.length} found.`;
  told.textContent = !text.trim() ? "" : absence(text, hits) || count;
}

async function update() {
  const asked = ++latest, text = input.value, searcher = await ready;
  if (asked !== latest) return;
  const { hits, few } = searcher.first(text);
  if (!few || hits.length || !text.trim()) show(searcher, text, hits);
  const all = few ? await searcher.search(text) : hits;
  if (few && asked === latest && text.trim()) show(searcher, text, all);
}

input.addEventListener("input", update);
input.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && options.length) { event.preventDefault(); choose((chosen + step + options.length) % options.length); }
  if (event.key === "Enter" && !event.isComposing && options[chosen]) { event.preventDefault(); options[chosen].click(); }
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

export function open(text) {
  if (!dialog.open) dialog.showModal();
  if (text !== undefined) { input.value = text; update(); }
  input.select();
}

export function toggle() {
  if (dialog.open) dialog.close(); else open();
}

// Go to the entry that the last part of an address names, in any way to write it, or to its code or traits where these are named
// after it; if there is not just one, show what comes near. A trait had a page below that of its architecture: it is a place on the
// page of all its traits now.
export async function follow(path) {
  const parts = path.split("/").filter((part) => part && !/^index\.html?$/.test(part));
  const searcher = await ready;
  const [above, last] = parts.slice(-2), architecture = searcher.documents.find(({ id, kind }) => id === above && kind === "architecture");
  const bias = architecture && searcher.documents.find(({ id, kind }) => id === last && kind === "bias");
  if (bias) return location.replace(new URL(`${architecture.page}traits/#${bias.id}`, root));
  const below = last === "code" || (last === "traits" && architecture) ? `${last}/` : "";
  let name = (below ? above : last ?? above) ?? "";
  try { name = decodeURIComponent(name); } catch { /* it is no text; search for it as it is */ }
  const meant = searcher.meanings(name);
  if (meant.length === 1) return location.replace(new URL(meant[0].page + below, root));
  return suggest(searcher, name.replace(/[-_]+/g, " "));
}

// What comes near a name that there is not, on the page that says so.
async function suggest(searcher, text) {
  const hits = await searcher.search(text);
  const near = hits.slice(0, NEAR).map(({ document: entry }) => made("li", {}, made("a", { href: new URL(entry.page, root),
    textContent: entry.name }), made("span", { textContent: entry.summary })));
  const said = absence(text, hits) || (near.length ? "Did you mean one of these?" : "");
  const button = made("a", { className: "kb-button quiet", href: `?q=${encodeURIComponent(text)}`, textContent: `Search for “${text}”`,
    onclick: (event) => { event.preventDefault(); open(text); } });
  document.querySelector("[data-nowhere]").replaceWith(made("p", { textContent: said, data: { role: "status" } }),
    made("ul", { className: "index near" }, ...near), made("p", {}, text && button));
}
