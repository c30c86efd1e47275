// Opens the search box: by the button in the header, by Ctrl+K or `/`, by `?q=` in the address, and on the page for addresses that
// lead nowhere. All else that belongs to it is loaded then, and not before.
"use strict";

const searchBox = () => import("./search-box.js");

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.search-open");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  searchBox().then(({ open }) => open());
});

window.addEventListener("keydown", (event) => {
  if (event.altKey || event.isComposing) return;
  const control = event.ctrlKey || event.metaKey;
  const typing = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  const asked = control ? event.key.toLowerCase() === "k" && !event.shiftKey : event.key === "/" && !typing;
  if (!asked) return;
  event.preventDefault();
  event.stopImmediatePropagation();  // some themes open their own search by the same keys
  searchBox().then(({ toggle }) => toggle());
}, { capture: true });

const wanted = new URLSearchParams(location.search).get("q");
if (wanted !== null) searchBox().then(({ open }) => open(wanted));
if (document.querySelector("[data-nowhere]")) searchBox().then(({ follow }) => follow(location.pathname));
