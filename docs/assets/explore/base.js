// The base as `kb/site/explorer/data.py` packs it: architectures with their traits, what names mean, and what is wrong with one.
import { Writing, distance, slips } from "../search.js";
import { TRAITS } from "./conditions.js";
import { Language } from "./language.js";

export const VALUES = { h: "has it", l: "lacks it", u: "not known", n: "does not apply" };
export const SYMBOLS = { h: "✓", l: "✗", u: "?", n: "–" };
const EVIDENCE = [["measured", 1], ["asserted", 2], ["derived", 4]];
const COMPARED = { since: /^[0-9]{4}$/, until: /^[0-9]{4}$/, "at-most": /^[0-9]{1,12}[kMB]?$/, "at-least": /^[0-9]{1,12}[kMB]?$/ };
const EXPECTED = { since: "a year, such as 2015", until: "a year, such as 2015",
  "at-most": "a number of parameters, such as 500k, 30M or 1B", "at-least": "a number of parameters, such as 500k, 30M or 1B" };

const named = ([id, name, page, others]) => ({ id, name, page, others });
export const evidence = (digit) => EVIDENCE.filter(([, bit]) => digit & bit).map(([how]) => how);

// The base, or where it cannot be loaded a sentence that says so in the place where the answers would be.
export async function load(root, place) {
  try {
    return new Base(await (await fetch(new URL("assets/explore/base.json", root))).json());
  } catch (error) {
    Object.assign(place, { hidden: false, textContent: "The data that answers conditions could not be loaded. Where a browser runs scripts from disk only, serve the site: kb site serve." });
    throw error;
  }
}

export class Base {
  constructor(data) {
    this.writing = new Writing(data);
    this.language = new Language(data.language);
    this.verbs = data.verbs;
    this.axes = data.axes;
    this.biases = data.biases.map((row) => {
      const [group, summary, weights, ...scope] = row.slice(4);
      return { ...named(row), group, summary, weights, scope: { h: scope[0], l: scope[1], u: scope[0], n: scope[0] } };
    });
    this.concepts = data.concepts.map(named);
    this.theorems = data.theorems.map(([id, name, page]) => ({ id, name, page }));
    this.readings = data.readings;
    this.places = new Map(this.biases.map(({ id }, place) => [id, place]));
    this.architectures = data.architectures.map((row) => this.unpacked(row));
    this.byId = new Map(this.architectures.map((entry) => [entry.id, entry]));
    this.families = [...new Set(this.architectures.map(({ family }) => family))];
  }

  unpacked({ named: row, parts, task, elsewhere, sizes, ...rest }) {
    const places = new Map(Object.entries(elsewhere).flatMap(([place, biases]) => biases.map((bias) => [bias, place])));
    return { ...named(row), ...rest, places, sized: sizes, sizes: Object.values(sizes), parts: parts.map((place) => this.concepts[place].id),
      task: task === null ? null : this.concepts[task].id };
  }

  // What is known of a trait: its value, the evidence, and where it is said of another place than the canonical variant, that place.
  trait(entry, bias) {
    const place = this.places.get(bias);
    return { value: entry.values[place], how: evidence(Number(entry.evidence[place])), place: entry.places.get(place) ?? "" };
  }

  // What an atom is about, in words.
  nameOf({ verb, name }) {
    const entries = TRAITS.includes(verb) ? this.biases : verb === "uses" || verb === "trained-on" ? this.concepts : [];
    return entries.find(({ id }) => id === name)?.name ?? name.replaceAll("-", " ");
  }

  // The id of what a name means after a verb; throws an error that says what is wrong.
  meant(verb, name) {
    if (TRAITS.includes(verb)) return this.named(name, "bias");
    if (verb === "uses" || verb === "trained-on") return this.named(name, "concept");
    if (verb === "in") return this.listed(name, this.families, "family");
    if (verb === "takes" || verb === "gives") return this.listed(name, Object.keys(this.axes), "axis, or role of one,");
    if (COMPARED[verb].test(name)) return name;
    throw new Error(`\`${verb}\` expects ${EXPECTED[verb]}, not ${shown(name)}`);
  }

  listed(name, known, what) {
    const found = known.findLast((each) => this.writing.key(each) === this.writing.key(name));
    if (found) return found;
    throw new Error(`no ${what} ${shown(name)}${suggestion(name, known)}`);
  }

  // The entries of a kind that a name means.
  meanings(name, kind) {
    const entries = { architecture: this.architectures, bias: this.biases, concept: this.concepts }[kind], key = this.writing.key(name);
    const exact = entries.filter(({ id }) => id === name);
    return exact.length ? exact : entries.filter((entry) => [entry.name, entry.id, ...entry.others].some((each) => this.writing.key(each) === key));
  }

  named(name, kind) {
    const found = this.meanings(name, kind);
    if (found.length === 1) return found[0].id;
    if (found.length) {
      const listed = found.map((entry) => `${entry.id} (${kind}: ${entry.name})`).join("; ");
      throw new Error(`${shown(name)} is a name of more than one entry, write an id: ${listed}`);
    }
    const other = ["architecture", "bias", "concept"].find((each) => this.meanings(name, each).length);
    const which = other ? `, which is ${other === "architecture" ? "an" : "a"} ${other}` : "", near = this.nearest(name, kind);
    throw new Error(`no ${kind} has the name ${shown(name)}${which}${near ? ` (a guess: did you mean ${shown(near)}?)` : ""}`);
  }

  // The id of the entry of a kind whose name is like a mistyped one.
  nearest(name, kind) {
    const key = this.writing.key(name), most = slips(key.length);
    const wrong = (entry) => Math.min(...[entry.name, entry.id, ...entry.others].map((each) => distance(key, this.writing.key(each), most)));
    const near = (kind === "bias" ? this.biases : this.concepts).map((entry) => [wrong(entry), entry.id]).sort((one, two) => one[0] - two[0]);
    return most && near[0][0] <= most ? near[0][1] : "";
  }

  // The condition that a text is, with ids in place of names. Throws an error with a message for the reader.
  condition(text) {
    try { return this.language.parse(text).resolved(this); } catch (error) {
      if (error.place === undefined) throw error;
      throw Object.assign(new Error(complaint(text, error.place, Object.keys(this.verbs))), { place: error.place });
    }
  }
}

const shown = (text) => text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;
const split = (text) => text.split(/\s+/).filter(Boolean);

function complaint(text, place, verbs) {
  const rest = split(text.slice(place)), before = split(text.slice(0, place)), words = [...verbs, "and", "or", "not"];
  const found = rest.length ? `${shown(rest[0])} is not expected` : "something is missing";
  const suspects = [...before.slice(-1), ...rest.slice(0, 1)].filter((word) => !words.includes(word));
  const near = suspects.map((word) => suggestion(word, words)).find(Boolean) ?? "";
  return `${found} at character ${place + 1} of the condition ${shown(text)}${near}; write names of biases, or ${verbs.join(", ")}`
    + " before a name, joined by and, or, not and parentheses";
}

// The nearest known word, if one is near: by the share of letters that both have in the same order.
function suggestion(name, known) {
  const alike = known.map((word) => [2 * common(name, word) / (name.length + word.length), word]).filter(([share]) => share >= 0.6);
  const begun = known.filter((word) => name && word.startsWith(name)).sort((one, other) => one.length - other.length);
  const found = alike.sort((one, other) => other[0] - one[0])[0]?.[1] ?? begun[0];
  return found ? ` (did you mean ${shown(found)}?)` : "";
}

// The length of the longest common subsequence.
function common(one, other) {
  let last = new Array(other.length + 1).fill(0);
  for (const letter of one) {
    const row = [0];
    for (let j = 1; j <= other.length; j++) row[j] = letter === other[j - 1] ? last[j - 1] + 1 : Math.max(last[j], row[j - 1]);
    last = row;
  }
  return last.at(-1);
}
