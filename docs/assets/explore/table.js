// The answers as a table of architectures by biases: columns that say nothing about these rows are folded, identical rows joined.
// On a phone each architecture is a card instead.
import { made } from "../made.js";
import { SYMBOLS, VALUES } from "./base.js";

export const PHONE = matchMedia("(max-width: 44rem)");
const ORDER = { h: 0, u: 1, l: 2, n: 3 };
const label = (base, entry, bias) => {
  const { value, how, place } = base.trait(entry, bias.id);
  return `${entry.name}, ${bias.name}: ${VALUES[value]}${how.length ? `, ${how.join(", ")}` : ""}${place && `, of ${place}`}`;
};

// The rows: each a list of architectures with the same values in all columns shown, or each alone.
function joined(entries, biases, base, join) {
  const rows = new Map();
  for (const entry of entries) {
    const values = biases.map(({ id }) => base.trait(entry, id).value).join(""), key = join ? `${entry.family}${values}` : entry.id;
    rows.set(key, [...rows.get(key) ?? [], entry]);
  }
  return [...rows.values()];
}

function sorted(rows, sort, base) {
  const first = ([entry]) => entry;
  const keys = { year: (row) => first(row).year ?? 0, name: (row) => first(row).name.toLowerCase(), family: (row) => `${first(row).family}${first(row).year}` };
  const key = keys[sort] ?? ((row) => ORDER[base.trait(first(row), sort).value]);
  return rows.map((row, place) => [key(row), place, row]).sort(([one, a], [other, b]) => (one < other ? -1 : one > other ? 1 : a - b)).map(([, , row]) => row);
}

// The biases that tell some of the entries apart, and the others with the one value that all have to which they apply.
function divided(entries, base) {
  const telling = [], folded = { h: [], l: [], u: [], n: [] };
  for (const bias of base.biases) {
    const values = new Set(entries.map((entry) => base.trait(entry, bias.id).value));
    values.delete("n");
    if (values.size > 1) telling.push(bias); else folded[[...values][0] ?? "n"].push(bias);
  }
  return { telling, folded };
}

export function table(tools, entries, state) {
  const { base, root } = tools, { telling, folded } = state.all ? { telling: base.biases, folded: null } : divided(entries, base);
  const rows = sorted(joined(entries, telling, base, !state.apart), state.sort ?? "family", base);
  const box = (name, text, checked) => {
    const onchange = ({ currentTarget }) => tools.set({ [name]: currentTarget.checked ? undefined : "1" });
    return made("label", {}, made("input", { type: "checkbox", checked, onchange }), ` ${text}`);
  };
  return made("div", { className: "table-view" },
    made("div", { className: "options" }, box("all", "fold columns that are the same for all", !state.all), box("apart", "join identical rows", !state.apart),
      made("span", { textContent: `${rows.length} rows, ${telling.length} columns` })),
    folded && notes(tools, folded),
    PHONE.matches ? made("ul", { className: "cards-view", data: { "aria-label": "Architectures" } }, ...rows.map((row) => card(tools, row, telling)))
      : made("div", { className: "grid-frame", tabIndex: 0, data: { role: "region", "aria-label": "Table, scrolls both ways" } }, grid(tools, rows, telling, state)),
    made("p", { className: "note" }, "✓ has it, ✗ lacks it, ? not known, blank: does not apply. Of a network that pools its features, biases that need an axis in the output are those of its trunk. A dot: another variant or a part differs. Below a bias stands whether it is said of all weights, of initial ones, or of some. Arrow keys move; Enter opens the evidence."));
}

const NOTES = { h: "All have", l: "All lack", u: "Of none is known", n: "To none applies" };

function notes({ root }, folded) {
  const said = Object.entries(folded).filter(([, biases]) => biases.length);
  if (!said.length) return "";
  const count = said.reduce((sum, [, biases]) => sum + biases.length, 0);
  const names = (biases) => biases.flatMap(({ name, page }, place) => [place ? ", " : "", made("a", { href: new URL(page, root), textContent: name })]);
  return made("details", { className: "numbers folded" }, made("summary", { textContent: `${count} biases are the same for all to which they apply` }),
    ...said.map(([value, biases]) => made("p", {}, made("b", { textContent: `${NOTES[value]}: ` }), ...names(biases))));
}

function heading(tools, bias, first, state) {
  const chosen = state.sort === bias.id, button = made("button", { type: "button", title: `${bias.summary} Sort by it.`, textContent: bias.name, onclick: () => tools.set({ sort: chosen ? undefined : bias.id }) });
  return made("th", { className: first ? "first" : "", data: { scope: "col", "aria-sort": chosen ? "ascending" : "none" } }, button, made("small", { textContent: bias.weights }));
}

function grid(tools, rows, biases, state) {
  const { base, root, open } = tools, groups = [...grouped(biases)];
  const first = new Set(groups.map(([, members]) => members[0]));
  const corner = (name) => made("button", { type: "button", textContent: name, title: `Sort by ${name}`, onclick: () => tools.set({ sort: name === "family" ? undefined : name }),
    data: { "aria-pressed": String((state.sort ?? "family") === name) } });
  const head = made("thead", {}, made("tr", {}, made("td"), ...groups.map(([group, members]) => made("th", { colSpan: members.length, textContent: group.replaceAll("-", " "), data: { scope: "colgroup" } }))),
    made("tr", { className: "names" }, made("th", { data: { scope: "col" } }, "Sort: ", ...["family", "name", "year"].map(corner)), ...biases.map((bias) => heading(tools, bias, first.has(bias), state))));
  const body = made("tbody"), cells = [];
  rows.forEach((entries) => {
    const [entry] = entries;
    const names = entries.map((each, place) => made("span", {}, place ? ", " : "", made("a", { href: new URL(each.page, root), textContent: each.name, title: `${each.year}, ${each.family}` })));
    const line = biases.map((bias) => {
      const { value } = base.trait(entry, bias.id), place = base.places.get(bias.id);
      const differs = entries.some((each) => each.differing.some(([other]) => other === place));
      const cell = made("td", { className: `value-${value}${first.has(bias) ? " first" : ""}${differs ? " differs" : ""}`, tabIndex: -1, textContent: value === "n" ? "" : SYMBOLS[value],
        data: { "aria-label": label(base, entry, bias) } });
      cell.act = () => open(entry, bias, cell, entries);
      return cell;
    });
    cells.push(line);
    body.append(made("tr", {}, made("th", { data: { scope: "row" } }, ...names, entries.length > 1 ? made("small", { textContent: ` ${entries.length}` }) : ""), ...line));
  });
  const element = made("table", { className: "grid", data: { role: "grid", "aria-label": "Architectures by inductive biases" } }, head, body);
  navigable(element, cells);
  return element;
}

function grouped(biases) {
  const groups = new Map();
  for (const bias of biases) groups.set(bias.group, [...groups.get(bias.group) ?? [], bias]);
  return groups;
}

// One cell can be reached by Tab; from there arrow keys, Home and End lead on, and Enter or Space acts.
function navigable(element, cells) {
  if (!cells.length || !cells[0].length) return;
  let current = cells[0][0];
  current.tabIndex = 0;
  const go = (cell) => { current.tabIndex = -1; current = cell; current.tabIndex = 0; current.focus(); current.scrollIntoView({ block: "nearest", inline: "nearest" }); };
  element.addEventListener("click", (event) => { const cell = event.target.closest("td"); if (cell?.act) { go(cell); cell.act(); } });
  element.addEventListener("keydown", (event) => {
    if (event.target.tagName !== "TD") return;
    const row = cells.findIndex((line) => line.includes(event.target)), column = cells[row].indexOf(event.target), width = cells[row].length;
    const moves = { ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1], ArrowDown: [row + 1, column], ArrowUp: [row - 1, column], Home: [row, 0], End: [row, width - 1] };
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.target.act(); }
    const next = moves[event.key] && cells[moves[event.key][0]]?.[moves[event.key][1]];
    if (moves[event.key]) event.preventDefault();
    if (next) go(next);
  });
}

function card(tools, entries, biases) {
  const { base, root, open } = tools, [entry] = entries;
  const of = (value) => biases.filter((bias) => base.trait(entry, bias.id).value === value);
  const tags = (value) => of(value).map((bias) => made("button", { type: "button", className: `reason value-${value}`, textContent: bias.name,
    onclick: ({ currentTarget }) => open(entry, bias, currentTarget, entries), data: { "aria-label": label(base, entry, bias) } }));
  const lacking = tags("l");
  return made("li", {}, made("h2", {}, ...entries.flatMap((each, place) => [place ? ", " : "", made("a", { href: new URL(each.page, root), textContent: each.name })])),
    made("div", { className: "reasons" }, ...tags("h"), ...tags("u")),
    lacking.length ? made("details", { className: "numbers" }, made("summary", { textContent: `lacks ${lacking.length}` }), made("div", { className: "reasons" }, ...lacking)) : "");
}
