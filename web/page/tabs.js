// Tabs by the pattern of the ARIA authoring practices: arrows move, Tab leaves.

import { el } from "./dom.js";

export class Tabs {
  /** @param {[string, HTMLElement][]} given names and panels @param {number} first */
  constructor(given, first) {
    this.tabs = given.map(([name], index) =>
      el("button", { type: "button", role: "tab", id: `tab-${index}`, "aria-controls": `panel-${index}`, on: { click: () => this.show(index) } }, name),
    );
    this.panels = given.map(([, panel], index) => el("div", { role: "tabpanel", class: "panel", id: `panel-${index}`, "aria-labelledby": `tab-${index}` }, panel));
    const row = el("div", { class: "tabs", role: "tablist", "aria-label": "What was read", on: { keydown: (/** @type {KeyboardEvent} */ event) => this.key(event) } }, ...this.tabs);
    this.element = el("div", { class: "tabbed" }, row, ...this.panels);
    this.show(first);
  }

  /** @param {number} index */
  show(index) {
    this.tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === index));
      tab.tabIndex = at === index ? 0 : -1;
      this.panels[at].hidden = at !== index;
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = (this.tabs.indexOf(/** @type {any} */ (event.target)) + by + this.tabs.length) % this.tabs.length;
    this.show(next);
    this.tabs[next].focus();
  }
}
