// Features of a shifted image beside the shifted features of the image.
import { affine, length } from "../matrices.js";
import { button, choice, panel, slider } from "../kit.js";
import { drawn, made } from "../../made.js";

const LAYERS = {
  ring: { text: "two convolutions on a ring", padding: "circular", stride: 1 }, zeros: { text: "with zero padding", padding: "zeros", stride: 1 },
  stride: { text: "with a stride of 2, on a ring", padding: "circular", stride: 2 }, dense: { text: "a dense layer" },
};

const modulo = (value, size) => ((value % size) + size) % size;
export const shifted = (maps, down, right) => maps.map((map) => map.map((row, i) => row.map((_, j) => map[modulo(i - down, map.length)][modulo(j - right, row.length)])));

// A convolution of maps `[C, n, n]` with odd kernels, and rectified linear units.
function convolved(maps, { weight, bias }, padding, stride) {
  const size = maps[0].length, half = (weight[0][0].length - 1) / 2, places = Array.from({ length: Math.ceil(size / stride) }, (_, place) => place * stride);
  const value = (map, i, j) => (padding === "circular" ? map[modulo(i, size)][modulo(j, size)] : map[i]?.[j] ?? 0);
  return weight.map((kernels, unit) => places.map((i) => places.map((j) => {
    let sum = bias[unit];
    kernels.forEach((kernel, channel) => kernel.forEach((row, a) => row.forEach((w, b) => { sum += w * value(maps[channel], i + a - half, j + b - half); })));
    return Math.max(0, sum);
  })));
}

// The feature maps of an image.
export function features({ convolutions, dense }, image, layer) {
  const { padding, stride } = LAYERS[layer];
  if (layer !== "dense") return convolutions.reduce((maps, convolution, depth) => convolved(maps, convolution, padding, depth ? 1 : stride), [image]);
  const values = affine(dense, image.flat()).map((value) => Math.max(0, value)), size = image.length;
  return [image.map((_, row) => values.slice(row * size, (row + 1) * size))];
}

const flat = (maps) => maps.flat(2);
const change = (found, expected) => { const [one, other] = [flat(found), flat(expected)]; return length(one.map((value, place) => value - other[place])) / length(other); };

// The shift of the features that comes nearest to the features of the shifted image: that of the image where the map is as large.
function nearest(before, after, down, right, stride) {
  if (stride !== 2) return shifted(before, down, right);
  const steps = before[0].map((_, step) => step), all = steps.flatMap((a) => steps.map((b) => shifted(before, a, b)));
  return all.reduce((best, each) => (change(after, each) < change(after, best) ? each : best));
}

function compared(data, image, layer, down, right) {
  const before = features(data, image, layer), after = features(data, shifted([image], down, right)[0], layer);
  const moved = nearest(before, after, down, right, LAYERS[layer].stride);
  return { before, after, moved, error: length(flat(after).map((value, place) => value - flat(moved)[place])) / length(flat(before)) };
}

// The norm of f(Sx) - S f(x), relative to that of f(x).
export const equivariance = (data, image, layer, down, right) => compared(data, image, layer, down, right).error;

const pooled = (maps) => maps.map((map) => flat([map]).reduce((sum, value) => sum + value, 0) / flat([map]).length);

function map(values, highest, title, tone) {
  const size = values.length, cells = values.flatMap((row, i) => row.map((value, j) => drawn("rect", { class: `bar tone-${tone}`, x: j, y: i, width: 1, height: 1, "fill-opacity": Math.min(1, Math.abs(value) / highest).toFixed(3) })));
  const picture = drawn("svg", { class: "chart pixels", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": title }, ...cells);
  return made("figure", { className: "drawing tile" }, picture, made("figcaption", { textContent: title }));
}

export function show(place, data) {
  let number = 0, redraw = () => {};
  redraw = panel(place, [
    choice("layer", "Layer", Object.fromEntries(Object.entries(LAYERS).map(([name, { text }]) => [name, text]))),
    slider("right", "Shift to the right", [0, data.images[0].length - 1, 1], 3), slider("down", "Shift down", [0, data.images[0].length - 1, 1], 1),
  ], ({ layer, right, down }) => {
    const image = data.images[number], { before, after, moved, error } = compared(data, image, layer, down, right);
    const difference = after[0].map((row, i) => row.map((value, j) => value - moved[0][i][j])), highest = Math.max(...flat(before), 1e-9);
    const mean = pooled(before), drift = length(pooled(after).map((value, unit) => value - mean[unit])) / length(mean), percent = (value) => (value < 5e-5 ? "0" : `${(100 * value).toFixed(1)} %`);
    return {
      drawings: [made("div", { className: "tiles" },
        map(image, 1, "image x", 3), map(before[0], highest, "features f(x)", 1), map(moved[0], highest, "shifted features S f(x)", 1),
        map(shifted([image], down, right)[0], 1, "shifted image S x", 3), map(after[0], highest, "features of it, f(S x)", 1), map(difference, highest, "difference f(S x) − S f(x)", 2))],
      sentence: `The features of the shifted image differ from the shifted features by ${percent(error)}; their mean over positions changes by ${percent(drift)}.`,
    };
  }, button("Another digit", () => { number = (number + 1) % data.images.length; redraw(); }));
}
