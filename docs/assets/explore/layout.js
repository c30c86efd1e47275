// Where boxes, arrows and words go: around an entry, along a path, and of the whole map, whose places come with it.

export const BOX = [108, 30];
const GAP = 430, LEG = 330, LINE = 12, INDENT = 26;
export const EXACT = ["special-case-of", "equivalent-to", "limit-of", "can-represent", "cannot-represent"];

const wrapped = (text, most) => text.split(" ").reduce((lines, word) => {
  const last = `${lines.at(-1)} ${word}`.trim();
  return last.length <= most ? [...lines.slice(0, -1), last] : [...lines, word];
}, [""]);

// The relation in words as it reads along its arrow, with the condition under which it holds.
export function words({ relations }, edge) {
  return relations[edge.relation][0] + (EXACT.includes(edge.relation) ? `, when ${edge.why}` : edge.why ? `: ${edge.why}` : "");
}

const turned = (points, edge, from) => edge.start === from ? points : points.reverse();
const drawn = (points) => `M${points[0].join(" ")}C${points.slice(1).map((point) => point.join(" ")).join(" ")}`;

// The relations to each neighbour together, with their words in lines.
function neighbours(graph, node, edges, most) {
  const found = new Map();
  for (const edge of edges) {
    const other = edge.start === node ? edge.end : edge.start;
    found.set(other, [...found.get(other) ?? [], { edge, lines: wrapped(words(graph, edge), most) }]);
  }
  return [...found].map(([other, rows]) => ({ other, rows }));
}

// An entry in the middle, on its left what it states relations to, and on its right what only states them to it.
export function around(graph, node, edges) {
  const all = neighbours(graph, node, edges, 52), states = ({ rows }) => rows.some(({ edge }) => edge.start === node);
  const sides = [all.filter(states), all.filter((each) => !states(each))], room = (lines) => lines.length * LINE + 20;
  const height = (rows) => rows.reduce((sum, { lines }) => sum + room(lines), 8);
  const heights = sides.map((side) => side.reduce((sum, { rows }) => sum + height(rows), 0)), middle = Math.max(...heights, BOX[1]) / 2;
  const places = new Map([[node, [BOX[0] + GAP, middle - BOX[1] / 2]]]), arrows = [], texts = [];
  sides.forEach((side, right) => {
    let top = middle - heights[right] / 2;
    for (const { other, rows } of side) {
      const x = right ? 2 * (BOX[0] + GAP) : 0, [inner, outer] = right ? [x - GAP, x] : [BOX[0] + GAP, BOX[0]], leg = outer + (right ? -LEG : LEG), bend = outer + (right ? -14 : 14);
      const lines = rows.map((row, place) => top + rows.slice(0, place).reduce((sum, { lines: before }) => sum + room(before), row.lines.length * LINE + 4));
      const goal = lines.reduce((sum, y) => sum + y, 0) / lines.length;
      places.set(other, [x, goal - BOX[1] / 2]);
      rows.forEach(({ edge, lines: said }, place) => {
        const y = lines[place], points = [[inner, middle], [(inner + leg) / 2, middle], [(inner + leg) / 2, y], [leg, y], [leg, y], [bend, y], [bend, y], [bend, y], [bend, goal], [outer, goal]];
        arrows.push({ edge, path: drawn(turned(points, edge, node)) });
        texts.push({ lines: said, x: Math.min(leg, outer) + (right ? 8 : 16), y: y - said.length * LINE + 6 });
      });
      top += height(rows);
    }
  });
  return { places, arrows, texts, size: [3 * BOX[0] + 2 * GAP, 2 * middle] };
}

// The same on a narrow screen: the entry on top, all others below it, with the words beside them.
export function below(graph, node, edges) {
  const places = new Map([[node, [0, 0]]]), arrows = [], texts = [];
  let top = BOX[1] + 14;
  for (const { other, rows } of neighbours(graph, node, edges, 34)) {
    let y = top + 10;
    places.set(other, [INDENT, top]);
    for (const { edge, lines } of rows) {
      arrows.push({ edge, path: drawn(turned([[10, BOX[1]], [10, top + BOX[1] / 2], [10, top + BOX[1] / 2], [INDENT, top + BOX[1] / 2]], edge, node)) });
      texts.push({ lines, x: INDENT + BOX[0] + 8, y });
      y += lines.length * LINE + 4;
    }
    top = Math.max(top + BOX[1], y) + 8;
  }
  return { places, arrows, texts, size: [INDENT + BOX[0] + 200, top] };
}

// The entries of a path one below the other, with the words beside the arrows.
export function along(graph, from, edges, most) {
  const places = new Map([[from, [0, 0]]]), arrows = [], texts = [];
  let at = from, top = BOX[1];
  for (const edge of edges) {
    const next = edge.start === at ? edge.end : edge.start, lines = wrapped(words(graph, edge), most), height = Math.max(34, lines.length * LINE + 10), x = BOX[0] / 2;
    arrows.push({ edge, path: drawn(turned([[x, top], [x, top], [x, top + height], [x, top + height]], edge, at)) });
    texts.push({ lines, x: x + 12, y: top + height / 2 - (lines.length - 1) * LINE / 2 + 3 });
    places.set(next, [0, top + height]);
    top += height + BOX[1];
    at = next;
  }
  return { places, arrows, texts, size: [BOX[0] / 2 + 12 + most * 5.2, top] };
}

const middle = ({ x, y }) => [x + BOX[0] / 2, y + BOX[1] / 2];

// All of it, with the arrows of descent: those that hold under a condition need room for it.
export function overview(graph, size) {
  const arrows = graph.edges.filter(({ relation }) => !EXACT.includes(relation)).map((edge) => {
    const [x, y] = middle(edge.start), [u, v] = middle(edge.end), sideways = Math.abs(u - x) > BOX[0];
    const turn = (one, other, half) => one + Math.sign(other - one) * half;
    const [a, b, c, d] = sideways ? [turn(x, u, BOX[0] / 2), y, turn(u, x, BOX[0] / 2), v] : [x, turn(y, v, BOX[1] / 2), u, turn(v, y, BOX[1] / 2)];
    return { edge, path: drawn(sideways ? [[a, b], [(a + c) / 2, b], [(a + c) / 2, d], [c, d]] : [[a, b], [a, (b + d) / 2], [c, (b + d) / 2], [c, d]]) };
  });
  return { places: new Map(graph.nodes.map((node) => [node, [node.x, node.y]])), arrows, texts: [], size };
}
