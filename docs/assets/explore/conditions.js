// Conditions on architectures, judged in three values: true, false, or null where it is unknown. This is `kb/query/conditions.py`
// and `kb/query/stated.py` once more, where everything is explained; change both together: a test compares their answers.

const MULTIPLES = { "": 1, k: 1e3, M: 1e6, B: 1e9 };
const parameters = (name) => Number.parseInt(name, 10) * MULTIPLES[name.replace(/^\d+/, "")];
const sized = (entry, fits) => entry.sizes.length ? entry.sizes.some(fits) : null;
const trait = (value) => (entry, name, base) => {
  const known = base.trait(entry, name).value;
  return known === "u" ? null : known === value;
};

const JUDGES = {
  has: trait("h"),
  lacks: trait("l"),
  unknown: (entry, name, base) => base.trait(entry, name).value === "u",
  uses: (entry, name) => entry.parts.includes(name),
  in: (entry, name) => entry.family === name,
  takes: (entry, name) => entry.takes.includes(name),
  gives: (entry, name) => entry.gives.includes(name),
  "trained-on": (entry, name) => entry.task === name,
  since: (entry, name) => entry.year === null ? null : entry.year >= Number(name),
  until: (entry, name) => entry.year === null ? null : entry.year <= Number(name),
  "at-most": (entry, name) => sized(entry, (size) => size <= parameters(name)),
  "at-least": (entry, name) => sized(entry, (size) => size >= parameters(name)),
};
export const TRAITS = ["has", "lacks", "unknown"];

// Every pair of a way of one and a way of another; a literal that both have stands once.
function joined(ways, others) {
  const both = (way, other) => [...new Map([...way, ...other].map((literal) => [literal.join("\n"), literal])).values()];
  return ways.flatMap((way) => others.map((other) => both(way, other)));
}

export class Atom {
  constructor(verb, name) { Object.assign(this, { verb, name }); }
  toString() { return `${this.verb} ${/^[\p{L}\p{N}_-]+$/u.test(this.name) ? this.name : `'${this.name}'`}`; }
  judge(base, entry) { return JUDGES[this.verb](entry, this.name, base); }
  grounds(base, entry) { return [[this, this.judge(base, entry)]]; }
  atoms() { return [this]; }
  alternatives(required = true) { return [[[this, required]]]; }
  ways() { return 1; }
  resolved(base) { return new Atom(this.verb, base.meant(this.verb, this.name)); }
}

export class Not {
  constructor(condition) { this.condition = condition; }
  toString() { return `not ${bracketed(this.condition, And, Or)}`; }
  judge(base, entry) {
    const verdict = this.condition.judge(base, entry);
    return verdict === null ? null : !verdict;
  }
  grounds(base, entry) { return this.condition.grounds(base, entry); }
  atoms() { return this.condition.atoms(); }
  alternatives(required = true) { return this.condition.alternatives(!required); }
  ways(required = true) { return this.condition.ways(!required); }
  resolved(base) { return new Not(this.condition.resolved(base)); }
}

class Both {
  constructor(left, right) { Object.assign(this, { left, right }); }
  // The verdict that one side is enough for decides; without it an unknown side leaves it open.
  judge(base, entry) {
    const verdicts = [this.left.judge(base, entry), this.right.judge(base, entry)], { enough } = this.constructor;
    return verdicts.includes(enough) ? enough : verdicts.includes(null) ? null : !enough;
  }
  grounds(base, entry) {
    const verdict = this.judge(base, entry);
    return [this.left, this.right].flatMap((side) => side.judge(base, entry) === verdict ? side.grounds(base, entry) : []);
  }
  atoms() { return [...this.left.atoms(), ...this.right.atoms()]; }
  alternatives(required = true) {
    const left = this.left.alternatives(required), right = this.right.alternatives(required);
    return required === this.constructor.enough ? [...left, ...right] : joined(left, right);
  }
  ways(required = true) {
    const left = this.left.ways(required), right = this.right.ways(required);
    return required === this.constructor.enough ? left + right : left * right;
  }
  resolved(base) { return new this.constructor(this.left.resolved(base), this.right.resolved(base)); }
}

export class And extends Both {
  static enough = false;
  toString() { return `${bracketed(this.left, Or)} and ${bracketed(this.right, Or)}`; }
}

export class Or extends Both {
  static enough = true;
  toString() { return `${this.left} or ${this.right}`; }
}

function bracketed(condition, ...kinds) {
  return kinds.some((kind) => condition instanceof kind) ? `(${condition})` : String(condition);
}
