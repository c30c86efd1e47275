// What the theme keeps in this browser, such as the colours chosen. The theme writes these functions into every page; here they
// are a file, so that the content security policy can refuse all scripts that stand in pages.
"use strict";

var __md_scope = new URL("..", document.currentScript.src);

function __md_hash(text) {
  return [...text].reduce((hash, letter) => (hash << 5) - hash + letter.charCodeAt(0), 0);
}

function __md_get(key, storage = localStorage, scope = __md_scope) {
  return JSON.parse(storage.getItem(`${scope.pathname}.${key}`));
}

function __md_set(key, value, storage = localStorage, scope = __md_scope) {
  try { storage.setItem(`${scope.pathname}.${key}`, JSON.stringify(value)); } catch { /* no storage */ }
}
