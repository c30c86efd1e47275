// What a condition selects, why, and why nothing: `kb.query.select`, `reasons` and `emptiness` once more; a test compares their answers.
import { TRAITS } from "./conditions.js";

const ANYTHING = "such an architecture", NEAREST = 3, MOST = 1000;
const byYear = (one, other) => (one.year ?? 0) - (other.year ?? 0) || (one.id < other.id ? -1 : 1);

// The architectures that satisfy a condition, oldest first; all of them where there is none.
export function select(base, condition) {
  return base.architectures.filter((entry) => !condition || condition.judge(base, entry)).sort(byYear);
}

// The parts of a condition that decide its verdict on an architecture, each once: an atom and its own verdict.
export function grounds(base, entry, condition) {
  return [...new Map(condition.grounds(base, entry).map((ground) => [ground.join("\n"), ground])).values()];
}

export function worded(base, entry, [atom, verdict]) {
  const stated = verdict === false ? `not ${atom}` : String(atom);
  if (!TRAITS.includes(atom.verb)) return verdict === null ? `${stated}: unknown` : stated;
  const { value, how, place } = base.trait(entry, atom.name);
  const known = { n: "does not apply", u: "unknown" }[value] ?? how.join(", ");
  return `${stated}: ${known}${place && `, of ${place}`}`;
}

// Why nothing is selected: a proof that it is impossible, what is unknown, or what comes nearest.
export function whyNone(base, condition) {
  const ways = condition.ways();
  if (ways > MOST) {
    const words = (number) => number.toLocaleString("en-GB");
    throw new Error(`there are ${words(ways)} ways to satisfy the condition, and at most ${words(MOST)} are examined: write it with fewer alternatives`);
  }
  const proofs = condition.alternatives().map((required) => contradiction(base, required));
  if (proofs.every((proof) => proof.length)) return { verdict: "impossible", lines: proofs.flat() };
  const unsure = base.architectures.filter((entry) => condition.judge(base, entry) === null);
  if (unsure.length) return { verdict: "unknown", lines: unsure.map((entry) => unknown(base, entry, condition)) };
  const found = nearest(base, condition);
  return { verdict: "none", nearest: found,
    lines: found.map(({ entry, missed }) => `${entry.id}: all but ${missed.map(required).join(", ")}`) };
}

export const required = ([atom, truth]) => truth ? String(atom) : `not ${atom}`;

function unknown(base, entry, condition) {
  const atoms = [...new Set(condition.atoms().filter((atom) => atom.judge(base, entry) === null).map(String))];
  return `${entry.id}: whether it ${atoms.join(" and whether it ")}`;
}

// The architectures that miss the fewest literals of an alternative, with what they miss.
function nearest(base, condition) {
  const ways = condition.alternatives();
  const ranked = base.architectures.map((entry) => {
    const failures = ways.map((way) => way.filter(([atom, truth]) => atom.judge(base, entry) !== truth));
    return { entry, missed: failures.reduce((least, each) => each.length < least.length ? each : least) };
  });
  return ranked.sort((one, other) => one.missed.length - other.missed.length || (one.entry.year ?? 0) - (other.entry.year ?? 0)).slice(0, NEAREST);
}

// The shortest proof that nothing is as some literals require, line by line; none where there is none.
function contradiction(base, literals) {
  const assumed = literals.flatMap(([atom, truth]) => {
    const value = { has: truth, lacks: !truth }[atom.verb];
    return value === undefined ? [] : [{ bias: base.places.get(atom.name), value: Number(value), premises: [] }];
  });
  const proofs = [];
  for (const facts of closed(base, assumed).values()) {
    const holds = facts.find(({ value }) => value), lacks = facts.find(({ value }) => !value);
    if (holds && lacks) proofs.push([...trace(base, holds), ...trace(base, lacks)]);
  }
  return proofs.reduce((least, each) => !least.length || each.length < least.length ? each : least, []);
}

// All that follows from facts by theorems, in the order of `kb.inference.close`: bias -> its facts.
function closed(base, assumed) {
  const known = new Map(), queue = [...assumed], met = new Map();
  for (const fact of queue) known.set(fact.bias, [...known.get(fact.bias) ?? [], fact]);
  for (const fact of queue) {  // which grows
    base.readings.forEach(([theorem, premises, [bias, value], backwards], number) => {
      if (!premises.some((premise) => premise[0] === fact.bias && premise[1] === fact.value)) return;
      if (!met.has(number)) met.set(number, new Map());
      const found = met.get(number);
      if (found.has(fact.bias)) return;
      found.set(fact.bias, fact);
      if (found.size < premises.length) return;
      const derived = { bias, value, theorem, backwards, premises: premises.map(([each]) => found.get(each)) };
      const facts = known.get(bias) ?? known.set(bias, []).get(bias);
      if (facts.some((other) => other.value === value)) return;
      facts.push(derived);
      queue.push(derived);
    });
  }
  return known;
}

function trace(base, { bias, value, theorem, backwards, premises }, indent = 0) {
  const known = base.theorems[theorem];
  const how = known ? `by the theorem ${known.id}${backwards ? ", read backwards" : ""}: ${known.name}` : "assumed";
  const line = `${"  ".repeat(indent)}${ANYTHING} ${value ? "has" : "lacks"} ${base.biases[bias].id} (${how})`;
  return [line, ...premises.flatMap((premise) => trace(base, premise, indent + 1))];
}
