// What is wider than its frame takes the focus, so that arrow keys can scroll it; what is not is no stop on the way.
"use strict";

{
  const frames = new ResizeObserver((seen) => {
    for (const { target } of seen) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const frame of document.querySelectorAll("figure.equation, figure.plot, figure.families")) frames.observe(frame);
}
