// The lines of a page as a list that goes with the boxes.

import { el, put } from "./dom.js";
import { sureness } from "./geometry.js";
import { listeners } from "./row.js";
import { percent } from "./words.js";

/** @typedef {import("./geometry.js").Page} Page */
/** @typedef {import("./search.js").Match} Match */

const KEYS = { moves: { ArrowDown: 1, ArrowUp: -1 }, selects: [" "], enters: ["Enter"] };

export class Lines {
  /** @param {{select: (index: number) => void, hover: (index: number) => void, enter: (index: number) => void}} tell */
  constructor(tell) {
    /** @type {HTMLLIElement[]} */
    this.rows = [];
    /** @type {Page | null} */
    this.page = null;
    this.list = el("ol", { class: "lines", role: "listbox", on: listeners(this, tell, KEYS) });
    this.empty = el("p", { class: "muted empty", hidden: true }, "No text was found on this page.");
    this.element = el("div", { class: "lines-pane" }, this.list, this.empty);
  }

  /** @param {Page} page @param {string} name */
  draw(page, name) {
    this.page = page;
    this.rows = page.lines.map((line, index) => row(line, index));
    this.list.setAttribute("aria-label", name);
    put(this.list, ...this.rows);
    this.list.hidden = this.rows.length === 0;
    this.empty.hidden = !this.list.hidden;
    this.element.scrollTo(0, 0);
  }

  /** Show what was searched for. @param {Match[]} matches of this page @param {Match | null} current */
  highlight(matches, current) {
    const lines = this.page?.lines ?? [];
    this.rows.forEach((one, index) => {
      const text = /** @type {HTMLElement} */ (one.firstElementChild);
      const here = matches.filter((match) => match.line === index);
      if (here.length > 0 || text.childElementCount > 0) put(text, ...marked(lines[index].text, here, current));
    });
  }

  /** @param {number} index -1 for none @param {string} name of the class */
  mark(index, name) {
    this.list.querySelector(`.${name}`)?.classList.remove(name);
    this.rows[index]?.classList.add(name);
  }

  /** @param {number} index -1 for none */
  select(index) {
    this.list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
    this.rows[index]?.setAttribute("aria-selected", "true");
    this.mark(index, "selected");
    if (index < 0) return;
    this.list.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    this.rows[index].tabIndex = 0;
    this.reveal(this.rows[index]);
  }

  /** @param {HTMLElement} one */
  reveal(one) {
    const [at, pane] = [one.getBoundingClientRect(), this.element.getBoundingClientRect()];
    if (at.top < pane.top) this.element.scrollBy(0, at.top - pane.top - 8);
    if (at.bottom > pane.bottom) this.element.scrollBy(0, at.bottom - pane.bottom + 8);
  }

  /** @param {number} index */
  focus(index) {
    this.rows[index]?.focus({ preventScroll: true });
  }

  /** @param {Element} target */
  indexOf(target) {
    return this.rows.indexOf(/** @type {any} */ (target.closest("li")));
  }

  count() {
    return this.rows.length;
  }
}

/** @param {import("./geometry.js").Line} line @param {number} index */
function row(line, index) {
  return el(
    "li",
    { role: "option", class: sureness(line.confidence), tabindex: index ? -1 : 0, "aria-selected": "false" },
    el("span", { class: "line-text", dir: "auto" }, line.text),
    el("span", { class: "conf" }, el("span", { class: "sr" }, "confidence "), percent(line.confidence)),
  );
}

/** @param {string} text @param {Match[]} matches @param {Match | null} current */
function marked(text, matches, current) {
  let at = 0;
  const parts = matches.flatMap((match) => {
    const before = text.slice(at, match.start);
    at = match.end;
    return [before, el("mark", match === current ? { class: "current" } : {}, text.slice(match.start, match.end))];
  });
  return [...parts, text.slice(at)];
}
