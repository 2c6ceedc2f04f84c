// A page's picture with the boxes of its lines over it.

import { button, el, put, svg } from "./dom.js";
import { polygonPoints, sureness } from "./geometry.js";
import { listeners } from "./row.js";

/** @typedef {import("./geometry.js").Page} Page */
/** @typedef {import("./geometry.js").Space} Space */
/** @typedef {import("./geometry.js").Point} Point */

const STEP = 1.3;
const [LEAST, MOST] = [1, 8];
/** A small picture is not blown up beyond so many screen pixels for one of its own. */
const LARGEST = 3;

/** @type {import("./row.js").Keys} where keys lead from a box */
const KEYS = { moves: { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }, selects: [], enters: ["Enter", " "] };

export class Sheet {
  /** @param {{select: (index: number) => void, hover: (index: number) => void, enter: (index: number) => void}} tell */
  constructor(tell) {
    this.zoom = 1;
    /** @type {Space} */
    this.space = { width: 1, height: 1, map: (point) => point };
    /** @type {SVGPolygonElement[]} */
    this.boxes = [];
    this.image = el("img", { alt: "", hidden: true });
    this.boxGroup = svg("g", { role: "group", "aria-label": "Lines on the page" });
    this.spots = svg("g", { class: "spots", "aria-hidden": "true" });
    this.cellGroup = svg("g", { class: "cells", "aria-hidden": "true" });
    this.overlay = svg("svg", { class: "overlay", preserveAspectRatio: "none", on: listeners(this, tell, KEYS) }, this.cellGroup, this.boxGroup, this.spots);
    this.message = el("p", { class: "sheet-message", hidden: true });
    this.stage = el("div", { class: "stage" }, this.image, this.overlay, this.message);
    this.pane = el("div", { class: "pane", tabindex: 0, role: "region", "aria-label": "Page picture", on: { wheel: (/** @type {WheelEvent} */ event) => this.wheel(event) } }, this.stage);
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.pane);
  }

  /** Boxes first; the picture comes when it is there. @param {Page} page @param {Space} space @param {string} name */
  draw(page, space, name) {
    this.space = space;
    this.overlay.setAttribute("viewBox", `0 0 ${space.width} ${space.height}`);
    this.boxes = page.lines.map((line, index) => box(line, index, space));
    put(this.boxGroup, ...this.boxes);
    put(this.spots);
    put(this.cellGroup);
    this.image.hidden = true;
    this.image.removeAttribute("src");
    this.image.alt = name;
    this.message.hidden = true;
    this.stage.dataset.state = "loading";
    this.rove(0);
    this.fit();
    this.pane.scrollTo(0, 0);
  }

  /** @param {string} address */
  async picture(address) {
    this.image.src = address;
    await this.image.decode().catch(() => null);
    this.image.hidden = false;
    this.stage.dataset.state = "shown";
  }

  /** @param {string} text why there is no picture */
  without(text) {
    this.message.textContent = text;
    this.message.hidden = false;
    this.stage.dataset.state = "missing";
  }

  /** The whole page at zoom 1. */
  fit() {
    const { width, height } = this.space;
    const [roomX, roomY] = [this.pane.clientWidth - 24, Math.max(this.pane.clientHeight - 24, 200)];
    const scale = Math.min(roomX / width, roomY / height, LARGEST) * this.zoom;
    if (scale <= 0) return;
    this.stage.style.width = `${Math.floor(width * scale)}px`;
    this.stage.style.height = `${Math.floor(height * scale)}px`;
  }

  /** The middle of what is seen stays there. @param {number} factor 0 fits the page */
  zoomBy(factor) {
    const { pane } = this;
    const [x, y] = [(pane.scrollLeft + pane.clientWidth / 2) / pane.scrollWidth, (pane.scrollTop + pane.clientHeight / 2) / pane.scrollHeight];
    this.zoom = factor ? Math.min(MOST, Math.max(LEAST, this.zoom * factor)) : 1;
    this.fit();
    pane.scrollTo(x * pane.scrollWidth - pane.clientWidth / 2, y * pane.scrollHeight - pane.clientHeight / 2);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoomBy(event.deltaY < 0 ? STEP : 1 / STEP);
  }

  zoomButtons() {
    return el(
      "div",
      { class: "group", role: "group", "aria-label": "Zoom" },
      button("Smaller", () => this.zoomBy(1 / STEP), { icon: "minus", bare: true, class: "quiet" }),
      button("Whole page", () => this.zoomBy(0), { icon: "fit", bare: true, class: "quiet" }),
      button("Larger", () => this.zoomBy(STEP), { icon: "plus", bare: true, class: "quiet" }),
    );
  }

  /** @param {number} index -1 for none @param {string} name of the class */
  mark(index, name) {
    this.boxGroup.querySelector(`.${name}`)?.classList.remove(name);
    this.boxes[index]?.classList.add(name);
  }

  /** @param {number} index -1 for none */
  select(index) {
    this.boxGroup.querySelector('[aria-pressed="true"]')?.setAttribute("aria-pressed", "false");
    this.boxes[index]?.setAttribute("aria-pressed", "true");
    this.mark(index, "selected");
    if (index >= 0) {
      this.rove(index);
      this.reveal(this.boxes[index]);
    }
  }

  /** Only one box is reached by Tab, the others from there. @param {number} index */
  rove(index) {
    this.boxGroup.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    this.boxes[index]?.setAttribute("tabindex", "0");
  }

  /** @param {number} index */
  focus(index) {
    this.boxes[index]?.focus({ preventScroll: true });
  }

  /** Outline the cells of tables. @param {Point[][]} quads */
  cells(quads) {
    put(this.cellGroup, ...quads.map((quad) => svg("polygon", { points: polygonPoints(quad, this.space) })));
  }

  /** Point at parts of the page. @param {Point[][]} quads */
  spot(quads) {
    put(this.spots, ...quads.map((quad) => svg("polygon", { points: polygonPoints(quad, this.space) })));
    if (this.spots.firstElementChild) this.reveal(this.spots.firstElementChild);
  }

  /** Scroll the picture, and nothing around it. @param {Element} shape */
  reveal(shape) {
    const [at, pane] = [shape.getBoundingClientRect(), this.pane.getBoundingClientRect()];
    const seen = at.top >= pane.top && at.bottom <= pane.bottom && at.left >= pane.left && at.right <= pane.right;
    if (seen) return;
    this.pane.scrollBy((at.left + at.right - pane.left - pane.right) / 2, (at.top + at.bottom - pane.top - pane.bottom) / 2);
  }

  /** @param {Element} target */
  indexOf(target) {
    return this.boxes.indexOf(/** @type {any} */ (target));
  }

  count() {
    return this.boxes.length;
  }

  close() {
    this.resized.disconnect();
  }
}

/** @param {import("./geometry.js").Line} line @param {number} index @param {Space} space */
function box(line, index, space) {
  return svg("polygon", {
    points: polygonPoints(line.bbox, space),
    class: `box ${sureness(line.confidence)}`,
    role: "button",
    tabindex: index ? -1 : 0,
    "aria-pressed": "false",
    "aria-label": line.text,
  });
}
