// The pictures of a document's pages, fetched when they are looked at, the neighbours ahead of time.

import { artifact } from "./api.js";

const KEPT = 8;
/** Milliseconds before a picture is asked for: who leafs quickly does not want each page drawn. */
const PAUSE = 120;

export class Pictures {
  /** @param {string} job @param {number[]} numbers of the pages */
  constructor(job, numbers) {
    this.job = job;
    this.numbers = numbers;
    /** @type {Map<number, Promise<string>>} addresses of blobs by page, the longest unused first */
    this.kept = new Map();
    this.closed = new AbortController();
    this.turn = 0;
  }

  /** The address of a page's picture; null when another page has been asked for meanwhile. Raises a Problem. @param {number} number */
  async show(number) {
    const turn = (this.turn += 1);
    if (!this.kept.has(number)) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (turn !== this.turn) return null;
    const address = await this.fetched(number);
    if (turn !== this.turn) return null;
    this.ahead(number);
    return address;
  }

  /** @param {number} number */
  fetched(number) {
    const there = this.kept.get(number);
    const address = there ?? artifact(this.job, "image", { page: String(number) }, this.closed.signal).then(({ blob }) => URL.createObjectURL(blob));
    this.kept.delete(number);
    this.kept.set(number, address);
    if (!there) address.catch(() => this.kept.delete(number));
    if (this.kept.size > KEPT) this.drop(/** @type {number} */ (this.kept.keys().next().value));
    return address;
  }

  /** @param {number} number */
  ahead(number) {
    const at = this.numbers.indexOf(number);
    for (const next of [this.numbers[at + 1], this.numbers[at - 1]]) {
      if (next && !this.kept.has(next)) this.fetched(next).catch(() => null);
    }
  }

  /** @param {number} number */
  drop(number) {
    this.kept.get(number)?.then((address) => URL.revokeObjectURL(address)).catch(() => null);
    this.kept.delete(number);
  }

  close() {
    this.turn += 1;
    this.closed.abort();
    for (const number of [...this.kept.keys()]) this.drop(number);
  }
}
