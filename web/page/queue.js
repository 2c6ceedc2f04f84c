// The files of this visit: sent one after the other, then followed to their end.

import { Problem, cancel, send } from "./api.js";
import { follow, sleep } from "./follow.js";
import { ofJob } from "./problems.js";

/**
 * @typedef {"waiting" | "paused" | "sending" | "queued" | "processing" | "completed" | "failed" | "cancelled"} State
 * @typedef {{
 *   key: number, once: string, file: File, given: Record<string, string>, state: State, abort: AbortController, sent: number,
 *   job: string, position?: number | null, seconds?: number | null, done: number, total: number | null,
 *   error: Problem | null, resume: number, expires: string, cancelling: boolean,
 * }} Entry `once` is the key of its upload; `resume` is when a paused one goes on, in milliseconds since the epoch; 0 when the connection is back
 */

const ENDED = ["completed", "failed", "cancelled"];
const PATIENT = [429, 503];
const MOST_PAUSES = 20;

let keys = 0;

/** @param {Entry} entry */
export const ended = (entry) => ENDED.includes(entry.state);

export class Queue {
  /** @param {(entry: Entry) => void} changed @param {(entry: Entry) => void} accepted called when the service has taken a file in */
  constructor(changed, accepted) {
    this.changed = changed;
    this.accepted = accepted;
    /** @type {Entry[]} */
    this.entries = [];
    this.sending = false;
  }

  /** @param {File} file @param {Record<string, string>} given @param {number} largest bytes */
  add(file, given, largest) {
    const entry = fresh(file, given);
    this.entries.push(entry);
    if (file.size > largest) this.fail(entry, tooLarge(largest));
    else if (file.size === 0) this.fail(entry, new Problem("empty_upload", ""));
    else this.changed(entry);
    void this.work();
  }

  /** Send it again, with other options where `more` names some. @param {Entry} entry @param {Record<string, string>} [more] */
  again(entry, more = {}) {
    Object.assign(entry, fresh(entry.file, { ...entry.given, ...more }), { key: entry.key });
    this.changed(entry);
    void this.work();
  }

  /** Raises a Problem when the service does not let go of it. @param {Entry} entry */
  async cancel(entry) {
    if (entry.job) {
      this.set(entry, { cancelling: true });
      await cancel(entry.job).finally(() => this.set(entry, { cancelling: false }));
      if (!ended(entry)) this.set(entry, { state: "cancelled" });
    } else this.set(entry, { state: "cancelled" });
    entry.abort.abort();
  }

  /** @param {Entry} entry */
  drop(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
  }

  /** One upload at a time: the first files are read while the later ones are sent. */
  async work() {
    if (this.sending) return;
    this.sending = true;
    for (let next = this.next(); next; next = this.next()) {
      await this.deliver(next).catch((error) => this.stumbled(next, error));
    }
    this.sending = false;
  }

  next() {
    return this.entries.find((entry) => entry.state === "waiting");
  }

  /** @param {Entry} entry */
  async deliver(entry) {
    for (let pauses = 0; ; pauses += 1) {
      this.set(entry, { state: "sending", sent: 0 });
      try {
        const job = await send(entry.file, entry.given, entry.once, (sent) => this.set(entry, { sent }), entry.abort.signal);
        return this.taken(entry, job);
      } catch (error) {
        if (!(error instanceof Problem) || !mayPass(error) || pauses >= MOST_PAUSES) throw error;
        await this.pause(entry, error);
      }
    }
  }

  /** @param {Entry} entry @param {any} job */
  taken(entry, job) {
    this.set(entry, {
      state: job.state === "processing" ? "processing" : "queued",
      job: job.job_id,
      position: job.queue_position,
      seconds: job.estimated_time_seconds,
      expires: job.expires_at,
    });
    this.accepted(entry);
    this.watch(entry).catch((error) => this.stumbled(entry, error));
  }

  /** @param {Entry} entry */
  async watch(entry) {
    const { job: id, abort } = entry;
    const job = await follow(id, (standing) => this.stands(entry, standing), abort.signal);
    if (job.status === "failed") return this.fail(entry, ofJob(job.error));
    return this.set(entry, { state: job.status, total: job.progress.total, done: job.progress.done });
  }

  /** @param {Entry} entry @param {import("./follow.js").Standing} standing */
  stands(entry, { status, done, total, position, seconds }) {
    if (ended(entry) || ENDED.includes(status)) return;
    const known = { position: position ?? entry.position, seconds: seconds ?? entry.seconds };
    this.set(entry, { state: /** @type {State} */ (status), done, total, ...known });
  }

  /** @param {Entry} entry @param {Problem} error */
  async pause(entry, error) {
    const { signal } = entry.abort;
    if (error.code === "offline") {
      this.set(entry, { state: "paused", resume: 0, error });
      await online(signal);
    } else {
      const wait = error.wait || 5;
      this.set(entry, { state: "paused", resume: Date.now() + 1000 * wait, error });
      await sleep(wait, signal);
    }
    this.set(entry, { error: null });
  }

  /** @param {Entry} entry @param {unknown} error */
  stumbled(entry, error) {
    if (entry.abort.signal.aborted) return;
    this.fail(entry, error instanceof Problem ? error : unexpected(error));
  }

  /** @param {Entry} entry @param {Problem} error */
  fail(entry, error) {
    this.set(entry, { state: error.code === "job_cancelled" ? "cancelled" : "failed", error });
  }

  /** @param {Entry} entry @param {Partial<Entry>} values */
  set(entry, values) {
    Object.assign(entry, values);
    this.changed(entry);
  }
}

/** @param {File} file @param {Record<string, string>} given @returns {Entry} */
function fresh(file, given) {
  const start = { sent: 0, done: 0, total: null, position: null, seconds: null, job: "", error: null, resume: 0 };
  return { ...start, key: (keys += 1), once: random(), file, given, state: "waiting", abort: new AbortController(), expires: "", cancelling: false };
}

/** 128 random bits; `randomUUID` is there for pages that came by HTTPS only. */
function random() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the file can be sent again in a while without anybody's help. @param {Problem} error */
function mayPass(error) {
  return error.code === "offline" || (PATIENT.includes(error.status) && error.wait > 0);
}

/** @param {number} largest bytes */
function tooLarge(largest) {
  return new Problem("upload_too_large", `At most ${Math.floor(largest / 1e6)} MB are taken. Make it smaller, or split it.`);
}

/** @param {unknown} error */
function unexpected(error) {
  console.error(error);
  return new Problem("unknown", "Reload the page and try again. If it goes on, tell the service's operator.");
}

/** @param {AbortSignal} signal */
function online(signal) {
  return new Promise((resolve, reject) => {
    window.addEventListener("online", () => resolve(null), { once: true, signal });
    signal.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
  });
}
