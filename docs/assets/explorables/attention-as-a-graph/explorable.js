// The attention of a trained layer as a weighted graph on its positions.
import { affine, dot } from "../matrices.js";
import { button, check, choice, panel, slider } from "../kit.js";
import { drawn, made } from "../../made.js";

const EPSILON = 1e-5, TWENTY = "abcdefghijklmnopqrst";
const layer = ({ weights }, name) => ({ weight: weights[`${name}.weight`], bias: weights[`${name}.bias`] });
const sum = (values) => values.reduce((one, other) => one + other, 0);
const softmax = (scores) => { const most = Math.max(...scores), powers = scores.map((score) => Math.exp(score - most)), total = sum(powers); return powers.map((power) => power / total); };

// Pairs as one-hot codes of key and value, and at the end one of the keys alone, with a mark.
export function inputsOf(data, { keys, values }, asked) {
  const width = data.weights["self_attention.query.weight"][0].length, code = (...places) => Array.from({ length: width }, (_, place) => (places.includes(place) ? 1 : 0));
  return [...keys.map((key, pair) => code(key, data.keys + values[pair])), code(keys[asked], width - 1)];
}

const split = (vector, heads) => Array.from({ length: heads }, (_, head) => vector.slice(head * vector.length / heads, (head + 1) * vector.length / heads));

// The weights of every head, for every query over all keys.
export function attention(data, x, { temperature, causal }) {
  const [queries, keys] = ["query", "key"].map((name) => x.map((row) => split(affine(layer(data, `self_attention.${name}`), row), data.heads)));
  return Array.from({ length: data.heads }, (_, head) => queries.map((query, t) => softmax(keys.map((key, s) => (causal && s > t ? -Infinity : dot(query[head], key[head]) / Math.sqrt(query[head].length) / temperature)))));
}

function normalised(x, { weight, bias }) {
  const mean = sum(x) / x.length, variance = sum(x.map((value) => (value - mean) ** 2)) / x.length;
  return x.map((value, place) => (value - mean) / Math.sqrt(variance + EPSILON) * weight[place] + bias[place]);
}

// The scores of all values at the last position, after the whole layer.
export function logits(data, x, settings) {
  const last = x.length - 1, values = x.map((row) => split(affine(layer(data, "self_attention.value"), row), data.heads));
  const mixed = attention(data, x, settings).flatMap((weights, head) => values[0][head].map((_, place) => sum(weights[last].map((weight, s) => weight * values[s][head][place]))));
  const attended = affine(layer(data, "self_attention.output"), mixed).map((value, place) => value + x[last][place]);
  const middle = normalised(attended, layer(data, "self_norm"));
  const [narrow, wide] = ["feed_forward.widen", "feed_forward.narrow"].map((name) => layer(data, name));
  const out = affine(wide, affine(narrow, middle).map((value) => Math.max(0, value))).map((value, place) => value + middle[place]);
  return normalised(out, layer(data, "feed_forward_norm")).slice(0, data.values);
}

// Keys in a random order with random values, and which of them is in question.
function pairs(data, count) {
  const keys = Array.from({ length: data.keys }, (_, key) => [Math.random(), key]).sort(([one], [other]) => one - other).slice(0, count).map(([, key]) => key);
  return { keys, values: keys.map(() => Math.floor(Math.random() * data.values)) };
}

const nameOf = ({ keys, values }, asked, position) => (position < keys.length ? `${TWENTY[keys[position]]} ${values[position]}` : `${TWENTY[keys[asked]]} ?`);

function graph(names, weights, query, choose) {
  const size = 300, middle = size / 2, ring = 112, at = (position) => { const angle = 2 * Math.PI * (position + 0.5) / names.length + Math.PI / 2; return [middle + ring * Math.cos(angle), middle + ring * Math.sin(angle)]; };
  const edges = weights.flatMap((row, t) => row.map((weight, s) => {
    const [a, b] = at(s), [c, d] = at(t), chosen = t === query, bent = s === t ? `M${a} ${b}m-6 -16a10 10 0 1 1 12 0` : `M${a} ${b}Q${middle} ${middle} ${c} ${d}`;
    return weight < 0.02 ? "" : drawn("path", { class: chosen ? "edge chosen" : "edge", d: bent, "stroke-width": (0.5 + 6 * weight).toFixed(2), "stroke-opacity": chosen ? (0.25 + 0.75 * weight).toFixed(2) : 0.18 });
  })).filter(Boolean);
  const nodes = names.map((name, position) => {
    const [x, y] = at(position), node = drawn("g", { class: position === query ? "position chosen" : "position", transform: `translate(${x} ${y})` }, drawn("circle", { r: 19 }), drawn("text", { y: 5, "text-anchor": "middle" }, name));
    node.addEventListener("click", () => choose(position));
    return node;
  });
  return made("figure", { className: "drawing square" }, drawn("svg", { class: "chart graph", viewBox: `0 0 ${size} ${size}`, width: size, height: size, role: "img", "aria-label": `Position ${query + 1}, ${names[query]}, attends to ${names.map((name, s) => `${name} ${Math.round(100 * weights[query][s])} %`).join(", ")}` }, ...edges, ...nodes),
    made("figcaption", { textContent: "A key and its value at each position; thick lines are large weights" }));
}

function table(names, weights, query) {
  const cells = (row, t) => row.map((weight) => made("td", { textContent: weight < 0.005 ? "" : weight.toFixed(2), className: t === query ? "chosen" : "", style: `--share: ${Math.round(100 * weight)}%` }));
  return made("div", { className: "weights-frame" }, made("table", { className: "weights" }, made("caption", { textContent: "Weights: a row for each query" }),
    made("thead", {}, made("tr", {}, made("td"), ...names.map((name) => made("th", { scope: "col", textContent: name })))),
    made("tbody", {}, ...weights.map((row, t) => made("tr", { className: t === query ? "chosen" : "" }, made("th", { scope: "row", textContent: names[t] }), ...cells(row, t))))));
}

export function show(place, data) {
  const count = 6, query = slider("query", "Position that attends", [1, count + 1, 1], count + 1);
  let known = { keys: [2, 7, 0, 5, 9, 4], values: [3, 0, 6, 1, 5, 3] }, asked = 3, redraw = () => {};
  const choose = (position) => { query.input.value = position + 1; query.input.dispatchEvent(new Event("input")); };
  const heads = Object.fromEntries([["mean", "mean of the heads"], ...Array.from({ length: data.heads }, (_, head) => [`head ${head + 1}`, `head ${head + 1}`])]);
  redraw = panel(place, [query, choice("head", "Head", heads), slider("power", "Temperature", [-1, 2, 0.1], 0, (value) => (10 ** value).toPrecision(2)), check("causal", "Causal mask")], ({ query: at, head, power, causal }) => {
    const settings = { temperature: 10 ** power, causal }, x = inputsOf(data, known, asked), all = attention(data, x, settings), names = x.map((_, position) => nameOf(known, asked, position));
    const weights = head === "mean" ? all[0].map((row, t) => row.map((_, s) => sum(all.map((each) => each[t][s])) / all.length)) : all[Number(head.slice("head ".length)) - 1];
    const chances = softmax(logits(data, x, settings)), best = chances.indexOf(Math.max(...chances)), most = weights[at - 1].indexOf(Math.max(...weights[at - 1]));
    return {
      drawings: [graph(names, weights, at - 1, choose), table(names, weights, at - 1)],
      sentence: `“${names[at - 1]}” attends most to “${names[most]}” (${weights[at - 1][most].toFixed(2)}). The value of ${TWENTY[known.keys[asked]]} is ${known.values[asked]}; the network predicts ${best}, with probability ${chances[best].toFixed(2)}.`,
    };
  }, button("Other pairs", () => { known = pairs(data, count); asked = Math.floor(Math.random() * count); redraw(); }));
}
