// Curves of growth as small pictures: `kb/site/charts.py` once more, where everything is explained; a test compares what they draw.
import { drawn } from "../made.js";

const WIDTH = 400, HEIGHT = 250, LEFT = 52, RIGHT = 12, TOP = 12, BOTTOM = 40, MOST_TICKS = 6;
export const DASHES = ["", "7 3", "2 3", "9 3 2 3"];
const raised = (number) => [...String(number)].map((letter) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(letter)]).join("");

export function chart(curves, factors, label, words, name) {
  const values = curves.flat(), logarithm = (value) => Math.log10(value);
  const low = Math.floor(logarithm(Math.min(...values))), least = Math.ceil(logarithm(Math.max(...values))), high = least === low ? low + 1 : least;
  const across = (place) => (LEFT + place / (factors.length - 1) * (WIDTH - LEFT - RIGHT)).toFixed(1), bottom = HEIGHT - BOTTOM;
  const up = (value) => (bottom - (logarithm(value) - low) / (high - low) * (bottom - TOP)).toFixed(1);
  const parts = [];
  for (let power = low; power <= high; power += Math.ceil((high - low) / MOST_TICKS)) {
    const y = up(10 ** power), written = power >= -1 && power <= 3 ? String(10 ** power) : `10${raised(power)}`;
    parts.push(drawn("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }), drawn("text", { class: "y", x: LEFT - 6, y }, written));
  }
  factors.forEach((factor, place) => parts.push(drawn("text", { class: "x", x: across(place), y: bottom + 15 }, `×${factor}`)));
  parts.push(drawn("text", { class: "x", x: ((LEFT + WIDTH - RIGHT) / 2).toFixed(1), y: HEIGHT - 6 }, name));
  const middle = ((TOP + bottom) / 2).toFixed(1);
  parts.push(drawn("text", { class: "x", x: 10, y: middle, transform: `rotate(-90 10 ${middle})` }, label));
  curves.forEach((curve, number) => {
    const points = curve.map((value, place) => `${across(place)},${up(value)}`).join(" ");
    if (curve.length) parts.push(drawn("polyline", { class: `line colour-${number + 1}`, points, "stroke-dasharray": DASHES[number] }));
  });
  return drawn("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words }, ...parts);
}
