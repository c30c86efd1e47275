// What a pointer can do, keys can: scroll what is wider than its frame, and open the menu of narrow screens.
"use strict";

{
  const frames = new ResizeObserver((seen) => {
    for (const { target } of seen) {  // what fits into its frame is no stop on the way
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const frame of document.querySelectorAll("figure.equation, figure.plot, figure.families")) frames.observe(frame);

  const drawer = document.getElementById("__drawer"), menu = document.querySelector("header label[for=__drawer]");
  const told = () => menu.setAttribute("aria-expanded", String(drawer.checked));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    drawer.click();
    document.querySelector(".kb-drawer li a")?.focus();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawer.checked) { drawer.click(); menu.focus(); }
  });
  drawer.addEventListener("change", told);
  told();
}
