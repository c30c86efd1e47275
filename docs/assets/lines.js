// Marks all lines of an address such as `#L12-L15`, and brings the first into view.
"use strict";

const show = () => {
  for (const line of document.querySelectorAll(".led-to")) line.classList.remove("led-to");
  const found = /^#(.*)L(\d+)-L(\d+)$/.exec(decodeURIComponent(location.hash));
  if (!found) return;
  const [, prefix, first, last] = found;
  for (let number = +first; number <= +last; number++) {
    const line = document.getElementById(`${prefix}L${number}`);
    if (!line) return;
    if (number === +first) line.scrollIntoView({ block: "center" });
    line.classList.add("led-to");
  }
};

window.addEventListener("hashchange", show);
show();
