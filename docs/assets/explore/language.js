// Reads a condition as `kb select --where` does: by the tables of the same parser (`kb.query.language.tables`), so there is one
// grammar. What stands here knows how such tables are followed, and what each rule makes.
import { And, Atom, Not, Or } from "./conditions.js";

const MAKE = {
  either: (left, right) => new Or(left, right),
  both: (left, right) => new And(left, right),
  negation: (inner) => new Not(inner),
  verb: (word) => word,
  name: (word) => word.replace(/^['"]+|['"]+$/g, ""),
  atom: (...words) => new Atom(words.length === 2 ? words[0] : "has", words.at(-1)),
};

export class NoCondition extends Error {
  constructor(place) {
    super("this is no condition");
    this.place = place;
  }
}

export class Language {
  constructor({ tokens, rules, states, end }) {
    const known = Object.entries(tokens).map(([name, { text, pattern }]) => ({ name, text, pattern: pattern && new RegExp(pattern, "uy") }));
    this.ignored = known.find(({ name }) => name.startsWith("__IGNORE")).pattern;
    this.patterns = known.filter(({ pattern }) => pattern && pattern !== this.ignored);
    this.words = known.filter(({ text }) => text).sort((one, other) => other.text.length - one.text.length);
    Object.assign(this, { rules, states, end });
  }

  // The condition that a text is. Throws NoCondition with the place where it stops making sense.
  parse(text) {
    const states = [0], values = [];
    let token = this.next(text, 0, this.states[0]);
    for (;;) {
      const action = this.states[states.at(-1)][token.name];
      if (action === undefined) throw new NoCondition(token.name === "$END" ? text.length : token.place);
      if (action >= 0) {
        states.push(action);
        values.push(token.text);
        token = this.next(text, token.place + token.text.length, this.states[action]);
        continue;
      }
      const [name, symbol, kept, single] = this.rules[-1 - action];
      const parts = values.splice(values.length - kept.length).filter((_, index) => kept[index]);
      states.length -= kept.length;
      values.push(single && parts.length === 1 ? parts[0] : MAKE[name](...parts));
      states.push(this.states[states.at(-1)][symbol]);
      if (states.at(-1) === this.end && token.name === "$END") return values[0];
    }
  }

  // The next token among those that a state can go on with; a word that is also a name is the word, as in Lark.
  next(text, from, state) {
    const place = from + matched(this.ignored, text, from).length;
    if (place === text.length) return { name: "$END", place, text: "" };
    for (const { name, pattern } of this.patterns) {
      const found = name in state && matched(pattern, text, place);
      if (found) return { name: this.words.find((word) => word.text === found && word.name in state)?.name ?? name, place, text: found };
    }
    const word = this.words.find((each) => each.name in state && text.startsWith(each.text, place));
    return { name: word?.name, place, text: word?.text };
  }
}

function matched(pattern, text, place) {
  pattern.lastIndex = place;
  return pattern.exec(text)?.[0] ?? "";
}
