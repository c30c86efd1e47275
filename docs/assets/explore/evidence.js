// The panel beside the results: what is known of a trait of an architecture, and how, from a file that is loaded when it is asked for.
import { made } from "../made.js";
import { SYMBOLS, VALUES } from "./base.js";

const loaded = new Map(), LETTERS = { holds: "h", lacks: "l", unknown: "u", "not-applicable": "n" };

function proofs(root, id) {
  if (!loaded.has(id)) loaded.set(id, fetch(new URL(`assets/explore/proofs/${id}.json`, root)).then((answer) => answer.json()));
  return loaded.get(id);
}

// Lines of proofs as a list; two spaces before a line are one step down. Names of theorems lead to their pages.
export function proof(base, root, lines) {
  return made("ul", { className: "lines" }, ...lines.map((line) => {
    const depth = line.search(/\S/) / 2, [, before, id, after] = line.trim().match(/^(.*by the theorem )([\w-]+)(.*)$/) ?? [];
    const theorem = base.theorems.find((each) => each.id === id), item = made("li");
    item.style.setProperty("--depth", depth);
    if (theorem) item.append(before, made("a", { href: new URL(theorem.page, root), textContent: id }), after);
    else item.append(line.trim());
    return item;
  }));
}

export class Panel {
  constructor(base, root, closed) {
    Object.assign(this, { base, root, closed });
    this.element = made("aside", { className: "evidence", hidden: true, tabIndex: -1, data: { "aria-label": "Evidence" } });
    this.element.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
  }

  close() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    if (this.from?.isConnected) this.from.focus();
    this.closed();
  }

  // Show a trait; `from` is the element that gets the focus back, `also` those that stand in the same row.
  async open(entry, bias, from, also = []) {
    const { base, root } = this, { value } = base.trait(entry, bias.id);
    this.from = from;
    const close = made("button", { type: "button", className: "close", textContent: "×", title: "Close", onclick: () => this.close(), data: { "aria-label": "Close the evidence" } });
    const body = made("div", { textContent: "Loading …" });
    this.element.replaceChildren(close, made("h2", {}, made("a", { href: new URL(entry.page, root), textContent: entry.name }), ": ",
      made("a", { href: new URL(bias.page, root), textContent: bias.name.toLowerCase() })),
    made("p", { className: `value-${value}` }, made("b", { textContent: `${SYMBOLS[value]} ${VALUES[value]}` }), made("small", { textContent: ` (said ${bias.scope[value]})` })),
    made("p", { textContent: bias.summary }), this.others(entry, bias, from, also), body);
    this.element.hidden = false;
    if (from) this.element.focus({ preventScroll: true });
    const known = await proofs(root, entry.id).then((all) => all[bias.id], () => null);
    body.replaceChildren(...this.shown(known, value));
  }

  // The other architectures of a row, of which the same is known.
  others(entry, bias, from, row) {
    const others = row.filter((each) => each !== entry);
    if (!others.length) return "";
    return made("p", {}, "The same of ", ...others.map((each) =>
      made("button", { type: "button", className: "joint", textContent: each.name, onclick: () => this.open(each, bias, from, row) })));
  }

  shown(known, value) {
    if (known === null) return [made("p", { textContent: "The evidence could not be loaded." })];
    if (!known) return [made("p", { textContent: value === "n" ? "It speaks of an axis that the signature of this architecture does not have." : "Nothing is known." })];
    const parts = known.variants.flatMap(([names, letter, lines]) => [
      known.variants.length > 1 && made("h3", { textContent: `${names.join(", ")}: ${VALUES[LETTERS[letter]]}` }), proof(this.base, this.root, lines)]);
    return [...parts.filter(Boolean), made("p", {}, made("a", { href: new URL(known.page, this.root), textContent: "Measurements and all evidence" }))];
  }
}
