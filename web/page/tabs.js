// Tabs by the pattern of the ARIA authoring practices: arrows move, Tab leaves.

import { el } from "./dom.js";

export class Tabs {
  /** @param {[string, HTMLElement][]} given names and panels @param {number} first */
  constructor(given, first) {
    /** @type {HTMLButtonElement[]} */
    this.tabs = [];
    /** @type {HTMLElement[]} */
    this.panels = [];
    this.row = el("div", { class: "tabs", role: "tablist", "aria-label": "What was read", on: { keydown: (/** @type {KeyboardEvent} */ event) => this.key(event) } });
    this.element = el("div", { class: "tabbed" }, this.row);
    for (const [name, panel] of given) this.add(name, panel);
    this.show(first);
  }

  /** One more, behind the others and not shown. @param {string} name @param {HTMLElement} content */
  add(name, content) {
    const index = this.tabs.length;
    const tab = el("button", { type: "button", role: "tab", id: `tab-${index}`, "aria-controls": `panel-${index}`, "aria-selected": "false", tabindex: -1, on: { click: () => this.show(index) } }, name);
    const panel = el("div", { role: "tabpanel", class: "panel", id: `panel-${index}`, "aria-labelledby": tab.id, hidden: true }, content);
    this.tabs.push(tab);
    this.panels.push(panel);
    this.row.append(tab);
    this.element.append(panel);
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
