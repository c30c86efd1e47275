// A condition as chips: every atom is one, with its verb to choose and a cross to remove it; between them `and` or `or` to switch.
import { made } from "../made.js";
import { And, Atom, Not, Or, TRAITS } from "./conditions.js";

// A tree with a node replaced, or without it.
export function replaced(tree, node, other) {
  if (tree === node) return other;
  if (tree instanceof Not) {
    const inner = replaced(tree.condition, node, other);
    return inner && (inner === tree.condition ? tree : new Not(inner));
  }
  if (tree instanceof Atom) return tree;
  const left = replaced(tree.left, node, other), right = replaced(tree.right, node, other);
  return left && right ? new tree.constructor(left, right) : left ?? right;
}

const verbsLike = (verb) => TRAITS.includes(verb) ? TRAITS : [verb];

// The elements of a condition; `change` is called with the condition that a visitor makes of it.
export function chips(base, tree, change) {
  const swap = (node, other) => change(replaced(tree, node, other));

  function chip(atom, outer) {
    const negated = outer instanceof Not, bias = TRAITS.includes(atom.verb) && base.biases[base.places.get(atom.name)];
    const verbs = verbsLike(atom.verb), words = [...verbs, ...verbs.filter((verb) => verb !== "unknown").map((verb) => `not ${verb}`)];
    const current = `${negated ? "not " : ""}${atom.verb}`, name = base.nameOf(atom);
    const select = made("select", { data: { "aria-label": `${name}: condition` } },
      ...[...new Set([...words, current])].map((word) => made("option", { value: word, textContent: word, selected: word === current })));
    select.addEventListener("change", () => {
      const made = new Atom(select.value.replace("not ", ""), atom.name);
      swap(outer, select.value.startsWith("not ") ? new Not(made) : made);
    });
    const remove = made("button", { type: "button", textContent: "×", title: "Remove", onclick: () => swap(outer, null), data: { "aria-label": `Remove ${current} ${name}` } });
    const scope = bias && made("small", { textContent: bias.scope[atom.verb === "lacks" ? "l" : "h"] });
    return made("span", { className: "chip", data: { role: "group", "aria-label": `${current} ${name}` } }, select,
      made("b", { textContent: name }), scope, remove);
  }

  function connector(node) {
    const word = node instanceof And ? "and" : "or", Other = node instanceof And ? Or : And;
    return made("button", { type: "button", className: "joint", textContent: word, title: `Change to “${word === "and" ? "or" : "and"}”`,
      onclick: () => swap(node, new Other(node.left, node.right)) });
  }

  function shown(node, inside) {
    if (node instanceof Atom) return [chip(node, node)];
    if (node instanceof Not && node.condition instanceof Atom) return [chip(node.condition, node)];
    if (node instanceof Not) return [made("span", { className: "bracket" }, made("i", { textContent: "not" }), ...shown(node.condition))];
    const parts = [...shown(node.left, node.constructor), connector(node), ...shown(node.right, node.constructor)];
    return inside && inside !== node.constructor ? [made("span", { className: "bracket" }, ...parts)] : parts;
  }
  return tree ? shown(tree) : [];
}
