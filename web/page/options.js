// The form of options, from what this deployment can do.

import { isPdf, options as ask } from "./api.js";
import { byId, el, put } from "./dom.js";
import { FINDINGS, humanise, size } from "./words.js";

/** Codes that mean one language in ISO 639-1 and another to PaddleOCR, where another code says it too. */
const ALIASES = ["ch"];
const NAMES = new Intl.DisplayNames("en", { type: "language", fallback: "none" });

/** @type {Record<string, string>} */
const TIERS = { fast: "Fast", balanced: "Balanced", accurate: "Accurate" };
/** @type {Record<string, string>} */
const MODES = { ocr: "Read from the picture", auto: "The PDF’s own where sound", text: "The PDF’s own only" };

export class Options {
  constructor() {
    this.form = /** @type {HTMLFormElement} */ (byId("options-form"));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", () => this.tell());
    /** @type {string[]} */
    this.artifacts = [];
    this.largest = Infinity;
    this.words = false;
  }

  /** Ask the service. Files can be sent before it has answered: then its defaults apply. */
  async load() {
    const schema = await ask();
    this.artifacts = schema.artifacts ?? [];
    this.largest = schema.max_upload_bytes ?? Infinity;
    this.words = schema.properties.words?.type === "boolean";
    this.groups = (schema.properties.lang.anyOf ?? []).map((/** @type {any} */ list) => list.items.enum);
    this.draw(schema.properties);
    if (this.largest < Infinity) byId("limits").textContent += `, up to ${size(this.largest)} each`;
    this.tell();
  }

  /** @param {any} known */
  draw(known) {
    const [lang] = known.lang.default;
    this.languages = named(known.lang.items.enum);
    put(
      this.form,
      field("Language", select("lang", this.languages, lang)),
      field("Second language", select("also", [["", "None"], ...this.languages], "")),
      field("Quality", select("tier", known.tier.enum.map((/** @type {string} */ tier) => [tier, TIERS[tier] ?? humanise(tier)]), known.tier.default)),
      field("PDF pages", el("input", { name: "pages", placeholder: "All, or 1-3, 7", inputmode: "text", maxlength: 200 })),
      field("Text in PDFs", select("mode", known.mode.enum.map((/** @type {string} */ mode) => [mode, MODES[mode] ?? humanise(mode)]), known.mode.default)),
      known.extract.items.enum.length > 0 && chosen(known.extract.items.enum),
    );
    this.control("lang").addEventListener("change", () => this.narrow());
    this.narrow();
  }

  /** Only languages that can be read together with the first may be the second. */
  narrow() {
    const [lang, also] = [this.control("lang"), this.control("also")];
    const partners = new Set((this.groups ?? []).filter((/** @type {string[]} */ group) => group.includes(lang.value)).flat());
    const kept = also.value;
    const offered = (this.languages ?? []).filter(([code]) => code !== lang.value && partners.has(code));
    put(also, ...entries([["", "None"], ...offered]));
    also.value = offered.some(([code]) => code === kept) ? kept : "";
  }

  /** @param {string} name @returns {any} */
  control(name) {
    return this.form.elements.namedItem(name) ?? { value: "" };
  }

  /** Choose what to look for, and nothing else. @param {string} extract */
  prefer(extract) {
    for (const box of this.boxes()) box.checked = box.value === extract;
    this.tell();
  }

  /** @returns {HTMLInputElement[]} */
  boxes() {
    return [.../** @type {NodeListOf<HTMLInputElement>} */ (this.form.querySelectorAll("input[name=extract]"))];
  }

  /** The form fields of an upload. @param {File} file @returns {Record<string, string>} */
  given(file) {
    const extract = this.boxes().filter((box) => box.checked).map((box) => box.value);
    const all = {
      lang: [this.control("lang").value, this.control("also").value].filter(Boolean).join(","),
      tier: this.control("tier").value,
      extract: extract.join(","),
      words: this.words ? "true" : "",
      ...(isPdf(file) ? { pages: this.control("pages").value.replace(/\s/g, ""), mode: this.control("mode").value } : {}),
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value));
  }

  /** What is chosen, in a few words beside the closed form. */
  tell() {
    const extract = this.boxes().filter((box) => box.checked).map((box) => FINDINGS[box.value] ?? humanise(box.value));
    const shown = (/** @type {string} */ name) => this.control(name).selectedOptions?.[0]?.textContent;
    const parts = [shown("lang"), this.control("also").value && shown("also"), shown("tier"), ...extract];
    byId("options-told").textContent = parts.filter(Boolean).join(" · ");
  }
}

/** The languages' names, in their order; codes that have none are other names of those that do. @param {string[]} codes @returns {string[][]} */
function named(codes) {
  const known = codes.filter((code) => !ALIASES.includes(code) && /^[a-z]{2,3}(-[A-Za-z]+)?$/.test(code));
  const pairs = known.map((code) => [code, NAMES.of(code)]).filter(([, name]) => name);
  const names = /** @type {string[][]} */ (pairs.length > 0 ? pairs : codes.map((code) => [code, code]));
  return names.sort(([, one], [, other]) => one.localeCompare(other));
}

/** @param {string} label @param {HTMLElement} control */
function field(label, control) {
  return el("label", { class: "field" }, el("span", {}, label), control);
}

/** @param {string} name @param {string[][]} pairs @param {string} value */
function select(name, pairs, value) {
  const control = el("select", { name }, ...entries(pairs));
  control.value = value;
  return control;
}

/** @param {string[][]} pairs */
function entries(pairs) {
  return pairs.map(([value, text]) => el("option", { value }, text));
}

/** @param {string[]} names */
function chosen(names) {
  const boxes = names.map((name) =>
    el("label", { class: "tick" }, el("input", { type: "checkbox", name: "extract", value: name }), FINDINGS[name] ?? humanise(name)),
  );
  return el("fieldset", { class: "look-for" }, el("legend", {}, "Also look for"), ...boxes);
}
