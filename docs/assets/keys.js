// What a pointer can do, keys can: scroll what is wider than its frame, and open the menu of narrow screens.
"use strict";

{
  const judge = (frame) => {  // what fits into its frame is no stop on the way
    const wide = frame.scrollWidth > frame.clientWidth;
    if (wide === frame.hasAttribute("tabindex")) return;
    if (wide) frame.tabIndex = 0; else frame.removeAttribute("tabindex");
  };
  const frames = [...document.querySelectorAll("pre > code, article figure, .computed > .formula")];
  const size = new ResizeObserver((seen) => seen.forEach(({ target }) => judge(target)));
  const theme = new MutationObserver((seen) => seen.forEach(({ target }) => judge(target)));  // it frees code on phones
  for (const frame of frames) { size.observe(frame); theme.observe(frame, { attributeFilter: ["tabindex"] }); }
  document.fonts.ready.then(() => frames.forEach(judge));  // text in another font is wider, but its frame is not

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
