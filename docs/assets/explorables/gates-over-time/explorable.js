// A cell of one unit whose gates are moved, on an input that is drawn.
import { button, chart, choice, panel, rounded, slider } from "../kit.js";
import { made } from "../../made.js";

const sigmoid = (value) => 1 / (1 + Math.exp(-value));
const CANDIDATE = 2, OUTPUT_BIAS = 2;  // the weight of the input in the candidate, and the bias of the output gate

const GATES = { lstm: ["Bias of the forget gate", "Bias of the input gate"], gru: ["Bias of the update gate", "Bias of the reset gate"] };

// The product of what is kept at all later steps: the derivative of the last cell by each cell, along the cells alone.
const keptOf = (forget) => forget.map((_, step) => forget.slice(step + 1).reduce((product, gate) => product * gate, 1));

export function lstm(x, { forget, seen, input, recurrent }) {
  const gates = { input: x.map(() => sigmoid(input)), forget: x.map((value) => sigmoid(forget + seen * value)), output: x.map(() => sigmoid(OUTPUT_BIAS)) };
  const cell = [], state = [];
  x.forEach((value, t) => {
    cell.push(gates.forget[t] * (cell[t - 1] ?? 0) + gates.input[t] * Math.tanh(CANDIDATE * value + recurrent * (state[t - 1] ?? 0)));
    state.push(gates.output[t] * Math.tanh(cell[t]));
  });
  return { gates, cell, state, kept: keptOf(gates.forget) };
}

// Of the convention in which the update gate is the share of the old state.
export function gru(x, { forget, seen, input, recurrent }) {
  const gates = { reset: x.map(() => sigmoid(input)), update: x.map((value) => sigmoid(forget + seen * value)) }, state = [];
  x.forEach((value, t) => {
    const last = state[t - 1] ?? 0, candidate = Math.tanh(CANDIDATE * value + recurrent * gates.reset[t] * last);
    state.push(candidate + gates.update[t] * (last - candidate));
  });
  return { gates, state, kept: keptOf(gates.update) };
}

// The input as a row of upright sliders: a pointer draws across them; left and right choose a step, up and down change it.
function drawing(x, changed) {
  const inputs = x.map((value, step) => made("input", { type: "range", min: -1, max: 1, step: 0.05, value, tabIndex: step ? -1 : 0, data: { "aria-label": `Input at step ${step}`, "aria-orientation": "vertical" } }));
  const row = made("div", { className: "pen", data: { role: "group", "aria-label": "The input: left and right choose a step, up and down change it" } }, ...inputs);
  const at = (event) => {
    const { left, top, width, height } = row.getBoundingClientRect(), step = Math.floor((event.clientX - left) / width * x.length);
    if (step < 0 || step >= x.length) return;
    inputs[step].value = 1 - 2 * (event.clientY - top - 8) / (height - 16);
    changed();
  };
  const go = (step) => { inputs.forEach((input, other) => { input.tabIndex = other === step ? 0 : -1; }); inputs[step].focus(); };
  row.addEventListener("pointerdown", (event) => { event.preventDefault(); row.setPointerCapture(event.pointerId); at(event); });
  row.addEventListener("pointermove", (event) => { if (row.hasPointerCapture(event.pointerId)) at(event); });
  row.addEventListener("input", changed);
  row.addEventListener("keydown", (event) => {
    const step = inputs.indexOf(event.target), move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move) return;
    event.preventDefault();
    if (inputs[step + move]) go(step + move);
  });
  return { row, read: () => inputs.map((input) => Number(input.value)), write: (values) => values.forEach((value, step) => { inputs[step].value = value; }) };
}

export function show(place, data) {
  let redraw = () => {};
  const pen = drawing(data["one pulse"], () => redraw());
  const presets = Object.entries(data).map(([name, values]) => button(name, () => { pen.write(values); redraw(); }));
  const fixed = (value) => value.toFixed(1);
  const biases = [slider("forget", GATES.lstm[0], [-6, 6, 0.1], 1, fixed), slider("input", GATES.lstm[1], [-6, 6, 0.1], 0, fixed)];
  redraw = panel(place, [
    choice("cell", "Unit", { lstm: "LSTM", gru: "GRU" }), biases[0], slider("seen", "Weight of the input in that gate", [-6, 6, 0.1], 0, fixed),
    biases[1], slider("recurrent", "Recurrent weight of the candidate", [-2, 2, 0.1], 0, fixed),
  ], ({ cell, ...settings }, width) => {
    biases.forEach(({ label }, number) => { label.textContent = GATES[cell][number]; });
    const x = pen.read(), found = (cell === "lstm" ? lstm : gru)(x, settings), along = { label: "step", range: [-0.5, x.length - 0.5] };
    const points = (values) => values.map((value, step) => [step, value]), half = width > 640 ? width / 2 - 8 : width;
    const gates = Object.entries(found.gates).map(([name, values], number) => ({ name: `${name} gate`, points: points(values), tone: [1, 2, 4][number], dash: ["", "7 3", "2 3"][number] }));
    const memory = [...found.cell ? [{ name: "cell", points: points(found.cell), tone: 3 }] : [], { name: "hidden state", points: points(found.state), tone: 5, dash: found.cell ? "7 3" : "" }];
    const height = Math.max(1, ...(found.cell ?? found.state).map(Math.abs)), first = found.kept[x.findIndex((value) => Math.abs(value) > 0.02)];
    return {
      drawings: [
        chart({ label: "The gates at each step", width: half, height: 190, x: along, y: { label: "gate", range: [0, 1] }, series: gates }),
        chart({ label: `The memory at each step, ${(found.cell ?? found.state).at(-1).toFixed(2)} at the end`, width: half, height: 190, x: along, y: { label: "memory", range: [-height, height] }, series: memory }),
        chart({ label: "The share of each step's memory that is kept to the end", width, height: 150, x: along, y: { label: "kept to the end", range: [0, 1] }, series: [{ points: points(found.kept), kind: "bars", tone: 1 }] }),
      ],
      sentence: first === undefined ? "The input is zero." : `Of what enters at the first input, the share ${rounded(first)} is kept to the end.`,
    };
  }, made("div", { className: "drawn-input" }, made("span", { textContent: "Input" }), pen.row, made("div", { className: "presets" }, ...presets)));
}
