// The page that compares any two to four architectures: what is known of each is loaded, laid side by side as `kb/query/compare.py`
// does it, and shown as `kb/site/templates/_comparison.md` does. Tests compare both.
import { drawn, made } from "../made.js";
import { DASHES, chart } from "./chart.js";
import { EXACT } from "./layout.js";
import { Graph } from "./map.js";

const FEWEST = 2, MOST = 4, FACTORS = [1, 2, 4, 8, 16], START = 64;
const GROWING = { length: "length of the input", width: "numbers of features" };

// Statements of several architectures, row by row: in the order of the first that has each.
export function rowsOf(sides, aspect) {
  const found = sides.map(({ statements }) => new Map(statements[aspect].map(([what, value, note]) => [what, { value, note }])));
  return [...new Set(found.flatMap((side) => [...side.keys()]))].map((what) => {
    const cells = found.map((side) => side.get(what) ?? { value: "", note: "" }), values = cells.map(({ value }) => value);
    return { what, values, notes: cells.map(({ note }) => note), shared: new Set(values).size === 1,
      opposed: values.includes("has") && values.includes("lacks"), many: values.filter(Boolean).length };
  });
}

// The curves of growth; relative to their start where a size scales several numbers, whose height says nothing.
export function curvesOf(sides, kind) {
  const curves = sides.map(({ growth }) => growth ? growth[kind] : []), relative = sides.some(({ growth }) => growth?.scaled.length);
  return { relative, curves: relative ? curves.map((curve) => curve.map((value) => value / curve[0])) : curves };
}

const heading = (id, text) => made("h2", { id, textContent: text });
const section = (...children) => made("section", {}, ...children);
const folded = (text, ...children) => made("details", { className: "numbers" }, made("summary", { textContent: text }), ...children);
const listed = (items) => items.flatMap((item, place) => place ? [", ", item] : [item]);

// Formulas are XML of this site, in which every element is one of MathML.
function formula(xml) {
  const read = new DOMParser().parseFromString(xml.replace("<math", '<math xmlns="http://www.w3.org/1998/Math/MathML"'), "application/xml");
  return made("div", { className: "formula" }, document.importNode(read.documentElement, true));
}

class View {
  constructor(root, sides, graph) {
    Object.assign(this, { root, sides, graph });
    this.names = Object.assign({}, ...sides.map(({ names }) => names));
    this.rows = Object.fromEntries(Object.keys(sides[0].statements).map((aspect) => [aspect, rowsOf(sides, aspect)]));
    this.of = `of-${sides.length}`;
  }

  to(page) { return new URL(page, this.root); }
  named(what) { return made("a", { href: this.to(this.names[what][1]), textContent: this.names[what][0] }); }
  // An element of each architecture, in its colour.
  grid(className, tag, make) { return made("div", { className }, ...this.sides.map((side, number) => made(tag, { className: `side colour-${number + 1}` }, ...make(side, number)))); }

  table(first, rows, cell) {
    const head = this.sides.map(({ name }, number) => made("th", { scope: "col", className: `of colour-${number + 1}`, textContent: name }));
    const lines = rows.map((row) => made("tr", {}, made("th", { scope: "row" }, this.names[row.what] ? this.named(row.what) : row.what),
      ...this.sides.map((side, number) => made("td", {}, ...cell(row, side, number)))));
    return this.scroll(made("table", { className: `data across${this.sides.length === 2 ? " slim" : ""}` },
      made("thead", {}, made("tr", {}, made("th", { scope: "col", textContent: first }), ...head)), made("tbody", {}, ...lines)));
  }

  scroll(child) { return made("div", { className: "scroll", tabIndex: 0, data: { role: "group", "aria-label": "Table" } }, child); }

  heads() {
    return this.grid(`sides ${this.of}`, "section", ({ id, name, page, year, family, summary }) => [
      made("h2", { id }, made("a", { href: this.to(page), textContent: name })), made("small", { textContent: `${year} · ${family}` }), made("p", { textContent: summary })]);
  }

  history() {
    const pairs = this.sides.flatMap((one, place) => this.sides.slice(place + 1).map((other) => [one, other]));
    const shared = this.rows.relations.filter((row) => row.shared).map(({ what }) => this.named(what));
    return section(heading("history", "From one to the other"), ...pairs.map(([one, other]) => this.chain(one, other)),
      shared.length > 0 && made("p", {}, "Of all alike: ", ...listed(shared), "."));
  }

  chain(one, other) {
    const [from, to] = [one, other].map(({ id }) => this.graph.byId.get(id)), edges = from && to ? this.graph.path(from, to) : [];
    if (!edges.length) return made("p", { textContent: `Nothing that is stated or checked leads from ${one.name} to ${other.name}.` });
    let at = from;
    return made("ol", { className: "chain" }, ...edges.map((edge) => {
      const backwards = edge.start !== at, next = backwards ? edge.start : edge.end, why = edge.why && `${EXACT.includes(edge.relation) ? ", when" : ":"} ${edge.why}`;
      const item = made("li", {}, made("b", { textContent: at.name }), ` ${this.graph.relations[edge.relation][backwards ? 1 : 0]} `, made("a", { href: this.to(next.page), textContent: next.name }), why);
      at = next;
      return item;
    }));
  }

  pictures() {
    if (!this.sides.some(({ picture }) => picture)) return "";
    return section(heading("pictures", "Pictures"), this.grid("drawn", "figure", ({ name, page, picture }) => [
      picture && made("a", { className: "scroll", href: this.to(`${page}#picture`) }, made("img", { src: this.to(`${page}picture-1.svg`), alt: `Block diagram of ${name}`, loading: "lazy" })),
      made("figcaption", { textContent: name })]));
  }

  trait({ what, values, notes }, { page }, number) {
    const value = values[number];
    if (value !== "has" && value !== "lacks") return [made("span", { className: `value ${value ? "unknown" : "not-applicable"}`, textContent: value ? "not known" : "does not apply" })];
    return [made("a", { className: `value ${value === "has" ? "holds" : "lacks"}`, href: this.to(`${page}traits/#${what}`) },
      made("span", { textContent: value === "has" ? "✓" : "✗", data: { "aria-hidden": "true" } }), ` ${value} it`), " ", made("small", { textContent: notes[number] })];
  }

  // The condition that what tells an architecture apart makes, as a question to the explorer.
  others({ name }, number, apart) {
    const where = apart.filter(({ values }) => ["has", "lacks"].includes(values[number])).map(({ what, values }) => `${values[number]} ${what}`).join(" and ");
    return where ? [made("a", { href: `${this.to("explore/")}?${new URLSearchParams({ where })}`, textContent: name })] : [];
  }

  traits() {
    const { traits } = this.rows, apart = traits.filter((row) => row.opposed), alike = traits.filter((row) => row.shared), some = traits.filter((row) => !row.opposed && !row.shared);
    const table = (rows) => this.table("Trait", rows, (row, side, number) => this.trait(row, side, number)), signs = { has: "✓", lacks: "✗", unknown: "?" };
    return section(heading("traits", "What tells them apart"),
      ...apart.length ? [table(apart), made("p", { className: "note" }, "Others like ", ...listed(this.sides.flatMap((side, number) => this.others(side, number, apart))), " in these.")]
        : [made("p", { textContent: "No trait that is known of all of them differs." })],
      some.length > 0 && folded(`Known of some only, or meant for some only: ${some.length}`, table(some)),
      alike.length > 0 && folded(`Alike: ${alike.length}`, made("ul", { className: "who" }, ...alike.map(({ what, values }) => made("li", {}, `${signs[values[0]]} `, this.named(what))))));
  }

  equations() {
    const { equations } = this.rows, all = equations.filter((row) => row.shared), one = equations.filter((row) => !row.shared && row.many === 1), several = equations.filter((row) => !row.shared && row.many > 1);
    const written = (value, number) => formula(this.sides[number].formulas[value]), small = (...texts) => made("small", { textContent: texts.filter(Boolean).join(", ") });
    const grid = (make) => this.grid(`formulas sides ${this.of}`, "div", make);
    const title = (text) => made("h3", { textContent: text });
    return section(heading("equations", "Equations"),
      ...all.length ? [title("In all"), made("div", { className: "formulas" }, ...all.map(({ values }) => written(values[0], 0)))] : [],
      ...several.length ? [title("Of the same quantity"), ...several.map(({ values, notes }) => grid(({ name }, number) => values[number] ? [small(name, notes[number]), written(values[number], number)] : []))] : [],
      ...one.length ? [title("Of one alone"), grid(({ name }, number) => [small(name), ...one.filter(({ values }) => values[number]).flatMap(({ values, notes }) => [written(values[number], number), notes[number] && small(notes[number])])])] : []);
  }

  parts() {
    const shared = this.rows.parts.filter((row) => row.shared), different = this.rows.parts.filter((row) => !row.shared);
    return section(heading("parts", "Parts"), shared.length > 0 && made("p", {}, "In all: ", ...listed(shared.map(({ what }) => this.named(what))), "."),
      different.length > 0 && this.table("Part", different, ({ values, notes }, side, number) => [values[number] ? notes[number] : "–"]));
  }

  cost() {
    const table = this.table("", this.rows.cost, ({ values, notes }, side, number) => [values[number] || "–", notes[number] && made("small", { textContent: ` ${notes[number]}` })]);
    const charts = Object.keys(GROWING).map((kind) => this.chart(kind)).filter(Boolean), scaled = this.sides.filter(({ growth }) => growth?.scaled.length);
    if (!charts.length) return section(heading("cost", "Cost"), table);
    return section(heading("cost", "Cost"), table, made("ul", { className: "key" }, ...this.sides.map(({ name }, number) => made("li", { className: `colour-${number + 1}` }, key(DASHES[number]), ` ${name}`))),
      made("div", { className: "charts" }, ...charts),
      made("p", { className: "note", textContent: `The polynomial that counted FLOPs are, for one example. Lengths and numbers of features start at ${START}; other sizes, such as numbers of layers, are 2.`
        + scaled.map(({ name, growth }) => ` ${growth.scaled.join(", ")} of ${name} scales several numbers at once, so that slopes can be compared, and heights cannot.`).join("") }));
  }

  chart(kind) {
    const { relative, curves } = curvesOf(this.sides, kind), drawn = this.sides.map(({ name }, number) => [name, curves[number]]).filter(([, curve]) => curve.length);
    if (!drawn.length) return null;
    const rises = drawn.map(([name, curve]) => [name, Math.floor(curve.at(-1) / curve[0] + 0.5)]), missing = this.sides.filter((side, number) => !curves[number].length).map(({ name }) => name);
    const words = rises.map(([name, rise]) => `${name}: ${rise} times the FLOPs at ${FACTORS.at(-1)} times the size`).join("; ");
    return made("figure", {}, chart(curves, FACTORS, relative ? "FLOPs, relative to the start" : "FLOPs", words, GROWING[kind]),
      made("figcaption", { textContent: `FLOPs at ${FACTORS.at(-1)} times the ${kind}: ${rises.map(([name, rise]) => `${name} ${rise} times`).join(", ")}.`
        + (missing.length ? ` The counted cost of ${missing.join(", ")} has no such size.` : "") }));
  }

  sizes() {
    const lines = this.sides.flatMap(({ name, statements }) => statements.sizes.map(([what, number, flops]) => made("tr", {}, made("th", { scope: "row", textContent: name }),
      made("td", {}, made("code", { textContent: what })), made("td", { className: "number", textContent: number.replace(" parameters", "") }), made("td", { className: "number", textContent: flops.replace(" FLOPs", "") }))));
    const titles = [["Architecture", ""], ["Size", ""], ["Parameters", "number"], ["FLOPs", "number"]].map(([textContent, className]) => made("th", { scope: "col", className, textContent }));
    return lines.length ? section(heading("sizes", "Published sizes"), this.scroll(made("table", { className: "data slim" }, made("thead", {}, made("tr", {}, ...titles)), made("tbody", {}, ...lines)))) : "";
  }

  claims() {
    const together = this.rows.claims.filter(({ many }) => many > 1), alone = this.rows.claims.filter(({ many }) => many === 1), verdict = (notes) => made("small", { textContent: notes.find(Boolean) });
    const items = this.sides.flatMap(({ name }, number) => alone.filter(({ values }) => values[number]).map(({ what, notes }) => made("li", {}, `${name}: `, this.named(what), " ", verdict(notes))));
    return section(heading("claims", "Claims"), together.length ? made("ul", { className: "claims" }, ...together.map(({ what, notes }) => made("li", {}, this.named(what), " ", verdict(notes))))
      : made("p", { textContent: "No claim speaks of more than one of them." }), alone.length > 0 && folded(`About one of them: ${alone.length}`, made("ul", {}, ...items)));
  }

  run() {
    const ids = this.sides.map(({ id }) => id);
    return made("div", { className: "run" }, made("code", { textContent: `kb compare ${ids.join(" ")}` }), " ",
      made("a", { href: `${this.to("explore/")}?view=map&at=${ids[0]}&to=${ids.at(-1)}`, textContent: "The way between them on the map" }));
  }

  all() { return [this.heads(), this.history(), this.pictures(), this.traits(), this.equations(), this.parts(), this.cost(), this.sizes(), this.claims(), this.run()].filter(Boolean); }
}

const key = (dashes) => drawn("svg", { viewBox: "0 0 30 8", width: 30, height: 8, "aria-hidden": "true" },
  drawn("line", { x1: 0, x2: 30, y1: 4, y2: 4, "stroke-dasharray": dashes }));

const loaded = new Map();
function json(root, path) {
  if (!loaded.has(path)) loaded.set(path, fetch(new URL(`assets/explore/${path}`, root)).then((answer) => { if (!answer.ok) throw new Error(path); return answer.json(); }));
  return loaded.get(path);
}

function start(place) {
  const root = new URL("../..", import.meta.url), add = place.querySelector("input"), button = place.querySelector("button"), chosen = place.querySelector(".chosen"), told = place.querySelector(".told"), compared = place.querySelector(".compared");
  const options = [...place.querySelectorAll("option")], names = new Map(options.map(({ value, dataset }) => [dataset.id, value])), pairs = [...document.querySelectorAll(".pairs [data-of]")], title = document.title;
  // The id of the architecture that a text is a name of, whatever its capitals; of many a text that only one begins with will do.
  const known = (text) => {
    const asked = text.trim().toLowerCase(), named = options.map(({ value, label, dataset }) => [dataset.id, [dataset.id, value, ...label.split(", ")].map((each) => each.toLowerCase())]);
    const begun = named.filter(([, all]) => all.some((each) => each.startsWith(asked)));
    return (named.find(([, all]) => all.includes(asked)) ?? (begun.length === 1 ? begun[0] : []))[0];
  };
  let shown = 0;

  // What the address names: entries that there are, each once, and what it names else.
  const read = () => {
    const asked = (new URLSearchParams(location.search).get("of") ?? "").split(",").filter((text) => text.trim());
    return { ids: [...new Set(asked.map(known).filter(Boolean))].slice(0, MOST), wrong: asked.filter((text) => !known(text)) };
  };

  function change(ids) {
    const address = new URL(location.href);
    address.search = ids.length ? `?of=${ids.join(",")}` : "";
    history.pushState(null, "", address);
    show();
  }

  function chip(id, number, ids) {
    const remove = () => { change(ids.filter((other) => other !== id)); add.focus(); };
    return made("span", { className: `colour-${number + 1}` }, names.get(id),
      made("button", { type: "button", textContent: "×", onclick: remove, data: { "aria-label": `Remove ${names.get(id)}` } }));
  }

  async function show() {
    const { ids, wrong } = read(), turn = ++shown;
    chosen.replaceChildren(...ids.map((id, number) => chip(id, number, ids)));
    add.disabled = ids.length >= MOST;
    button.disabled = add.disabled;
    for (const pair of pairs) pair.hidden = ids.length > 0 && !ids.some((id) => pair.dataset.of.split(" ").includes(id));
    for (const group of document.querySelectorAll(".pairs > div")) group.hidden = !group.querySelector("li:not([hidden])");
    document.title = ids.length >= FEWEST ? `${ids.map((id) => names.get(id)).join(" and ")}, compared` : title;
    const page = pairs.find(({ dataset }) => ids.length === 2 && ids.every((id) => dataset.of.split(" ").includes(id)))?.querySelector("a");
    told.replaceChildren(wrong.length ? `There is no architecture called ${wrong.join(", ")}. ` : "",
      ids.length < FEWEST ? (ids.length ? "Choose another one." : "") : ids.length >= MOST ? "Four are as many as fit beside each other." : "",
      page ? made("a", { href: page.href, textContent: "This pair has a page of its own." }) : "");
    if (ids.length < FEWEST) return compared.replaceChildren();
    try {
      const [map, ...sides] = await Promise.all([json(root, "map.json"), ...ids.map((id) => json(root, `details/${id}.json`))]);
      if (turn === shown) compared.replaceChildren(...new View(root, sides, new Graph(map)).all());
    } catch {
      told.textContent = "What is known of them could not be loaded. Where a browser runs scripts from disk only, serve the site: kb site serve. The pairs below have pages that need no scripts.";
    }
  }

  // Enter, the button, and a click on a name that is proposed.
  const adding = () => {
    if (!add.value.trim()) return;
    const id = known(add.value);
    if (!id) { told.textContent = `There is no architecture called ${add.value.trim()}.`; return; }
    add.value = "";
    change([...read().ids, id]);
  };
  add.addEventListener("keydown", (event) => { if (event.key === "Enter") adding(); });
  add.addEventListener("input", () => { if (options.some(({ value }) => value === add.value)) adding(); });
  button.addEventListener("click", adding);
  window.addEventListener("popstate", show);
  place.hidden = false;
  show();
}

const place = document.getElementById("comparing");
if (place) start(place);
