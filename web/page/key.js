// The key that requests are sent with. It is kept in this tab, and beyond only where somebody asks for that.

const KEY = "ocr.key";

/** @returns {string} empty where there is none */
export function key() {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? "";
}

/** @param {string} given @param {boolean} keep on this device, for the next time */
export function setKey(given, keep) {
  forgetKey();
  (keep ? localStorage : sessionStorage).setItem(KEY, given);
}

export function forgetKey() {
  for (const place of [sessionStorage, localStorage]) place.removeItem(KEY);
}

/** @returns {Record<string, string>} */
export function headers() {
  return key() ? { Authorization: `Bearer ${key()}` } : {};
}
