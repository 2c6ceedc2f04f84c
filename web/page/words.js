// How things are called and said.

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [unit, of] = bytes < 1e6 ? ["kB", 1e3] : ["MB", 1e6];
  const value = bytes / Number(of);
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)} ${unit}`;
}

/** How long ago. @param {number} then milliseconds since the epoch */
export function ago(then) {
  const seconds = (then - Date.now()) / 1000;
  const [unit, of] = UNITS.find(([, length]) => -seconds >= length) ?? ["minute", 60];
  return -seconds < 60 ? "just now" : RELATIVE.format(Math.round(seconds / of), unit);
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  return `${Math.round(seconds / 60)} min`;
}

/** @param {number} share 0 to 1 */
export function percent(share) {
  return `${Math.floor(share * 100)} %`;
}

/** Names that are no words. @type {Record<string, string>} */
const NAMED = { sku: "Article number" };

/** `dateOfBirth`, `line_items` and `DRIVING_LICENCE` as words. @param {string} name */
export function humanise(name) {
  if (Object.hasOwn(NAMED, name)) return NAMED[name];
  if (/^[A-Z0-9]{2,6}$/.test(name)) return name;
  const words = name.replace(/_/g, " ").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** What `extract` and its findings are called. @type {Record<string, string>} */
export const FINDINGS = {
  receipt: "Receipt",
  invoice: "Invoice",
  mrz: "Passport or ID card",
  id_numbers: "Indian ID numbers",
  id_card: "Indian ID card",
  product: "Product label",
  barcodes: "Barcodes",
  quality: "Picture quality",
};

/** What artifacts are called; one that is not here goes by its own name. @type {Record<string, string>} */
export const FORMATS = {
  pdf: "Searchable PDF",
  text: "Plain text",
  layout: "Text as it stands on the page",
  markdown: "Markdown",
  json: "JSON with boxes",
  hocr: "hOCR",
  alto: "ALTO XML",
  tsv: "Table (TSV)",
  annotated: "Page with boxes (JPEG)",
  image: "Page picture (JPEG)",
};
