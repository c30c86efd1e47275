// The answers as a list with reasons; where there is none, why; and what would narrow them down.
import { made } from "../made.js";
import { grounds, required, select, whyNone, worded } from "./answers.js";
import { SYMBOLS, VALUES } from "./base.js";
import { And, Atom, TRAITS } from "./conditions.js";
import { proof } from "./evidence.js";

const link = (root, entry) => made("a", { href: new URL(entry.page, root), textContent: entry.name });
export const familyName = (family) => family.replaceAll("-", " ");
const about = (entry) => made("small", { textContent: `${entry.year ?? ""} · ${familyName(entry.family)}` });

// A reason: of a trait a button that opens its evidence, of anything else a text.
function reason({ base, open }, entry, [atom, verdict]) {
  if (!TRAITS.includes(atom.verb)) return made("span", { className: "reason", textContent: worded(base, entry, [atom, verdict]) });
  const bias = base.biases[base.places.get(atom.name)], { value, how, place } = base.trait(entry, atom.name);
  const known = { n: "does not apply", u: "not known" }[value] ?? how.join(", ");
  return made("button", { type: "button", className: `reason value-${value}`, title: "Show the evidence", onclick: ({ currentTarget }) => open(entry, bias, currentTarget),
    data: { "aria-label": `${bias.name}: ${VALUES[value]}, ${known}. Show the evidence` } },
  `${SYMBOLS[value]} ${bias.name} `, made("small", { textContent: known + (place && `, of ${place.split("/").at(-1)}`) }));
}

const sizes = (entry) => Object.entries(entry.sized).map(([name, number]) => `${name} ${number < 1e6 ? `${Math.round(number / 1e3)}k` : `${(number / 1e6).toPrecision(3)}M`}`).join(", ");

// What it costs, so that those that fit can be weighed.
function costs(entry) {
  const [time, memory, sequential] = entry.cost;
  const said = [["time", time], ["memory", memory], ["steps in sequence", sequential], ["parameters", sizes(entry)]].filter(([, value]) => value);
  return made("dl", { className: "costs" }, ...said.flatMap(([name, value]) => [made("dt", { textContent: name }), made("dd", { textContent: value })]));
}

function row(tools, entry, condition, more) {
  const reasons = condition ? grounds(tools.base, entry, condition).map((ground) => reason(tools, entry, ground)) : [];
  return made("li", {}, made("div", { className: "named" }, link(tools.root, entry), about(entry)),
    made("p", { textContent: entry.summary }), made("div", { className: "reasons" }, ...reasons), tools.costs && costs(entry), more);
}

export function list(tools, found, condition) {
  return made("ul", { className: "found", data: { "aria-label": "Architectures" } }, ...found.map((entry) => row(tools, entry, condition)));
}

// What is undecided beside what was found: it may satisfy the condition.
export function undecided(tools, condition) {
  const unsure = condition ? tools.base.architectures.filter((entry) => condition.judge(tools.base, entry) === null) : [];
  if (!unsure.length) return "";
  return made("details", { className: "numbers undecided" }, made("summary", { textContent: `${unsure.length} more may be like that: something is unknown of each` }),
    list(tools, unsure, condition));
}

export function emptiness(tools, condition) {
  const { base, root } = tools;
  let answer;
  try { answer = whyNone(base, condition); } catch (error) {
    return made("section", { className: "verdict-box none" }, made("h2", { textContent: "None here" }), made("p", { textContent: `Why, is not examined: ${error.message}.` }));
  }
  const { verdict, lines } = answer;
  if (verdict === "impossible") {
    return made("section", { className: "verdict-box impossible" }, made("h2", { textContent: "Impossible" }),
      made("p", { textContent: "No architecture can be like that, here or anywhere. The proof assumes one and derives a contradiction from theorems:" }),
      proof(base, root, lines));
  }
  if (verdict === "unknown") {
    return made("section", { className: "verdict-box unknown" }, made("h2", { textContent: "Unknown" }),
      made("p", { textContent: "No architecture is known to be like that. Of these it is not known:" }),
      list(tools, base.architectures.filter((entry) => condition.judge(base, entry) === null), condition));
  }
  return made("section", { className: "verdict-box none" }, made("h2", { textContent: "None here" }),
    made("p", { textContent: "No theorem rules it out, but no architecture of this base is like that. The nearest:" }),
    made("ul", { className: "found" }, ...answer.nearest.map(({ entry, missed }) =>
      row(tools, entry, null, made("div", { className: "missed" }, "All but: ", ...missed.flatMap((literal) => missing(tools, entry, literal, condition)))))));
}

// A literal that an architecture misses: its evidence, and what is found without it.
function missing(tools, entry, literal, condition) {
  const [atom] = literal, verdict = atom.judge(tools.base, entry), without = dropped(condition, atom);
  const count = without ? select(tools.base, without).length : 0;
  const button = without && count ? made("button", { type: "button", className: "joint", textContent: `${count} without “${required(literal)}”`, onclick: () => tools.change(without) }) : "";
  return [reason(tools, entry, [atom, verdict]), button];
}

// A conjunction without one of its atoms, or null where it is none with this atom.
function dropped(condition, atom) {
  const parts = conjuncts(condition), rest = parts.filter((part) => String(part) !== String(atom) && String(part) !== `not ${atom}`);
  return rest.length && rest.length < parts.length ? rest.reduce((one, other) => new And(one, other)) : null;
}

const conjuncts = (tree) => tree instanceof And ? [...conjuncts(tree.left), ...conjuncts(tree.right)] : [tree];

const SUGGESTED = 6;

// The traits that divide the answers most evenly, each with how many have it and lack it.
export function narrowing(tools, found, condition) {
  const { base } = tools, named = new Set(condition?.atoms().map(({ name }) => name));
  const counted = base.biases.filter(({ id }) => !named.has(id)).map((bias) => {
    const values = found.map((entry) => base.trait(entry, bias.id).value);
    return { bias, h: values.filter((value) => value === "h").length, l: values.filter((value) => value === "l").length };
  });
  const best = counted.filter(({ h, l }) => h && l).sort((one, other) => Math.min(other.h, other.l) - Math.min(one.h, one.l)).slice(0, SUGGESTED);
  const button = (verb, bias, count) => made("button", { type: "button", className: "joint", textContent: `${verb} ${count}`, onclick: () => tools.add(new Atom(verb, bias.id)),
    data: { "aria-label": `Only those that ${verb === "has" ? "have" : "lack"} ${bias.name}: ${count}` } });
  if (!best.length) return "";
  return made("section", { className: "narrow", data: { "aria-label": "Narrow down" } }, made("h2", { textContent: "Narrow down" }),
    made("ul", {}, ...best.map(({ bias, h, l }) => made("li", {}, made("a", { href: new URL(bias.page, tools.root), textContent: bias.name }), " ", button("has", bias, h), button("lacks", bias, l)))));
}

