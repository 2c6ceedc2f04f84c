// Dark, light, or as the system says.

import { byId, icon, put } from "./dom.js";

const KEY = "ocr.theme";
/** @type {[string, string, string][]} what is kept, the icon, the name */
const THEMES = [["", "auto", "as the system"], ["light", "sun", "light"], ["dark", "moon", "dark"]];

export function installTheme() {
  const now = document.documentElement.dataset.theme ?? "";
  wear(Math.max(0, THEMES.findIndex(([kept]) => kept === now)));
}

/** @param {number} index */
function wear(index) {
  const [kept, symbol, name] = THEMES[index];
  if (kept) document.documentElement.dataset.theme = kept;
  else delete document.documentElement.dataset.theme;
  try {
    localStorage.setItem(KEY, kept);
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
  const control = byId("theme");
  put(control, icon(symbol));
  control.title = `Colours: ${name}`;
  control.setAttribute("aria-label", `Colours: ${name}. Change`);
  control.onclick = () => wear((index + 1) % THEMES.length);
}
