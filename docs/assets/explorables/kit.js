// What explorables are made of: native inputs with labels and outputs, and charts in the colours of the theme.
import { drawn, made } from "../made.js";

const MARGIN = { left: 46, right: 10, top: 8, bottom: 38 };
let count = 0;

// A slider: a number in a range, shown beside it as `format` writes it.
export function slider(name, label, [from, to, step], value, format = String) {
  const id = `explorable-${count += 1}`, output = made("output", { htmlFor: id });
  const input = made("input", { type: "range", id, min: from, max: to, step, value });
  const say = () => { output.textContent = format(Number(input.value)); input.setAttribute("aria-valuetext", output.textContent); };
  input.addEventListener("input", say);
  say();
  const words = made("label", { htmlFor: id, textContent: label });
  return { name, input, label: words, value: () => Number(input.value), element: made("div", { className: "control" }, words, input, output) };
}

// One of a few things.
export function choice(name, label, options, value = Object.keys(options)[0]) {
  const id = `explorable-${count += 1}`;
  const input = made("select", { id }, ...Object.entries(options).map(([key, text]) => made("option", { value: key, textContent: text, selected: key === value })));
  return { name, input, value: () => input.value, element: made("div", { className: "control" }, made("label", { htmlFor: id, textContent: label }), input) };
}

// Something that is or is not.
export function check(name, label, value = false) {
  const id = `explorable-${count += 1}`, input = made("input", { type: "checkbox", id, checked: value });
  return { name, input, value: () => input.checked, element: made("div", { className: "control" }, input, made("label", { htmlFor: id, textContent: label })) };
}

export function button(label, act) {
  const element = made("button", { type: "button", className: "explorable-button", textContent: label });
  element.addEventListener("click", act);
  return element;
}

// Puts controls, drawings and a sentence of what is found into a place. `draw` gets the values of all controls by name, and returns
// the drawings and the sentence; it is called once a frame at most, and again where the width changes.
export function panel(place, controls, draw, ...more) {
  const shown = made("div", { className: "drawings" }), found = made("output", { className: "found", data: { "aria-live": "polite" } });
  let waiting = false, width = 0;
  const values = () => Object.fromEntries(controls.map(({ name, value }) => [name, value()]));
  const now = () => {
    waiting = false;
    const { drawings, sentence } = draw(values(), width);
    shown.replaceChildren(...drawings);
    if (found.textContent !== sentence) found.textContent = sentence;
  };
  const redraw = () => { if (!waiting) { waiting = true; requestAnimationFrame(now); } };
  place.replaceChildren(made("div", { className: "controls" }, ...controls.map(({ element }) => element), ...more), shown, found);
  for (const { input } of controls) input.addEventListener("input", redraw);
  width = shown.clientWidth;
  now();
  new ResizeObserver(([{ contentRect }]) => { if (Math.round(contentRect.width) !== Math.round(width)) { width = contentRect.width; redraw(); } }).observe(shown);
  return redraw;
}

// Round numbers between two others for the marks of an axis; powers of ten on a logarithmic one.
export function ticks([from, to], log = false, most = 6) {
  if (log) {
    const [low, high] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)], step = Math.max(1, Math.ceil((high - low) / most));
    return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, number) => 10 ** (low + number * step));
  }
  const raw = (to - from) / most, power = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].find((each) => each * power >= raw - 1e-12) * power;
  const first = Math.ceil(from / step - 1e-9);
  return Array.from({ length: Math.floor(to / step + 1e-9) - first + 1 }, (_, number) => Number(((first + number) * step).toPrecision(12)));
}

const raised = (power) => `10${String(power).replace(/[-\d]/g, (digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)])}`;
const unwieldy = (value) => value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e4);
const written = (value) => (unwieldy(value) ? raised(Math.round(Math.log10(value))) : String(value).replace(/^-/, "−"));

// A positive number in two digits, such as 0.93, 1,200 or 3.1 · 10⁻⁷.
export function rounded(value) {
  if (!unwieldy(value)) return Number(value.toPrecision(2)).toLocaleString("en");
  const power = Math.floor(Math.log10(value));
  return `${(value / 10 ** power).toFixed(1)} · ${raised(power)}`;
}

// A chart with axes. A series is `{ name, points, kind: "line" | "dots" | "bars", tone: 1..6, dash }`; a mark is a vertical line.
export function chart({ label, width, height = 230, x, y, series, marks = [] }) {
  const right = width - MARGIN.right, bottom = height - MARGIN.bottom;
  const scale = ({ range: [from, to], log }, low, high) => (value) => {
    const share = log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
    return low + share * (high - low);
  };
  const across = scale(x, MARGIN.left, right), up = scale(y, bottom, MARGIN.top), clip = `explorable-clip-${count += 1}`;
  const frame = drawn("g", { class: "axes" });
  for (const at of x.ticks ?? ticks(x.range, x.log, width < 420 ? 4 : 8)) {
    frame.append(drawn("path", { d: `M${across(at)} ${MARGIN.top}V${bottom}` }), drawn("text", { x: across(at), y: bottom + 14, "text-anchor": "middle" }, written(at)));
  }
  for (const at of y.ticks ?? ticks(y.range, y.log, 5)) {
    frame.append(drawn("path", { d: `M${MARGIN.left} ${up(at)}H${right}` }), drawn("text", { x: MARGIN.left - 5, y: up(at) + 4, "text-anchor": "end" }, written(at)));
  }
  frame.append(drawn("text", { class: "name", x: (MARGIN.left + right) / 2, y: height - 6, "text-anchor": "middle" }, x.label));
  frame.append(drawn("text", { class: "name", transform: `translate(11 ${(MARGIN.top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, y.label));
  const lines = drawn("g", { "clip-path": `url(#${clip})` });
  for (const at of marks) lines.append(drawn("path", { class: "mark", d: `M${across(at)} ${MARGIN.top}V${bottom}` }));
  for (const { points, kind = "line", tone, dash = "", bar = 0.8, faint } of series) {
    const places = points.map(([a, b]) => [across(a), up(b)]).filter((pair) => pair.every(Number.isFinite));
    if (kind === "line") lines.append(drawn("path", { class: `series tone-${tone}${faint ? " faint" : ""}`, d: places.map(([a, b], number) => `${number ? "L" : "M"}${a.toFixed(1)} ${Math.max(-1e4, Math.min(1e4, b)).toFixed(1)}`).join(""), "stroke-dasharray": dash }));
    else if (kind === "bars") {
      const wide = bar * Math.abs(across(1) - across(0)), base = up(Math.max(0, y.range[0]));
      for (const [a, b] of places) lines.append(drawn("rect", { class: `bar tone-${tone}`, x: a - wide / 2, y: Math.min(b, base), width: wide, height: Math.abs(base - b) }));
    } else for (const [a, b] of places) lines.append(drawn("circle", { class: `dot tone-${tone}`, cx: a, cy: b, r: 3.5 }));
  }
  const picture = drawn("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    drawn("clipPath", { id: clip }, drawn("rect", { x: MARGIN.left, y: MARGIN.top - 4, width: right - MARGIN.left, height: bottom - MARGIN.top + 8 })), frame, lines);
  const named = series.filter(({ name }) => name);
  return made("figure", { className: "drawing", style: `width: ${width}px` }, named.length ? legend(named) : "", picture);
}

// What each colour and dash means.
export function legend(series) {
  return made("ul", { className: "key" }, ...series.map(({ name, kind = "line", tone, dash = "" }) => made("li", {},
    drawn("svg", { viewBox: "0 0 24 10", width: 24, height: 10, "aria-hidden": "true" },
      kind === "line" ? drawn("path", { class: `series tone-${tone}`, d: "M0 5H24", "stroke-dasharray": dash }) : kind === "bars" ? drawn("rect", { class: `bar tone-${tone}`, x: 4, width: 16, height: 10 }) : drawn("circle", { class: `dot tone-${tone}`, cx: 12, cy: 5, r: 3.5 })), name)));
}
