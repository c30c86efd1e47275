// Progress on a reading path: which steps have been read, kept in this browser and nowhere else; and between the
// sections of a lecture the arrow keys.
"use strict";

function follow(bar) {
  const key = `kb-path-${bar.dataset.path}`, output = bar.querySelector("output");
  const progress = bar.querySelector("progress"), next = bar.querySelector("a");
  const steps = [...document.querySelectorAll("[data-step]")], visits = {};
  for (const step of steps) {  // an entry can be a step twice
    const visit = visits[step.dataset.step] = (visits[step.dataset.step] ?? 0) + 1;
    if (visit > 1) step.dataset.step += `:${visit}`;
  }
  let read = new Set();
  try { read = new Set(JSON.parse(localStorage.getItem(key) ?? "[]")); } catch { /* no storage: begin anew each time */ }

  function show() {
    const done = steps.filter((step) => read.has(step.dataset.step));
    output.textContent = progress.value = done.length;
    for (const step of steps) step.classList.toggle("read", read.has(step.dataset.step));
    const open = steps.find((step) => !read.has(step.dataset.step));
    next.hidden = !open;
    if (open) next.hash = open.id;
    next.textContent = done.length ? "Continue" : "Begin";
  }

  for (const step of steps) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = read.has(step.dataset.step);
    box.setAttribute("aria-label", `Read: ${step.querySelector("a").textContent}`);
    box.addEventListener("change", () => {
      if (box.checked) read.add(step.dataset.step); else read.delete(step.dataset.step);
      try { localStorage.setItem(key, JSON.stringify([...read])); } catch { /* no storage */ }
      show();
    });
    step.prepend(box);
  }
  bar.hidden = false;
  show();
}

document.querySelectorAll(".progress[data-path]").forEach(follow);

document.addEventListener("keydown", (event) => {
  const turn = {ArrowLeft: "prev", ArrowRight: "next"}[event.key];
  const busy = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented;
  if (!turn || busy || event.target.closest("input, textarea, select, [contenteditable], [tabindex], summary")) return;
  document.querySelector(`.turn a[rel="${turn}"]`)?.click();
});
