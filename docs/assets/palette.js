// The colours chosen on another page, before anything is drawn in others; a file for the same reason as storage.js.
"use strict";

for (const [key, value] of Object.entries(__md_get("__palette")?.color ?? {})) {
  document.body.setAttribute(`data-md-color-${key}`, value);
}
