// Loads an explorable when it is seen, and replaces the static figure by it. Until then, and without scripts, the figure stays.
const here = new URL(".", import.meta.url);
let styles;

function styled() {
  styles ??= new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("explorables.css", here) });
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
    document.head.append(link);
  });
  return styles;
}

export async function open(place) {
  const folder = new URL(`${place.dataset.explorable}/`, here);
  try {
    const [{ show }, answer] = await Promise.all([import(new URL("explorable.js", folder)), fetch(new URL("data.json", folder)), styled()]);
    const body = document.createElement("div");
    body.className = "explorable-body";
    place.querySelector(".fallback")?.replaceWith(body);
    if (!body.isConnected) place.append(body);
    show(body, await answer.json());
  } catch (error) {
    place.append(Object.assign(document.createElement("p"), { className: "note", role: "status", textContent: "What can be moved here could not be loaded. Where a browser runs scripts from disk only, serve the site: kb site serve." }));
    throw error;
  }
}

const seen = new IntersectionObserver((entries) => {
  for (const { target } of entries.filter(({ isIntersecting }) => isIntersecting)) {
    seen.unobserve(target);
    open(target);
  }
});
document.querySelectorAll("[data-explorable]").forEach((place) => seen.observe(place));
