// Searching the text of all pages.

import { button, el } from "./dom.js";

/** @typedef {{page: number, line: number, start: number, end: number}} Match `page` counts from 0 */

const MOST = 2000;

/**
 * White space in the query stands for any; case does not matter.
 * @param {import("./geometry.js").Page[]} pages @param {string} query
 * @returns {Match[]}
 */
export function find(pages, query) {
  const words = query.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const pattern = new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("\\s+"), "giu");
  /** @type {Match[]} */
  const found = [];
  pages.forEach(({ lines }, page) =>
    lines.forEach(({ text }, line) => {
      for (const hit of found.length < MOST ? text.matchAll(pattern) : []) {
        found.push({ page, line, start: hit.index, end: hit.index + hit[0].length });
      }
    }),
  );
  return found;
}

export class Search {
  /** @param {import("./geometry.js").Page[]} pages @param {(match: Match | null) => void} show */
  constructor(pages, show) {
    this.pages = pages;
    this.show = show;
    /** @type {Match[]} */
    this.matches = [];
    this.at = -1;
    this.field = el("input", { type: "search", placeholder: "Search the text", "aria-label": "Search the text", on: { input: () => this.run() } });
    this.count = el("span", { class: "small muted", "aria-live": "polite" });
    this.steps = el(
      "span",
      { class: "group", hidden: true },
      button("Previous match", () => this.step(-1), { icon: "left", bare: true, class: "quiet" }),
      button("Next match", () => this.step(1), { icon: "right", bare: true, class: "quiet" }),
    );
    const keydown = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.step(event.shiftKey ? -1 : 1);
    };
    this.field.addEventListener("keydown", keydown);
    this.element = el("div", { class: "search", role: "search" }, this.field, this.count, this.steps);
  }

  run() {
    this.matches = find(this.pages, this.field.value);
    this.at = this.matches.length > 0 ? 0 : -1;
    this.tell();
  }

  /** @param {number} by */
  step(by) {
    if (this.matches.length === 0) return;
    this.at = (this.at + by + this.matches.length) % this.matches.length;
    this.tell();
  }

  get current() {
    return this.matches[this.at] ?? null;
  }

  tell() {
    const total = this.matches.length;
    this.steps.hidden = total < 2;
    const all = total >= MOST ? `${MOST} or more` : total;
    this.count.textContent = !this.field.value.trim() ? "" : total ? `${this.at + 1} of ${all}` : "Not found";
    this.show(this.current);
  }
}
