// The chooser: answers are ticked, and together they are one condition, which is answered beside them as the explorer would.
import { made } from "../made.js";
import { select } from "./answers.js";
import { load } from "./base.js";
import { And } from "./conditions.js";
import { Panel } from "./evidence.js";
import { emptiness, list, undecided } from "./results.js";

const root = new URL("../..", import.meta.url), place = document.querySelector(".chosen");
const base = await load(root, place);
const panel = new Panel(base, root, () => {});
const told = made("p", { className: "told", data: { role: "status" } }), link = made("a", { className: "kb-button", textContent: "Open in Explore" });
const clear = made("button", { type: "button", className: "joint", textContent: "Begin again" }), answers = made("div");
const explorer = (condition) => { const address = new URL("explore/", root); address.searchParams.set("where", String(condition)); return address; };
const tools = { base, root, open: (entry, bias, from) => panel.open(entry, bias, from), change: (condition) => { location.href = explorer(condition); } };

const boxes = [...document.querySelectorAll(".question")].flatMap((question, number) => [...question.querySelectorAll("[data-answer]")].map((item) => {
  const { answer, where } = item.dataset, box = made("input", { type: "checkbox", id: `answer-${answer}`, value: answer });
  const label = made("label", { htmlFor: box.id, textContent: item.querySelector(".answer").textContent });
  item.querySelector(".answer").replaceWith(box, label);
  box.addEventListener("change", () => {  // of some questions one answer excludes the others, and can be taken back
    if (box.checked && question.classList.contains("one")) boxes.filter((other) => other.number === number && other.box !== box).forEach((other) => { other.box.checked = false; });
    keep();
    show();
  });
  return { box, number, condition: base.condition(where), count: item.querySelector("a") };
}));

const chosen = () => boxes.filter(({ box }) => box.checked);
const joined = (parts) => parts.length ? parts.reduce((one, other) => new And(one, other)) : null;

function keep() {
  const address = new URL(location.href);
  address.search = chosen().length ? new URLSearchParams({ know: chosen().map(({ box }) => box.value).join(" ") }) : "";
  history.replaceState(null, "", address);
}

function show() {
  const parts = chosen(), condition = joined(parts.map((each) => each.condition)), found = select(base, condition);
  told.textContent = condition ? `${found.length} of ${base.architectures.length} architectures fit` : "Tick what you know; what fits appears here.";
  link.hidden = clear.hidden = answers.hidden = !condition;
  for (const { box, number, condition: own, count } of boxes) {  // how many there would be with this answer as well
    const others = parts.filter((each) => each.box !== box && !(each.number === number && box.closest(".one")));
    const tree = joined([...others.map((each) => each.condition), own]), fitting = select(base, tree).length;
    count.textContent = fitting || "none";
    count.href = explorer(tree);
    box.parentElement.classList.toggle("none", !fitting);
  }
  if (!condition) return;
  link.href = explorer(condition);
  answers.replaceChildren(...found.length ? [list({ ...tools, costs: true }, found, condition), undecided(tools, condition)] : [emptiness(tools, condition)]);
}

clear.addEventListener("click", () => { for (const { box } of boxes) box.checked = false; keep(); show(); boxes[0].box.focus(); });
const known = (new URLSearchParams(location.search).get("know") ?? "").split(" ");
for (const { box } of boxes) box.checked = known.includes(box.value);
place.append(made("div", { className: "bar" }, told, link, clear), answers, panel.element);
place.hidden = false;
show();
