// Taking a result away: copying its text, downloading files made of it.

import { artifact } from "./api.js";
import { button, el, icon, toast } from "./dom.js";
import { explained } from "./problems.js";
import { FORMATS } from "./words.js";

/** Kinds that are one page's, the one that is looked at. */
const OF_ONE_PAGE = ["annotated", "image"];
/** No kind of its own, but `text` with its layout kept. */
const LAYOUT = "layout";

/** @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyByHand(text)) return toast("The browser does not let this page copy. Select the text and copy it yourself.");
  }
  return toast("Copied.");
}

/** Pages that came by plain HTTP have no clipboard of their own. @param {string} text */
function copyByHand(text) {
  const field = el("textarea", { class: "sr", readonly: true });
  field.value = text;
  document.body.append(field);
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
}

/**
 * A menu of what this deployment makes of results.
 * @param {string[]} kinds @param {string} job @param {string} name of the upload @param {() => number} page the one that is looked at
 */
export function downloadMenu(kinds, job, name, page) {
  const menu = el("details", { class: "menu" });
  const items = ordered(kinds).map((kind) =>
    el("li", {}, button(FORMATS[kind] ?? kind, () => {
      menu.open = false;
      menu.querySelector("summary")?.focus();
      void save(job, kind, name, OF_ONE_PAGE.includes(kind) ? { page: String(page()) } : {});
    })),
  );
  menu.append(el("summary", { class: "button" }, icon("down"), "Download"), el("ul", {}, ...items));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(/** @type {Node} */ (event.relatedTarget))) menu.open = false;
  });
  return menu;
}

/** Known kinds first, in the order of their names above. @param {string[]} kinds */
function ordered(kinds) {
  const known = Object.keys(FORMATS).filter((kind) => kinds.includes(kind === LAYOUT ? "text" : kind));
  return [...known, ...kinds.filter((kind) => !known.includes(kind))];
}

/** @param {string} job @param {string} kind @param {string} name @param {Record<string, string>} given */
export async function save(job, kind, name, given) {
  toast("Making the file …");
  try {
    const { blob, name: file } = await (kind === LAYOUT ? artifact(job, "text", { layout: "true" }) : artifact(job, kind, given));
    const address = URL.createObjectURL(blob);
    const link = el("a", { href: address, download: file || `${name}.${kind}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    toast("Downloaded.");
  } catch (error) {
    const { title, next } = explained(error);
    toast(`${title}. ${next}`);
  }
}
