// Random features of numbers, fitted with the smallest norm, as their number passes that of the examples.
import { dot, singular, transposed } from "../matrices.js";
import { chart, choice, panel, rounded, slider } from "../kit.js";

const UNITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 25, 30, 35, 40, 50, 60, 80, 100];
const GRID = Array.from({ length: 101 }, (_, number) => -1 + number / 50), LEAST = 1e-4;
const target = (x) => Math.sin(1.5 * Math.PI * x);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// A number as an image of one row: a bump as wide as a pixel.
const imageOf = (x, pixels) => Array.from({ length: pixels }, (_, pixel) => Math.exp(-((((x + 1) * (pixels - 1)) / 2 - pixel) ** 2) / 2));

// The features of numbers: rectified random sums of pixels.
function features(weights, units, places) {
  const columns = transposed(weights).slice(0, units);
  return places.map((x) => { const image = imageOf(x, weights.length); return columns.map((column) => Math.max(0, dot(image, column)) / Math.sqrt(units)); });
}

// The examples, and what was measured there.
export const examplesOf = (data, { examples, noise }) => data.examples.slice(0, examples).map((x, number) => [x, target(x) + noise * data.noise[number]]);

const kept = new Map();

// The decomposed features of the examples, which do not depend on noise or penalty, and the features of the grid.
function decomposed({ weights, examples }, draw, units, count) {
  const key = `${draw} ${units} ${count}`;
  if (!kept.has(key)) {
    const matrix = features(weights[draw], units, examples.slice(0, count)), wide = units > count;
    const found = singular(wide ? transposed(matrix) : matrix), largest = Math.max(...found.map(([value]) => value));
    kept.set(key, {
      triples: found.filter(([value]) => value > 1e-12 * largest).map(([value, left, right]) => (wide ? [value, right, left] : [value, left, right])),
      matrix, grid: features(weights[draw], units, GRID),
    });
  }
  return kept.get(key);
}

// The fitted function on the examples and on the grid: of the least-squares solutions that of smallest norm, or with a penalty the one that it leaves.
function fitted(data, units, settings) {
  const { triples, matrix, grid } = decomposed(data, settings.draw, units, settings.examples), y = examplesOf(data, settings).map((point) => point[1]);
  const weights = new Array(units).fill(0);
  for (const [value, over, across] of triples) {
    const share = dot(over, y) * value / (value * value + settings.penalty);
    across.forEach((each, unit) => { weights[unit] += share * each; });
  }
  return [matrix, grid].map((rows) => rows.map((row) => dot(row, weights)));
}

const squared = (found, expected) => mean(found.map((value, number) => (value - expected[number]) ** 2));

// The mean squared errors on the examples, and on the function without noise.
export function errorsOf(data, units, settings) {
  const [found, between] = fitted(data, units, settings);
  return [squared(found, examplesOf(data, settings).map(([, y]) => y)), squared(between, GRID.map(target))];
}

export function show(place, data) {
  let known = "", curves = [];
  panel(place, [
    slider("place", "Features", [0, UNITS.length - 1, 1], UNITS.indexOf(12), (value) => UNITS[value]),
    slider("examples", "Examples", [5, data.examples.length, 1], 12),
    slider("noise", "Noise", [0, 0.5, 0.05], 0.2, (value) => value.toFixed(2)),
    slider("penalty", "Penalty on the weights", [-7, 0, 1], -7, (value) => (value === -7 ? "none" : rounded(10 ** value))),
    choice("draw", "Random features", Object.fromEntries(data.weights.map((_, number) => [number, `draw ${number + 1}`])), "1"),
  ], ({ place: at, penalty, draw, ...rest }, width) => {
    const settings = { ...rest, draw: Number(draw), penalty: penalty === -7 ? 0 : 10 ** penalty }, units = UNITS[at], asked = JSON.stringify({ ...settings, draw: 0 });
    if (known !== asked) {
      known = asked;
      curves = data.weights.map((_, number) => UNITS.map((each) => [each, ...errorsOf(data, each, { ...settings, draw: number }).map((error) => Math.max(error, LEAST))]));
    }
    const curve = curves[settings.draw], values = fitted(data, units, settings)[1], [, train, test] = curve[at], half = width > 640 ? width / 2 - 8 : width;
    const relation = units < settings.examples ? "fewer features than examples" : units === settings.examples ? "as many features as examples" : "more features than examples";
    return {
      drawings: [
        chart({ label: `The fitted function with ${units} features`, width: half, x: { label: "input", range: [-1, 1] }, y: { label: "output", range: [-2.5, 2.5] }, series: [
          { name: "target", points: GRID.map((x) => [x, target(x)]), tone: 2, dash: "7 3" }, { name: "fitted", points: GRID.map((x, number) => [x, values[number]]), tone: 1 },
          { name: "examples", points: examplesOf(data, settings), kind: "dots", tone: 5 }] }),
        chart({ label: `Errors by the number of features: with ${units}, ${rounded(train)} on the examples and ${rounded(test)} on the target`, width: half, marks: [units],
          x: { label: "features", range: [1, 100], log: true, ticks: [1, 2, 5, 10, 20, 50, 100] }, y: { label: "mean squared error", range: [LEAST, 100], log: true }, series: [
            ...curves.map((each) => ({ points: each.map(([number, , error]) => [number, error]), tone: 1, faint: true })), { name: "on the target, this draw", points: curve.map(([each, , error]) => [each, error]), tone: 1 }, { name: "on the examples, this draw", points: curve.map(([each, error]) => [each, error]), tone: 5, dash: "7 3" }] }),
      ],
      sentence: `${units} features, ${relation}: the error is ${train <= LEAST ? "0" : rounded(train)} on the examples and ${rounded(test)} on the target.`,
    };
  });
}
