// The map of relations: families by years, to move and zoom. An arrow that has a condition is drawn with it, so such arrows appear
// where there is room for words: around an entry that is looked at, and along a path.
import { drawn, made } from "../made.js";
import { BOX, EXACT, along, around, below, overview } from "./layout.js";

const NARROW = matchMedia("(max-width: 44rem)");

export class Graph {
  constructor(data) {
    this.nodes = data.nodes.map(([id, name, label, page, kind, year, x, y], place) => ({ id, name, label, page, kind, year, x, y, place }));
    this.relations = data.relations;
    this.edges = data.edges.map(([start, end, relation, why, page]) => ({ start: this.nodes[start], end: this.nodes[end], relation, why, page }));
    this.byId = new Map(this.nodes.map((node) => [node.id, node]));
  }

  around(node) { return this.edges.filter(({ start, end }) => start === node || end === node); }

  // The most telling chain of relations between two entries, followed both ways, as `kb route` weighs them; none if there is none.
  path(from, to) {
    const best = new Map([[from, { cost: 0 }]]), open = new Set([from]);
    while (open.size) {
      const node = [...open].reduce((least, each) => best.get(each).cost < best.get(least).cost ? each : least);
      open.delete(node);
      if (node === to) break;
      for (const edge of this.around(node)) {
        const next = edge.start === node ? edge.end : edge.start, cost = best.get(node).cost + this.relations[edge.relation][2] + 0.01;
        if (cost < (best.get(next)?.cost ?? Infinity)) { best.set(next, { cost, edge, node }); open.add(next); }
      }
    }
    const edges = [];
    for (let at = best.get(to); at?.edge; at = best.get(at.node)) edges.unshift(at.edge);
    return edges;
  }
}

// How a relation reads from one of its ends, with its condition.
function sentence({ graph, root }, edge, from) {
  const [forward, backward] = graph.relations[edge.relation], backwards = edge.start !== from, other = backwards ? edge.start : edge.end;
  const when = EXACT.includes(edge.relation) ? "when " : "";
  return [made("b", { textContent: from.name }), ` ${backwards ? backward : forward} `, made("a", { href: new URL(other.page, root), textContent: other.name }),
    edge.why ? made("span", { textContent: `, ${when}${edge.why}` }) : "", edge.page ? made("a", { href: new URL(edge.page, root), className: "claim", textContent: "checked" }) : ""];
}

export class RelationMap {
  constructor(tools, data) {
    this.tools = { ...tools, graph: new Graph(data) };
    this.graph = this.tools.graph;
    this.data = data;
    this.view = { x: 0, y: 0, scale: 1 };
    this.element = this.build();
  }

  build() {
    const { graph, data } = this, names = made("datalist", { id: "map-names" }, ...graph.nodes.map(({ name }) => made("option", { value: name })));
    const field = (id, text) => {
      const input = made("input", { type: "text", id, autocomplete: "off", data: { list: "map-names" } });
      input.addEventListener("change", () => this.asked());
      return [made("label", { htmlFor: id, textContent: text }), input];
    };
    const [fromLabel, from] = field("map-from", "Look at"), [toLabel, to] = field("map-to", "path to");
    Object.assign(this, { from, to });
    const button = (textContent, label, onclick) => made("button", { type: "button", className: "joint", textContent, onclick, data: { "aria-label": label } });
    const controls = made("div", { className: "map-controls" }, fromLabel, from, toLabel, to, button("clear", "Show all", () => this.tools.set({ at: "", to: "" })),
      button("+", "Zoom in", () => this.zoom(1.3)), button("−", "Zoom out", () => this.zoom(1 / 1.3)), button("fit", "Fit the width", () => this.fit()), names);
    this.arrows = drawn("g", { class: "arrows" });
    this.boxes = drawn("g");
    this.words = drawn("g", { class: "words", "aria-hidden": "true" });
    this.background = this.lanes();
    this.svg = drawn("svg", { class: "map", role: "group", "aria-label": "Map of relations by family and year; arrow keys move between entries" },
      drawn("defs", {}, drawn("marker", { id: "map-tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, drawn("path", { d: "M0 0 8 4 0 8z" }))), this.background, this.arrows, this.boxes, this.words);
    this.frame = made("div", { className: "map-frame" }, this.svg);
    graph.nodes.forEach((node) => this.boxes.append(this.box(node)));
    this.steps = made("div", { className: "map-steps", data: { role: "status" } });
    this.movable();
    return made("div", { className: "map-view" }, controls, this.frame, this.steps,
      made("p", { className: "note", textContent: `${data.nodes.length} entries, ${data.edges.length} relations. Lines show descent: is a, stack of, derived from. Relations that hold under a condition appear with it when you look at an entry. Drag to move, Ctrl and wheel to zoom.` }));
  }

  lanes() {
    const { columns, lanes, size: [width, height] } = this.data, group = drawn("g", { class: "lanes", "aria-hidden": "true" });
    lanes.forEach(([lane, top], place) => {
      const bottom = lanes[place + 1]?.[1] ?? height;
      group.append(drawn("rect", { x: 0, y: top - 6, width, height: bottom - top, class: place % 2 ? "odd" : "even" }), drawn("text", { x: 8, y: top + 14 }, lane.replaceAll("-", " ")));
    });
    columns.forEach((text, place) => group.append(drawn("text", { x: 110 + place * 116 + BOX[0] / 2, y: 30, class: "year" }, text)));
    return group;
  }

  box(node) {
    const lines = node.label.map((line, place) => drawn("text", { x: BOX[0] / 2, y: BOX[1] / 2 + (place - (node.label.length - 1) / 2) * 12 }, line));
    const element = drawn("g", { class: `node kind-${node.kind}`, transform: `translate(${node.x} ${node.y})`, role: "button", tabindex: node.place ? -1 : 0, "aria-label": `${node.name}${node.year ? `, ${node.year}` : ""}` },
      drawn("rect", { width: BOX[0], height: BOX[1], rx: 5 }), drawn("title", {}, node.name), ...lines);
    element.addEventListener("click", () => { if (!this.dragged) this.tools.set({ at: node.id, to: "" }); });
    element.addEventListener("keydown", (event) => this.key(event, node));
    node.element = element;
    return element;
  }

  // Enter looks at an entry, Escape at all; an arrow key goes to the nearest entry in its direction.
  key(event, node) {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.tools.set({ at: node.id, to: "" }); }
    if (event.key === "Escape") this.tools.set({ at: "", to: "" });
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const [x, y] = this.places.get(node), by = (other) => { const [u, v] = this.places.get(other); return [u - x, v - y]; };
    const ahead = (other) => by(other)[0] * way[0] + by(other)[1] * way[1], aside = (other) => Math.abs(by(other)[0] * way[1]) + Math.abs(by(other)[1] * way[0]);
    const next = [...this.places.keys()].filter((other) => ahead(other) > 0).sort((one, other) => ahead(one) + 2 * aside(one) - ahead(other) - 2 * aside(other))[0];
    if (!next) return;
    node.element.setAttribute("tabindex", -1);
    next.element.setAttribute("tabindex", 0);
    next.element.focus();
    this.reveal(next);
  }

  movable() {
    let start = null;
    const { frame } = this;
    frame.addEventListener("pointerdown", (event) => { start = { x: event.clientX, y: event.clientY, view: { ...this.view } }; this.dragged = false; });
    frame.addEventListener("pointermove", (event) => {
      if (!start || !event.buttons) return;
      if (!this.dragged && Math.hypot(event.clientX - start.x, event.clientY - start.y) < 4) return;
      if (!this.dragged) frame.setPointerCapture(event.pointerId);
      this.dragged = true;
      frame.classList.add("moving");  // the picture is moved as it is, and not drawn again
      this.move({ ...start.view, x: start.view.x + event.clientX - start.x, y: start.view.y + event.clientY - start.y });
    });
    frame.addEventListener("pointerup", () => { start = null; frame.classList.remove("moving"); setTimeout(() => { this.dragged = false; }); });
    frame.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, top } = frame.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
    }, { passive: false });
  }

  move(view) {
    this.view = view;
    this.svg.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  }

  zoom(factor, x = this.frame.clientWidth / 2, y = this.frame.clientHeight / 2) {
    const { view } = this, scale = Math.min(3, Math.max(0.2, view.scale * factor)), by = scale / view.scale;
    this.move({ scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by });
  }

  // The whole width, unless words would be too small to read.
  fit() {
    const [width, height] = this.size, room = this.frame.clientWidth - 16, scale = Math.max(0.6, Math.min(1.2, room / width));
    this.frame.style.height = `min(70vh, ${Math.ceil(height * scale) + 24}px)`;
    this.move({ x: Math.max(8, (room - width * scale) / 2), y: 8, scale });
  }

  // Move so that an entry can be seen.
  reveal(node) {
    const [x, y] = this.places.get(node), { view, frame } = this, left = x * view.scale + view.x, top = y * view.scale + view.y;
    const out = left < 0 || top < 0 || left + BOX[0] * view.scale > frame.clientWidth || top + BOX[1] * view.scale > frame.clientHeight;
    if (out) this.move({ ...view, x: frame.clientWidth / 2 - x * view.scale, y: frame.clientHeight / 2 - y * view.scale });
  }

  asked() {
    const id = ({ value }) => this.graph.nodes.find(({ name, id: own }) => name.toLowerCase() === value.trim().toLowerCase() || own === value.trim().toLowerCase())?.id ?? "";
    this.tools.set({ at: id(this.from), to: id(this.to) });
  }

  // Show what the address says: all, the surroundings of an entry, or a path; of all, what the condition does not select is faint.
  show({ at, to }, found) {
    const { graph } = this, from = graph.byId.get(at), goal = graph.byId.get(to), path = from && goal ? graph.path(from, goal) : null;
    const edges = path ?? (from ? graph.around(from) : []), selected = new Set(found.map(({ id }) => id));
    const layout = path ? along(graph, from, path, NARROW.matches ? 44 : 90) : from ? (NARROW.matches ? below : around)(graph, from, edges) : overview(graph, this.data.size);
    Object.assign(this, { places: layout.places, size: layout.size });
    const [width, height] = layout.size.map((each) => Math.ceil(each) + 8);
    this.svg.setAttribute("viewBox", `-4 -4 ${width} ${height}`);
    this.svg.style.width = `${width}px`;
    this.svg.style.height = `${height}px`;
    this.background.style.display = from ? "none" : "";
    for (const node of graph.nodes) {
      const place = layout.places.get(node);
      node.element.style.display = place ? "" : "none";
      if (place) node.element.setAttribute("transform", `translate(${place[0]} ${place[1]})`);
      node.element.classList.toggle("faint", !from && node.kind === "architecture" && !selected.has(node.id));
      node.element.classList.toggle("here", node === from || node === goal);
      node.element.setAttribute("tabindex", node === (from ?? graph.nodes[0]) ? 0 : -1);
    }
    this.from.value = from?.name ?? "";
    this.to.value = goal?.name ?? "";
    this.arrows.replaceChildren(...layout.arrows.map(({ edge, path: d }) => drawn("path", { class: `arrow ${EXACT.includes(edge.relation) ? "exact" : "history"}`, d, "marker-end": "url(#map-tip)" })));
    this.words.replaceChildren(...layout.texts.flatMap(({ lines, x, y }) => lines.map((line, place) => drawn("text", { x, y: y + place * 12 }, line))));
    this.steps.replaceChildren(...this.said(from, goal, path, edges));
    if (this.shown !== `${at} ${to}`) this.fit();
    this.shown = `${at} ${to}`;
  }

  said(from, goal, path, edges) {
    if (!from) return [];
    if (goal && !path.length) return [made("p", { textContent: `No chain of these relations leads from ${from.name} to ${goal.name}.` })];
    let at = from;
    const items = edges.map((edge) => {
      const item = made("li", {}, ...sentence(this.tools, edge, goal ? at : from));
      if (goal) at = edge.start === at ? edge.end : edge.start;
      return item;
    });
    return [made("h2", {}, goal ? `From ${from.name} to ${goal.name}` : made("a", { href: new URL(from.page, this.tools.root), textContent: from.name })),
      items.length ? made(goal ? "ol" : "ul", {}, ...items) : made("p", { textContent: "No relation of these kinds is stated of it." })];
  }
}
