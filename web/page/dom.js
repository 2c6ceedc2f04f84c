// Making elements. Text goes in as text only: what is read and what files are called is hostile.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * An element that is there: one of index.html.
 * @template {HTMLElement} T
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return /** @type {T} */ (found);
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [given] attributes; `on` are listeners by event, false and null leave an attribute out
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, given = {}, ...children) {
  return fill(document.createElement(tag), given, children);
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [given]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, given = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), given, children);
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Record<string, any>} given
 * @param {Child[]} children
 * @returns {E}
 */
function fill(element, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (name === "on") listen(element, value);
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  put(element, ...children);
  return element;
}

/** @param {Element} element @param {Record<string, (event: any) => void>} listeners */
function listen(element, listeners) {
  for (const [event, listener] of Object.entries(listeners)) element.addEventListener(event, listener);
}

/** Replace what is in an element. @param {Element} element @param {...Child} children */
export function put(element, ...children) {
  element.replaceChildren(...children.filter((child) => child || child === "").map((child) => /** @type {Node | string} */ (child)));
}

/** One of the symbols of index.html. @param {string} name */
export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }));
}

/**
 * A button that says what it does, or is an icon with a name for those who do not see it.
 * @param {string} label @param {(event: MouseEvent) => void} click
 * @param {{icon?: string, bare?: boolean, class?: string, id?: string}} [look] `bare` shows the icon alone
 */
export function button(label, click, look = {}) {
  return el(
    "button",
    { type: "button", class: look.class, id: look.id, "aria-label": look.bare && label, title: look.bare && label, on: { click } },
    look.icon && icon(look.icon),
    !look.bare && label,
  );
}

let told = 0;

/** Tell a screen reader, when it has finished what it says now. @param {string} text */
export function announce(text) {
  const now = Date.now();
  if (now - told < 1000 && byId("status").textContent === text) return;
  told = now;
  byId("status").textContent = text;
}

/** Tell a screen reader at once. @param {string} text */
export function alarm(text) {
  byId("alert").textContent = text;
}

let hiding = 0;

/** A short note at the bottom for everyone. @param {string} text */
export function toast(text) {
  const note = byId("toast");
  note.textContent = text;
  note.hidden = false;
  announce(text);
  clearTimeout(hiding);
  hiding = setTimeout(() => (note.hidden = true), 4000);
}
