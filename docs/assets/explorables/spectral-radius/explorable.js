// The norm of dh(T)/dh(T - k) in a recurrent network, as its weights grow.
import { apply, norm, times } from "../matrices.js";
import { chart, check, choice, panel, rounded, slider } from "../kit.js";
import { drawn, made } from "../../made.js";

// log10 of the spectral norm of the derivative of the last state by every state before it, k = 0 .. T.
export function log10Norms({ weight, mixing, inputs }, radius, strength, linear) {
  const recurrent = weight.map((row) => row.map((value) => radius * value)), slopes = [];
  let h = weight.map(() => 0);
  for (const features of inputs) {
    const x = apply(mixing, features);
    h = apply(recurrent, h).map((value, unit) => value + strength * x[unit]);
    slopes.push(h.map((value) => (linear ? 1 : 1 - Math.tanh(value) ** 2)));
    if (!linear) h = h.map(Math.tanh);
  }
  const direction = h.map((_, unit) => 1 + unit / h.length), found = [0];
  let across = h.map((_, i) => h.map((__, j) => (i === j ? 1 : 0)));
  for (const slope of slopes.reverse()) {
    across = times(across, recurrent.map((row, unit) => row.map((value) => slope[unit] * value)));
    found.push(Math.log10(norm(across, direction)));
  }
  return found;
}

function circle(eigenvalues, radius) {
  const size = 210, middle = size / 2, unit = size / 3.6;
  const dots = eigenvalues.map(([a, b]) => drawn("circle", { class: `dot tone-${radius * Math.hypot(a, b) > 1 ? 2 : 1}`, r: 3, cx: middle + unit * radius * a, cy: middle - unit * radius * b }));
  const outside = eigenvalues.filter(([a, b]) => radius * Math.hypot(a, b) > 1).length;
  const picture = drawn("svg", { class: "chart", viewBox: `0 0 ${size} ${size}`, width: size, height: size, role: "img", "aria-label": `The eigenvalues of the recurrent weights in the complex plane: ${outside} of ${eigenvalues.length} lie outside of the unit circle` },
    drawn("path", { class: "mark", d: `M0 ${middle}H${size}M${middle} 0V${size}` }), drawn("circle", { class: "outline", cx: middle, cy: middle, r: unit }), ...dots);
  return made("figure", { className: "drawing square" }, picture, made("figcaption", { textContent: "Eigenvalues of the weights and the unit circle" }));
}

export function show(place, data) {
  const units = choice("units", "Units", { linear: "linear", tanh: "tanh" });
  panel(place, [
    slider("radius", "Spectral radius ρ", [0.5, 1.5, 0.01], 1.1, (value) => value.toFixed(2)), units,
    slider("strength", "Strength of the inputs", [0, 2, 0.1], 1, (value) => value.toFixed(1)),
    check("line", "Show ρ to the power k", true),
  ], ({ radius, strength, units: kind, line }, width) => {
    const norms = log10Norms(data, radius, strength, kind === "linear"), last = norms.length - 1;
    const series = [{ name: "norm of the gradient", points: norms.map((value, lag) => [lag, value]), tone: 1 }];
    if (line) series.push({ name: "ρ to the power k", points: [[0, 0], [last, last * Math.log10(radius)]], tone: 2, dash: "7 3" });
    const end = 10 ** norms[last];
    return {
      drawings: [
        chart({ label: `log10 of the norm of the gradient by lag, from 0 at lag 0 to ${norms[last].toFixed(1)} at lag ${last}`, width: width > 600 ? width - 240 : width, height: 260,
          x: { label: "steps back k", range: [0, last] }, y: { label: "log10 of the norm", range: [-12, 12] }, series }),
        circle(data.eigenvalues, radius),
      ],
      sentence: `${last} steps back the gradient ${end > 1 ? `is ${rounded(end)} times as long` : `has ${rounded(end)} of its length`}; ρ to the power ${last} is ${rounded(radius ** last)}.`,
    };
  });
}
