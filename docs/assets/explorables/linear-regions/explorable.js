// The regions of the plane on which a small network of rectified linear units is affine, cut exactly, layer by layer.
import { affine } from "../matrices.js";
import { button, chart, choice, panel, slider } from "../kit.js";
import { drawn, made } from "../../made.js";

const SIDE = 3, TINY = 1e-9, FOLD = 4;
const square = (low, high) => [[low, low], [high, low], [high, high], [low, high]];

// The first units of the first layers, scaled by He's rule.
function network(layers, width, depth) {
  return layers.slice(0, depth).map(({ weight, bias }) => {
    const inputs = Math.min(weight[0].length, weight[0].length === 2 ? 2 : width), scale = Math.sqrt(2 / inputs);
    return { weight: weight.slice(0, width).map((row) => row.slice(0, inputs).map((value) => value * scale)), bias: bias.slice(0, width) };
  });
}

// Layers that fold the unit square onto itself, each coordinate by the tent map 2 relu(z) - 4 relu(z - 1/2).
function folding(depth) {
  return Array.from({ length: depth }, (_, number) => ({
    weight: number ? [[2, -4, 0, 0], [2, -4, 0, 0], [0, 0, 2, -4], [0, 0, 2, -4]] : [[1, 0], [1, 0], [0, 1], [0, 1]], bias: [0, -0.5, 0, -0.5],
  }));
}

// One polygon cut by the line where a function, given at its corners, is zero: both parts, or the polygon alone.
function cut(corners, values) {
  if (!values.some((value) => value > TINY) || !values.some((value) => value < -TINY)) return [corners];
  const parts = [[], []];
  corners.forEach((corner, number) => {
    const next = (number + 1) % corners.length, [here, there] = [values[number], values[next]];
    if (here >= 0) parts[0].push(corner);
    if (here <= 0) parts[1].push(corner);
    if (here * there < 0) {
      const share = here / (here - there), crossing = corner.map((value, axis) => value + share * (corners[next][axis] - value));
      parts.forEach((part) => part.push(crossing));
    }
  });
  return parts;
}

const centre = (corners) => [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length);
const active = (layer, map) => affine({ weight: layer.weight, bias: layer.bias }, map).map((value) => Math.max(0, value));
const through = (layers, point) => layers.reduce((values, layer) => active(layer, values), point);

// The regions of a network in a square: their corners, and the share of its units that are active. After all earlier layers are
// cut, every unit of the next is affine on each part, so its values at the corners say where it is zero.
export function regions(layers, corners) {
  let parts = [corners];
  layers.forEach((layer, depth) => {
    const before = layers.slice(0, depth);
    for (let unit = 0; unit < layer.bias.length; unit++) {
      const row = { weight: [layer.weight[unit]], bias: [layer.bias[unit]] };
      parts = parts.flatMap((part) => cut(part, part.map((corner) => affine(row, through(before, corner))[0])));
    }
  });
  return parts.map((part) => {
    let values = centre(part), on = 0, units = 0;
    for (const layer of layers) { values = active(layer, values); on += values.filter((value) => value > 0).length; units += values.length; }
    return { corners: part, share: on / units };
  });
}

export const counted = (layers, width, depth) => regions(network(layers, width, depth), square(-SIDE, SIDE)).length;
export const folded = (depth) => regions(folding(depth), square(0, 1)).length;
export const hidden = (layers, width, depth, point) => through(network(layers, width, depth), point);
export const bound = (width, depth) => (1 + width + width * (width - 1) / 2) ** depth;

export function show(place, data) {
  let draw = 0, redraw = () => {};
  const depths = data[0].map((_, number) => number + 1);
  const wide = slider("width", "Units of each layer", [2, data[0][0].bias.length, 1], 5);
  const other = button("Other random weights", () => { draw = (draw + 1) % data.length; redraw(); });
  redraw = panel(place, [
    choice("weights", "Weights", { random: "random", fold: "folding" }), wide, slider("depth", "Layers", [1, depths.length, 1], 2),
  ], ({ weights, width, depth }, room) => {
    const folds = weights === "fold", units = folds ? FOLD : width, size = Math.min(room, 340);
    wide.input.disabled = other.disabled = folds;  // a layer that folds has four units, and no draws
    const layers = folds ? folding(depth) : network(data[draw], width, depth), [low, high] = folds ? [0, 1] : [-SIDE, SIDE];
    const found = regions(layers, square(low, high)), at = ([x, y]) => `${((x - low) / (high - low) * size).toFixed(2)} ${((high - y) / (high - low) * size).toFixed(2)}`;
    const picture = drawn("svg", { class: "chart regions", viewBox: `0 0 ${size} ${size}`, width: size, height: size, role: "img", "aria-label": `The square, cut into ${found.length} regions` },
      ...found.map(({ corners, share }) => drawn("path", { d: `M${corners.map(at).join("L")}Z`, "fill-opacity": (0.08 + 0.72 * share).toFixed(3) })));
    const series = [
      { name: "bound", points: depths.map((each) => [each, bound(units, each)]), tone: 2, dash: "7 3" },
      { name: "folding, 4 units a layer", points: depths.map((each) => [each, 4 ** each]), tone: 3, dash: "2 3" },
      { name: "these weights", points: folds ? depths.map((each) => [each, 4 ** each]) : depths.map((each) => [each, counted(data[draw], width, each)]), tone: 1 },
    ];
    return {
      drawings: [
        made("figure", { className: "drawing square" }, picture, made("figcaption", { textContent: "The stronger the colour, the more units are active" })),
        chart({ label: "Regions by the number of layers", width: Math.max(260, room > 660 ? room - size - 24 : room), height: 300, marks: [depth], x: { label: "layers", range: [0.8, depths.length + 0.2], ticks: depths }, y: { label: "regions", range: [1, 1e5], log: true }, series: folds ? series.filter(({ tone }) => tone !== 3) : series }),
      ],
      sentence: `${units * depth} units in ${depth} layer${depth > 1 ? "s" : ""}: ${found.length} regions in the square; no such network has more than ${bound(units, depth).toLocaleString("en")} in the plane.`,
    };
  }, other);
}
