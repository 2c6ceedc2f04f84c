// The view of one result: page picture beside text and fields.

import { button, el, put } from "./dom.js";
import { copy, downloadMenu, save } from "./downloads.js";
import { fieldsView } from "./fields.js";
import { partOf, upright } from "./geometry.js";
import { Lines } from "./lines.js";
import { Pictures } from "./pictures.js";
import { explained } from "./problems.js";
import { Search } from "./search.js";
import { Sheet } from "./sheet.js";
import { Tables, tablesOf } from "./tables.js";
import { Tabs } from "./tabs.js";
import { counted } from "./words.js";

/** @typedef {import("./geometry.js").Page} Page */

const LOCKED = "The picture of a locked PDF is not kept. Its text and boxes are.";
/** @type {[string, string][]} */
const LEGEND = [["sure", "90 % and more"], ["check", "70 to 90 %"], ["doubtful", "less than 70 %"]];

/** The pages of a result in one shape. @param {any} result @returns {Page[]} */
function pagesOf(result) {
  return result.pages ?? [{ ...result, page: 1, success: true, source: "ocr" }];
}

export class Viewer {
  /** @param {any} result @param {string[]} kinds of artifacts that can be downloaded */
  constructor(result, kinds) {
    this.result = result;
    this.pages = pagesOf(result);
    this.at = 0;
    this.selected = -1;
    this.pictures = new Pictures(result.job_id, this.pages.map(({ page }) => page));
    const hover = (/** @type {number} */ index) => this.hover(index);
    const select = (/** @type {number} */ index) => this.select(index);
    this.sheet = new Sheet({ hover, select, enter: (index) => this.lines.focus(this.select(index)) });
    this.lines = new Lines({ hover, select, enter: (index) => this.sheet.focus(this.select(index)) });
    this.search = new Search(this.pages, (match) => this.found(match));
    this.tabs = this.makeTabs();
    this.element = this.layout(kinds);
    this.listening = new AbortController();
    document.addEventListener("keydown", (event) => this.key(event), { signal: this.listening.signal });
    /** @type {Tables | null} */
    this.tables = null;
    this.go(0);
    if (kinds.includes("tables")) void this.findTables();
  }

  /** They come behind the text, and their tab only where there are any. */
  async findTables() {
    const found = await tablesOf(this.result.job_id, this.listening.signal);
    if (found.length === 0 || this.listening.signal.aborted) return;
    const { job_id: job, filename } = this.result;
    this.tables = new Tables(found, (cell) => this.point(cell), (format) => save(job, "tables", filename, { format }));
    this.tabs.add("Tables", this.tables.element);
    this.showTables();
  }

  /** Those of the page that is looked at. */
  showTables() {
    if (!this.tables) return;
    this.tables.draw(this.page.page);
    this.sheet.cells(this.tables.cells(this.page.page).map((cell) => cell.bbox));
  }

  makeTabs() {
    const text = el("div", {}, this.search.element, this.lines.element);
    const names = Object.keys(this.result.fields ?? {});
    if (names.length === 0) return new Tabs([["Text", text]], 0);
    const show = (/** @type {import("./fields.js").Evidence} */ one) => this.point(one);
    return new Tabs([["Text", text], ["Fields", fieldsView(this.result.fields, show)]], 1);
  }

  /** @param {string[]} kinds */
  layout(kinds) {
    const { filename, job_id: job } = this.result;
    const heading = el("h1", { id: "result-title", class: "name", tabindex: -1 }, filename);
    const actions = el(
      "div",
      { class: "head-actions" },
      button("Copy text", () => copy(this.text()), { icon: "copy" }),
      this.pages.length > 1 && button("Copy page", () => copy(this.page.text), { icon: "copy" }),
      kinds.length > 0 && downloadMenu(kinds.filter((kind) => kind !== "tables"), job, filename, () => this.page.page),
    );
    const back = el("a", { class: "back", href: "#/" }, "All files");
    const head = el("header", { class: "result-head" }, el("div", { class: "titles" }, back, heading, el("p", { class: "facts small muted" }, this.facts())), actions);
    this.notes = el("div", { class: "notes" });
    const sheet = el("section", { class: "sheet", "aria-label": "The page" }, this.tools(), this.sheet.pane, legend());
    const reading = el("section", { class: "reading", "aria-label": "What was read" }, this.tabs.element);
    this.workspace = el("div", { class: "workspace", "data-shaded": true }, sheet, reading);
    return el("div", { class: "result" }, head, this.notes, this.workspace);
  }

  facts() {
    const { processing_time_ms: time, cached, tier } = this.result;
    const seconds = cached ? "Read before" : `Read in ${(time / 1000).toFixed(1)} s`;
    return [this.pages.length > 1 && counted(this.pages.length, "page"), seconds, `${tier} quality`].filter(Boolean).join(" · ");
  }

  tools() {
    const shade = el("input", { type: "checkbox", checked: true, on: { change: () => this.shade(shade.checked) } });
    const switched = el("label", { class: "tick" }, shade, "Shade by confidence");
    return el("div", { class: "tools" }, this.pager(), this.sheet.zoomButtons(), switched);
  }

  pager() {
    const total = this.pages.length;
    if (total === 1) return null;
    this.previous = button("Previous page", () => this.go(this.at - 1), { icon: "left", bare: true, class: "quiet" });
    this.following = button("Next page", () => this.go(this.at + 1), { icon: "right", bare: true, class: "quiet" });
    this.number = el("input", { type: "number", min: 1, max: total, "aria-label": "Page", on: { change: () => this.go(Number(this.number?.value) - 1) } });
    return el("div", { class: "group pager", role: "group", "aria-label": "Pages" }, this.previous, this.number, el("span", { class: "small" }, `of ${total}`), this.following);
  }

  get page() {
    return this.pages[this.at];
  }

  text() {
    return this.result.full_text?.replaceAll("\f", "\n\n") ?? this.result.text;
  }

  /** @param {number} at */
  go(at) {
    this.at = Math.max(0, Math.min(this.pages.length - 1, Number.isFinite(at) ? Math.round(at) : this.at));
    this.selected = -1;
    const { page } = this.page;
    const name = this.pages.length > 1 ? `Page ${page}` : "The page";
    this.space = upright(this.page, this.result.media_type);
    this.sheet.draw(this.page, this.space, `${name} of ${this.result.filename}`);
    this.lines.draw(this.page, `${name}: ${counted(this.page.lines.length, "line")}`);
    this.highlight();
    this.showTables();
    this.tell();
    void this.illustrate(page);
  }

  /** Everything that says which page this is. */
  tell() {
    const last = this.pages.length - 1;
    if (this.number) this.number.value = String(this.at + 1);
    // Not `disabled`, which would take the focus away from who leafs with the button.
    this.previous?.setAttribute("aria-disabled", String(this.at === 0));
    this.following?.setAttribute("aria-disabled", String(this.at === last));
    const { error, warning, source } = this.page;
    const said = [
      ...this.result.warnings,
      error && `This page could not be read. ${error.message}`,
      warning,
      source === "pdf" && "The text of this page is the PDF’s own.",
    ];
    put(/** @type {HTMLElement} */ (this.notes), ...said.filter(Boolean).map((text) => el("p", { class: "note caution" }, String(text))));
  }

  /** @param {number} number of the page */
  async illustrate(number) {
    try {
      const address = await this.pictures.show(number);
      if (address) await this.sheet.picture(address);
    } catch (error) {
      if (this.pictures.closed.signal.aborted || this.page.page !== number) return;
      const { title, next, problem } = explained(error);
      this.sheet.without(problem.code === "password_required" ? LOCKED : `${title}. ${next}`);
    }
  }

  /** @param {number} index */
  hover(index) {
    this.sheet.mark(index, "hover");
    this.lines.mark(index, "hover");
  }

  /** @param {number} index */
  select(index) {
    this.selected = index;
    this.sheet.spot([]);
    this.sheet.select(index);
    this.tabs.show(0);
    this.lines.select(index);
    return index;
  }

  /** @param {{page: number | null, bbox: import("./geometry.js").Point[] | null}} evidence where something stands */
  point({ page, bbox }) {
    const at = this.pages.findIndex((one) => one.page === page);
    if (at !== this.at) this.go(at);
    this.sheet.spot(bbox ? [bbox] : []);
  }

  /** @param {import("./search.js").Match | null} match */
  found(match) {
    if (match && match.page !== this.at) this.go(match.page);
    this.highlight();
    if (!match) return this.sheet.spot([]);
    this.sheet.select(match.line);
    this.lines.select(match.line);
    return this.sheet.spot(partOf(this.page.lines[match.line], match.start, match.end));
  }

  highlight() {
    this.lines.highlight(this.search.matches.filter((match) => match.page === this.at), this.search.current);
  }

  /** @param {boolean} on */
  shade(on) {
    if (this.workspace) this.workspace.dataset.shaded = on ? "" : "off";
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = { PageDown: 1, PageUp: -1 }[event.key];
    const typing = /** @type {HTMLElement} */ (event.target).matches?.("input, select, textarea");
    if (!by || this.pages.length === 1 || typing || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    const [inLines, inBoxes] = [".lines", ".overlay"].map((place) => document.activeElement?.closest(place));
    this.go(this.at + by);
    if (inLines) this.lines.focus(0);
    if (inBoxes) this.sheet.focus(0);
  }

  close() {
    this.listening.abort();
    this.pictures.close();
    this.sheet.close();
  }
}

function legend() {
  const entries = LEGEND.map(([name, text]) => el("li", { class: name }, el("span", { class: "swatch", "aria-hidden": "true" }), text));
  return el("ul", { class: "legend small", "aria-label": "Confidence of a line" }, ...entries);
}
