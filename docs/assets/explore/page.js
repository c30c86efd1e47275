// The page of the explorer: a condition as chips and as text, the answers as a list, a table or a map, all of it in the address.
import { made } from "../made.js";
import { select } from "./answers.js";
import { load } from "./base.js";
import { chips } from "./chips.js";
import { And } from "./conditions.js";
import { Panel } from "./evidence.js";
import { asCsv, asJson, download } from "./exporting.js";
import { emptiness, list, narrowing, undecided } from "./results.js";
import { PHONE, table } from "./table.js";

const root = new URL("../..", import.meta.url), place = document.getElementById("explorer");
const base = await load(root, place), VIEWS = ["list", "table", "map"];
const EXAMPLES = [
  ["Sees no future", "causality"], ["Exactly Euclidean", "euclidean-equivariance"], ["Local, and yet far", "locality and unbounded-context"],
  ["Graphs at linear cost", "takes node and linear-cost"], ["Attention without order", "uses scaled-dot-product-attention and permutation-equivariance"],
];

let state = {}, condition = null, problem = "";

function read() {
  state = Object.fromEntries(new URLSearchParams(location.search));
  try { [condition, problem] = [state.where ? base.condition(state.where) : null, ""]; } catch (error) { [condition, problem] = [null, error.message]; }
}

// Change what the address says. A step that a visitor takes can be taken back; typing cannot.
function note(changes, step) {
  state = Object.fromEntries(Object.entries({ ...state, ...changes }).filter(([, value]) => value));
  const address = new URL(location.href);
  address.search = new URLSearchParams(state);
  if (address.href !== location.href) history[step ? "pushState" : "replaceState"](null, "", address);
}

function set(changes, step = true) {
  note(changes, step);
  read();
  show();
}

const change = (tree) => set({ where: tree ? String(tree) : "", open: "" });
const add = (tree) => change(condition ? new And(condition, tree) : tree);
const panel = new Panel(base, root, () => note({ open: "" }, false));
const tools = { base, root, change, add, set, open: (entry, bias, from, also) => { panel.open(entry, bias, from, also); note({ open: `${entry.id}:${bias.id}` }, false); } };

const text = made("input", { type: "text", id: "explorer-text", spellcheck: false, autocomplete: "off", placeholder: "has causality and not uses gating",
  data: { "aria-describedby": "explorer-problem", autocapitalize: "off" } });
const problemLine = made("p", { id: "explorer-problem", className: "problem", data: { role: "status" } });
const row = made("div", { className: "chips", data: { role: "group", "aria-label": "Conditions" } });
const adder = made("input", { type: "text", id: "explorer-add", autocomplete: "off", spellcheck: false, placeholder: "causality, uses gating, takes sequence, since 2015 …", data: { list: "explorer-known", autocapitalize: "off" } });
const told = made("p", { className: "told", data: { role: "status" } }), narrow = made("div"), answers = made("div", { className: "answers" });
const tabs = VIEWS.map((view) => made("button", { type: "button", textContent: view[0].toUpperCase() + view.slice(1), onclick: () => set({ view: view === "list" ? "" : view }) }));
const beside = made("a", { className: "beside-each-other", textContent: "Compare them" });
const command = made("code"), saving = [["CSV", "text/csv", asCsv], ["JSON", "application/json", asJson]].map(([name, type, make]) =>
  made("button", { type: "button", textContent: name, data: { "aria-label": `Save as ${name}` },
    onclick: () => download(`architectures.${name.toLowerCase()}`, type, make(base, select(base, condition), condition)) }));

// What can be added: a condition as it is written, or a name alone, which then means whatever it is a name of.
function meant(written) {
  try { return base.condition(written); } catch (error) {
    for (const verb of ["uses", "in", "takes", "trained-on"]) try { return base.condition(`${verb} '${written}'`); } catch { /* it is none of these */ }
    throw error;
  }
}

function adding() {
  if (!adder.value.trim()) return;
  try { const tree = meant(adder.value.trim()); adder.value = ""; add(tree); } catch (error) { problemLine.textContent = error.message; }
}

adder.addEventListener("change", adding);
text.addEventListener("input", () => set({ where: text.value.trim() }, false));
window.addEventListener("popstate", () => { read(); show(); });
PHONE.addEventListener("change", () => show());

function known() {
  const used = new Set(base.architectures.flatMap(({ parts }) => parts)), tasks = new Set(base.architectures.map(({ task }) => task));
  const options = [
    ...base.biases.map(({ id, name }) => [`has ${id}`, name]), ...base.biases.map(({ id, name }) => [`lacks ${id}`, name]),
    ...base.concepts.filter(({ id }) => used.has(id)).map(({ id, name }) => [`uses ${id}`, name]), ...base.families.map((family) => [`in ${family}`, "family"]),
    ...Object.entries(base.axes).map(([axis, words]) => [`takes ${axis}`, words]), ...base.concepts.filter(({ id }) => tasks.has(id)).map(({ id, name }) => [`trained-on ${id}`, name]),
  ];
  return made("datalist", { id: "explorer-known" }, ...options.map(([value, label]) => made("option", { value, label })));
}

const SAMPLES = { has: "causality", lacks: "locality", unknown: "linear-cost", uses: "gating", in: "recurrent", takes: "sequence", gives: "node", "trained-on": "digits", since: "2015",
  until: "2017", "at-most": "30M", "at-least": "1B" };

// What can be written, from the library's own words.
function help() {
  const terms = Object.entries(base.verbs).flatMap(([verb, meaning]) => [made("dt", {}, made("code", { textContent: `${verb} ${SAMPLES[verb] ?? "…"}` })), made("dd", { textContent: meaning })]);
  return made("details", { className: "numbers help" }, made("summary", { textContent: "What can be written" }), made("dl", {}, ...terms),
    made("p", { textContent: "A name alone means “has”. Join conditions by and, or, not and parentheses; a name with spaces stands in quotes." }));
}

function build() {
  const form = made("div", { className: "ask" },
    made("label", { htmlFor: "explorer-add", textContent: "Add a condition" }), adder,
    row,
    made("label", { htmlFor: "explorer-text", textContent: "As text" }), text, problemLine, help(), known());
  const examples = made("div", { className: "examples" }, "Try: ", ...EXAMPLES.flatMap(([name, where], index) => {
    const link = made("a", { href: `?where=${encodeURIComponent(where)}`, textContent: name, title: where });
    link.addEventListener("click", (event) => { if (event.ctrlKey || event.metaKey || event.shiftKey) return; event.preventDefault(); set({ where, open: "" }); });
    return [index ? ", " : "", link];
  }));
  const bar = made("div", { className: "bar" }, made("div", { className: "views", data: { role: "group", "aria-label": "View" } }, ...tabs), told, beside,
    made("div", { className: "saving", data: { role: "group", "aria-label": "Save the answers" } }, ...saving));
  place.replaceChildren(form, examples, bar, made("div", { className: "split" }, made("div", {}, narrow, answers), panel.element),
    made("div", { className: "shell" }, "From the shell: ", command));
}

let map = null;

// The map is loaded and drawn when it is first asked for, and kept.
async function showMap(found) {
  if (!map) {
    map = Promise.all([import("./map.js"), fetch(new URL("assets/explore/map.json", root)).then((answer) => answer.json())])
      .then(([{ RelationMap }, drawn]) => new RelationMap(tools, drawn));
  }
  const shown = await map;
  if (state.view !== "map") return;
  if (!shown.element.isConnected) answers.replaceChildren(shown.element);
  shown.show(state, found);
}

function show() {
  if (!state.open) panel.element.hidden = true;
  const view = VIEWS.includes(state.view) ? state.view : "list", found = problem ? [] : select(base, condition);
  if (document.activeElement !== text) text.value = state.where ?? "";
  problemLine.textContent = problem;
  row.replaceChildren(...chips(base, condition, change));
  tabs.forEach((button, index) => button.setAttribute("aria-pressed", String(VIEWS[index] === view)));
  told.textContent = problem ? "" : condition ? `${found.length} of ${base.architectures.length} architectures` : `All ${found.length} architectures`;
  beside.hidden = problem || found.length < 2 || found.length > 4;  // as many as fit beside each other
  beside.href = `${new URL("compare/", root)}?of=${found.map(({ id }) => id).join(",")}`;
  command.textContent = `kb select${condition ? ` --where "${condition}"` : ""}`;
  narrow.replaceChildren(condition && found.length > 1 && view === "list" ? narrowing(tools, found, condition) : "");
  if (view === "map") showMap(found);
  else if (problem) answers.replaceChildren();
  else if (!found.length) answers.replaceChildren(emptiness(tools, condition));
  else answers.replaceChildren(view === "table" ? table(tools, found, state) : list(tools, found, condition), undecided(tools, condition));
}

read();
build();
show();
const [entry, bias] = (state.open ?? "").split(":");
if (base.byId.has(entry) && base.places.has(bias)) panel.open(base.byId.get(entry), base.biases[base.places.get(bias)]);
