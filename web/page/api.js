// The service over HTTP. All addresses are relative to the page, so that it works below any prefix.

import { headers, key } from "./key.js";

/**
 * Why something did not work, in words for people. `wait` is in seconds, where the service says when to come again.
 */
export class Problem extends Error {
  /** @param {string} code @param {string} message @param {{status?: number, retryable?: boolean, wait?: number}} [more] */
  constructor(code, message, more = {}) {
    super(message);
    this.code = code;
    this.status = more.status ?? 0;
    this.retryable = more.retryable ?? false;
    this.wait = more.wait ?? 0;
  }
}

const UNREACHABLE = "Check your connection. If it is fine, the service may be restarting: try again in a moment.";
const UNKNOWN = "The service gave an answer that this page does not understand. Try again; if it goes on, tell its operator.";

/** @param {string} id */
const job = (id) => `ocr/job/${encodeURIComponent(id)}`;

/** @returns {Promise<any>} the JSON Schema of the options, `artifacts`, `max_upload_bytes` */
export const options = () => ask("ocr/options");

/** @param {string} id @param {number} wait seconds @param {AbortSignal} [signal] @returns {Promise<any>} */
export const readJob = (id, wait, signal) => ask(`${job(id)}?wait=${wait}`, { signal });

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<any>} the result; the job while it runs */
export const readResult = (id, signal) => ask(`${job(id)}/result`, { signal });

/** @param {string} id */
export const cancel = (id) => ask(`${job(id)}/cancel`, { method: "POST" });

/** @param {string} id */
export const remove = (id) => ask(job(id), { method: "DELETE" });

/** @returns {Promise<any>} who calls, with what scopes and limits */
export const me = () => ask("me");

/** An EventSource sends no headers, so that a key goes by way of a ticket. @param {string} id @returns {Promise<EventSource>} */
export async function events(id) {
  const ticket = key() ? `?ticket=${encodeURIComponent((await ask("tickets", { method: "POST" })).ticket)}` : "";
  return new EventSource(`${job(id)}/events${ticket}`);
}

/** @param {string} id @param {string} kind @param {Record<string, string>} given such as `page` @param {AbortSignal} [signal] */
export async function artifact(id, kind, given, signal) {
  const answer = await get(`${job(id)}/artifacts/${kind}?${new URLSearchParams(given)}`, { signal });
  return { blob: await answer.blob(), name: fileName(answer.headers.get("Content-Disposition")) };
}

/** @param {string} path @param {RequestInit} [init] */
async function ask(path, init) {
  const answer = await get(path, init);
  return answer.status === 204 ? null : answer.json().catch(() => { throw new Problem("unknown", UNKNOWN); });
}

/** @param {string} path @param {RequestInit} [init] */
async function get(path, init) {
  let answer;
  try {
    answer = await fetch(path, { ...init, headers: headers() });
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw unreachable();
  }
  if (!answer.ok) throw problem(answer.status, await answer.text().catch(() => ""), answer.headers.get("Retry-After"));
  return answer;
}

/**
 * Upload one file. Not by `fetch`, which does not tell how far it is.
 * @param {File} file @param {Record<string, string>} given
 * @param {string} unique the same for every try: what was accepted unheard is not read twice
 * @param {(share: number) => void} progress from 0 to 1
 * @param {AbortSignal} signal
 * @returns {Promise<any>} the accepted job
 */
export function send(file, given, unique, progress, signal) {
  const form = new FormData();
  for (const [name, value] of Object.entries(given)) form.append(name, value);
  form.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", isPdf(file) ? "ocr/pdf" : "ocr/image");
    request.setRequestHeader("Idempotency-Key", unique);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    request.onload = () => answered(request, resolve, reject);
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** @param {XMLHttpRequest} request @param {(body: any) => void} resolve @param {(error: Problem) => void} reject */
function answered(request, resolve, reject) {
  const { status, responseText } = request;
  if (status >= 200 && status < 300) {
    try {
      return resolve(JSON.parse(responseText));
    } catch {
      return reject(new Problem("unknown", UNKNOWN, { status }));
    }
  }
  return reject(problem(status, responseText, request.getResponseHeader("Retry-After")));
}

/** @param {{name: string, type: string}} file */
export function isPdf({ name, type }) {
  return type === "application/pdf" || /\.pdf$/i.test(name);
}

function unreachable() {
  if (navigator.onLine) return new Problem("unreachable", UNREACHABLE, { retryable: true });
  return new Problem("offline", "You are offline. This goes on by itself when the connection is back.", { retryable: true });
}

/** A proxy may answer in the service's stead, so nothing is taken for granted. @param {number} status @param {string} text @param {string | null} after */
function problem(status, text, after) {
  const wait = Math.min(3600, Number.parseInt(after ?? "", 10) || 0);
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    body = {};
  }
  const code = body.code ?? { 413: "upload_too_large", 429: "rate_limited", 502: "unreachable", 503: "unavailable", 504: "unreachable" }[status] ?? "unknown";
  const message = body.detail ?? body.message ?? (status >= 502 ? UNREACHABLE : UNKNOWN);
  return new Problem(code, String(message), { status, wait, retryable: body.retryable ?? status >= 500 });
}

/** The name in a Content-Disposition. @param {string | null} header */
function fileName(header) {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(header ?? "");
  if (encoded) return decodeURIComponent(encoded[1]);
  return /filename="?([^";]+)/i.exec(header ?? "")?.[1] ?? "";
}
