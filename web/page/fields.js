// What was extracted, in human words, each value linked to where it is printed.

import { el } from "./dom.js";
import { FINDINGS, humanise, percent } from "./words.js";

/**
 * @typedef {{value: any, raw: string, page: number, confidence: number, bbox: import("./geometry.js").Point[] | null}} Evidence
 * @typedef {(evidence: Evidence, label: string) => void} Show
 */

/** @type {Record<string, (found: any, show: Show) => (Node | string)[]>} findings that want more than a list of values */
const VIEWS = { mrz: zones, barcodes: barcodes, id_numbers: numbers, quality: quality };
/** @type {Record<string, string>} */
const CAUTIONS = { EXPIRED: "This document has expired." };
const FIRST = [
  ..."vendor product_name surname givenName documentNumber total price currency date dateOfBirth dateOfExpiry sex nationality".split(" "),
  ..."issuingCountry expiry_date invoice_number receipt_number due_date subtotal tax tax_rates tip quantity unit unit_price".split(" "),
];
/** Not values, but what is said about them. */
const CHECKS = "validation";

/** @param {Record<string, any>} fields of a result @param {Show} show */
export function fieldsView(fields, show) {
  const parts = Object.entries(fields).map(([name, found]) => {
    const title = el("h2", {}, FINDINGS[name] ?? humanise(name));
    if (found === null) return el("section", { class: "found" }, title, note("bad", "This could not be looked for. The notes above say why."));
    return el("section", { class: "found" }, title, ...(VIEWS[name] ?? plain)(found, show));
  });
  return el("div", { class: "fields" }, ...parts);
}

/** Bills, labels, and whatever else has named values. @param {any} found @param {Show} show */
function plain(found, show) {
  const groups = Array.isArray(found) ? found : [found];
  if (groups.length === 0) return [none()];
  return groups.flatMap((group) => [values(group, show), ...tables(group, show), checks(group[CHECKS] ?? [])]);
}

/** @param {any} group @param {Show} show */
function values(group, show) {
  const rows = byImportance(group).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isEvidence).map((one) => row(humanise(name), one, show, printed(one))),
  );
  return rows.length > 0 ? el("dl", { class: "values" }, ...rows) : none();
}

/** What people look for first stands first. @param {any} group @returns {[string, any][]} */
function byImportance(group) {
  const place = (/** @type {string} */ name) => (FIRST.indexOf(name) + 1 || FIRST.length + 1);
  return Object.entries(group).sort(([one], [other]) => place(one) - place(other));
}

/** @param {any} thing @returns {thing is Evidence} */
function isEvidence(thing) {
  return thing !== null && typeof thing === "object" && "value" in thing && "bbox" in thing;
}

/** @param {string} label @param {Evidence} evidence @param {Show} show @param {import("./dom.js").Child} [said] about the value */
function row(label, evidence, show, said) {
  return el("div", { class: "value" }, el("dt", {}, label), el("dd", {}, link(label, evidence, show), said));
}

/** @param {string} label @param {Evidence} evidence @param {Show} show */
function link(label, evidence, show) {
  if (!evidence.bbox) return el("span", { dir: "auto", title: `Not printed. Confidence ${percent(evidence.confidence)}` }, said(evidence));
  const click = () => show(evidence, label);
  return el("button", { type: "button", class: "evidence", dir: "auto", title: `Show on the page. Confidence ${percent(evidence.confidence)}`, on: { click } }, said(evidence));
}

/** What stands on the page, where it is put differently. @param {Evidence} evidence */
function printed(evidence) {
  const { raw } = evidence;
  const same = !raw || raw.replace(/\s+/g, " ").toLowerCase() === said(evidence).toLowerCase();
  return !same && el("span", { class: "small muted printed" }, ` printed ${raw}`);
}

/** Numbers as they are printed, with all their zeros. @param {Evidence} evidence */
function said({ value, raw }) {
  return String((typeof value === "number" && raw) || (value ?? ""));
}

/** Lists of rows, such as the items of a bill. @param {any} group @param {Show} show */
function tables(group, show) {
  return Object.entries(group)
    .filter(([name, value]) => name !== CHECKS && Array.isArray(value) && value.length > 0 && !isEvidence(value[0]) && typeof value[0] === "object")
    .map(([name, rows]) => table(humanise(name), rows, show));
}

/** @param {string} title @param {Record<string, Evidence | null>[]} rows @param {Show} show */
function table(title, rows, show) {
  const order = ["description", "quantity", "unit_price", "amount"];
  const columns = Object.keys(rows[0]).sort((one, other) => order.indexOf(one) - order.indexOf(other)).filter((name) => rows.some((cells) => cells[name]));
  const cell = (/** @type {Evidence | null} */ one, /** @type {string} */ name) => el("td", {}, isEvidence(one) && link(humanise(name), one, show));
  return el(
    "div",
    { class: "table-wrap", tabindex: 0, role: "region", "aria-label": title },
    el("table", {}, el("caption", {}, title), el("thead", {}, el("tr", {}, ...columns.map((name) => el("th", { scope: "col" }, humanise(name))))),
      el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...columns.map((name) => cell(cells[name], name)))))),
  );
}

/** @param {{holds: boolean, left: any, right: any, rule: string}[]} rules */
function checks(rules) {
  const lines = rules.map(({ holds, left, right, rule }) => {
    const sides = holds ? `${left}` : `${left} is not ${right}`;
    return el("li", { class: holds ? "good" : "bad" }, mark(holds), `${humanise(rule)} `, el("span", { class: "muted" }, `(${sides})`));
  });
  return el("ul", { class: "checks", hidden: lines.length === 0 }, ...lines);
}

/** @param {boolean} right */
function mark(right) {
  return el("span", { class: "mark" }, el("span", { "aria-hidden": "true" }, right ? "✓" : "✗"), el("span", { class: "sr" }, right ? "Right: " : "Wrong: "));
}

/** @param {boolean} right @param {string} good @param {string} bad */
function verdict(right, good, bad) {
  return el("span", { class: `digit ${right ? "good" : "bad"}` }, right ? ` ✓ ${good}` : ` ✗ ${bad}`);
}

/** @param {"good" | "bad" | "caution"} kind @param {string} text */
function note(kind, text) {
  return el("p", { class: `note ${kind}` }, kind === "caution" ? "! " : mark(kind === "good"), text);
}

function none() {
  return el("p", { class: "muted" }, "None found.");
}

/** @param {any[]} found @param {Show} show */
function zones(found, show) {
  if (found.length === 0) return [note("caution", "No machine-readable zone was found. Is the whole document in the picture, sharp and without glare?")];
  return found.flatMap((zone) => [
    el("p", { class: "muted small" }, `Machine-readable zone of type ${zone.mrz_type}`),
    zone.valid ? note("good", "All check digits are right.") : note("bad", "Not all check digits are right. It was misread, or is wrong as printed."),
    ...zone.warnings.map((/** @type {string} */ word) => note("caution", CAUTIONS[word] ?? humanise(word))),
    ...zone.corrections.map(correction),
    el("dl", { class: "values" }, ...zoneRows(zone, show)),
    el("pre", { class: "zone", tabindex: 0, "aria-label": "The zone as it was read" }, zone.lines.join("\n")),
  ]);
}

/** @param {any} zone @param {Show} show */
function zoneRows({ fields, check_digits: digits }, show) {
  const filled = byImportance(fields).filter(([, one]) => isEvidence(one));
  return filled.map(([name, one]) => row(humanise(name), one, show, name in digits && verdict(digits[name], "check digit right", "check digit wrong")));
}

/** @param {{corrected: string, read: string, field: string, line: number, position: number}} one */
function correction({ corrected, read, field, line, position }) {
  return note("caution", `Read as ${read}, taken for ${corrected}: ${humanise(field).toLowerCase()}, line ${line}, character ${position}.`);
}

/** @param {any[]} found @param {Show} show */
function barcodes(found, show) {
  if (found.length === 0) return [none()];
  return [el("dl", { class: "values" }, ...found.map((one) => row(one.format, one, show)))];
}

/** @param {any[]} found @param {Show} show */
function numbers(found, show) {
  if (found.length === 0) return [none()];
  const rows = found.map((one) => row(humanise(one.type), one, show, verdict(one.valid, "valid", "not a valid number")));
  return [el("dl", { class: "values" }, ...rows)];
}

/** @param {any[]} found */
function quality(found) {
  return found.map(({ flaw, reason, suggestion, page, width, height }) => {
    const where = found.length > 1 ? `Page ${page}: ` : "";
    return flaw ? note("caution", `${where}${reason} ${suggestion}`) : note("good", `${where}Good enough to read, ${width} × ${height} pixels.`);
  });
}
