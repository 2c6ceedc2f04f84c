// Tables of a result: shown cell by cell, outlined on the page, copied as tables.

import { artifact } from "./api.js";
import { button, el, put, toast } from "./dom.js";
import { counted } from "./words.js";

/**
 * @typedef {{row: number, column: number, row_span: number, column_span: number, bbox: import("./geometry.js").Point[], page: number, text: string, head: boolean}} Cell
 * @typedef {{table: number, page: number, rows: number, columns: number, cells: Cell[]}} Table
 */

/** What a spreadsheet would work out, and what is only a number with its sign. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;
const NUMBER = /^(?:[+-]\s?[$€£¥₹]?\s?\d[\d.,'’\u00a0\u202f]*\s?[%$€£¥₹]?|-+)$/;

/** All tables of a job; none where they cannot be had. @param {string} job @param {AbortSignal} signal @returns {Promise<Table[]>} */
export async function tablesOf(job, signal) {
  try {
    const { blob } = await artifact(job, "tables", { format: "json" }, signal);
    return JSON.parse(await blob.text()).tables;
  } catch {
    return []; // the text is there without them
  }
}

export class Tables {
  /** @param {Table[]} tables @param {(cell: Cell) => void} point @param {(format: string) => unknown} save all of them as a file */
  constructor(tables, point, save) {
    this.tables = tables;
    this.point = point;
    this.cards = el("div", { class: "tables" });
    const files = ["XLSX", "CSV", "HTML"].map((name) => button(`Tables as ${name}`, () => save(name.toLowerCase()), { icon: "down" }));
    this.element = el("div", {}, el("div", { class: "head-actions table-files" }, ...files), this.cards);
  }

  /** Those of one page. @param {number} page */
  draw(page) {
    const found = this.tables.filter((table) => table.page === page);
    put(this.cards, ...(found.length ? found.map((table) => this.card(table)) : [el("p", { class: "muted" }, "No table on this page.")]));
  }

  /** @param {number} page */
  cells(page) {
    return this.tables.flatMap((table) => table.cells).filter((cell) => cell.page === page);
  }

  /** @param {Table} table */
  card(table) {
    const name = `Table ${table.table}`;
    const shown = el("table", {}, el("caption", { class: "small muted" }, `${name}: ${counted(table.rows, "row")}, ${counted(table.columns, "column")}`), ...rowsOf(table, (cell) => this.point(cell)));
    return el(
      "section",
      { class: "table-card", "aria-label": name },
      button(`Copy ${name.toLowerCase()}`, () => copyTable(table), { icon: "copy" }),
      el("div", { class: "table-pane", tabindex: 0, role: "region", "aria-label": `${name}, cells` }, shown),
    );
  }
}

/** @param {Table} table @param {((cell: Cell) => void) | null} point @param {(text: string) => string} [as] */
function rowsOf(table, point, as = (text) => text) {
  const rows = Array.from({ length: table.rows }, () => el("tr"));
  for (const cell of table.cells) {
    const on = point ? { mouseenter: () => point(cell), click: () => point(cell) } : {};
    const spans = { rowspan: cell.row_span > 1 && cell.row_span, colspan: cell.column_span > 1 && cell.column_span };
    rows[cell.row].append(el(cell.head ? "th" : "td", { ...spans, on }, as(cell.text)));
  }
  return rows;
}

/** A text that no spreadsheet takes for a formula. @param {string} text */
function harmless(text) {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** Places parted by tabs. @param {Table} table */
function plain(table) {
  const rows = Array.from({ length: table.rows }, () => Array(table.columns).fill(""));
  for (const cell of table.cells) rows[cell.row][cell.column] = harmless(cell.text);
  return rows.map((row) => row.join("\t")).join("\n");
}

/** As a table for spreadsheets and writers, and as text for others. @param {Table} table */
async function copyTable(table) {
  const html = el("table", {}, ...rowsOf(table, null, harmless));
  const parts = { "text/html": new XMLSerializer().serializeToString(html), "text/plain": plain(table) };
  try {
    const blobs = Object.entries(parts).map(([type, text]) => [type, new Blob([text], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
  } catch {
    if (!copyByHand(parts)) return toast("The browser does not let this page copy. Download the tables instead.");
  }
  return toast("Copied as a table.");
}

/** Pages that came by plain HTTP have no clipboard of their own. @param {Record<string, string>} parts */
function copyByHand(parts) {
  const give = (/** @type {ClipboardEvent} */ event) => {
    for (const [type, text] of Object.entries(parts)) event.clipboardData?.setData(type, text);
    event.preventDefault();
  };
  document.addEventListener("copy", give);
  const done = document.execCommand("copy");
  document.removeEventListener("copy", give);
  return done;
}
