// What this browser had read: ids, names and times in its own storage.

import { Problem, isPdf, remove } from "./api.js";
import { button, byId, el, icon, put, toast } from "./dom.js";
import { explained } from "./problems.js";
import { ago } from "./words.js";

/** @typedef {{id: string, name: string, at: number, expires: number}} Past times in milliseconds since the epoch */

const KEY = "ocr.history";
const MOST = 50;

/** @returns {Past[]} newest first */
export function past() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one?.id === "string" && typeof one?.name === "string") : [];
  } catch {
    return [];
  }
}

/** @param {Past[]} all */
function keep(all) {
  try {
    localStorage.setItem(KEY, JSON.stringify(all.slice(0, MOST)));
  } catch {
    // Storage is full or switched off: the page works without a history.
  }
}

/** @param {string} id @param {string} name @param {string} expires ISO 8601 */
export function remember(id, name, expires) {
  keep([{ id, name, at: Date.now(), expires: Date.parse(expires) || 0 }, ...past().filter((one) => one.id !== id)]);
}

/** @param {string} id */
export function forgetHere(id) {
  keep(past().filter((one) => one.id !== id));
}

export class History {
  /** @param {(id: string) => void} open */
  constructor(open) {
    this.open = open;
    byId("forget-all").addEventListener("click", () => this.forgetAll());
  }

  draw() {
    const all = past();
    byId("history").hidden = all.length === 0;
    put(byId("past"), ...all.map((one) => this.row(one)));
  }

  /** @param {Past} one */
  row(one) {
    const expired = one.expires > 0 && one.expires < Date.now();
    const link = el("a", { href: `#/job/${encodeURIComponent(one.id)}` }, el("span", { class: "name" }, one.name));
    const when = el("span", { class: "small muted" }, expired ? `${ago(one.at)}, expired` : ago(one.at));
    const forget = button(`Forget ${one.name}`, () => this.forget(one), { icon: "close", bare: true, class: "quiet" });
    return el("li", expired ? { class: "expired" } : {}, icon(isPdf({ name: one.name, type: "" }) ? "pages" : "picture"), link, when, forget);
  }

  /** @param {Past} one */
  async forget(one) {
    try {
      await drop(one);
    } catch (error) {
      toast(`${one.name} could not be deleted. ${explained(error).next}`);
    }
    this.draw();
    (byId("past").querySelector("button") ?? byId("title")).focus();
  }

  async forgetAll() {
    const all = past();
    const outcomes = await Promise.allSettled(all.map(drop));
    const failed = outcomes.filter((one) => one.status === "rejected").length;
    toast(failed ? `${failed} of ${all.length} could not be deleted from the service. Try again later.` : "All forgotten, here and on the service.");
    this.draw();
    byId("title").focus();
  }
}

/** Nothing is there, or nothing there deletes. */
const NOTHING_TO_DELETE = [404, 405, 410];

/** Delete it there, then here. @param {Past} one */
async function drop(one) {
  try {
    await remove(one.id);
  } catch (error) {
    if (!(error instanceof Problem) || !NOTHING_TO_DELETE.includes(error.status)) throw error;
  }
  forgetHere(one.id);
}
