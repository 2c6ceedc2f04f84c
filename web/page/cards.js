// A card for each file of this visit: how far it is, and what can be done about it.

import { isPdf } from "./api.js";
import { alarm, announce, button, byId, el, icon, put, toast } from "./dom.js";
import { explained } from "./problems.js";
import { ended } from "./queue.js";
import { counted, duration, percent, size } from "./words.js";

/** @typedef {import("./queue.js").Entry} Entry */

/** What a card says and how far its bar is; no value is a bar that only moves. @type {Record<string, (entry: Entry) => {text: string, value?: number}>} */
const STAGES = {
  waiting: () => ({ text: "Waits for its turn", value: 0 }),
  paused: (entry) => ({ text: pauseText(entry), value: 0 }),
  sending: ({ sent }) => ({ text: sent < 1 ? `Uploading, ${percent(sent)}` : "Uploaded, being checked", value: sent < 1 ? sent : undefined }),
  queued: (entry) => ({ text: queueText(entry) }),
  processing: ({ done, total }) => (total && total > 1 ? { text: `Reading, ${done} of ${total} pages done`, value: done / total } : { text: "Reading" }),
  completed: ({ total }) => ({ text: total && total > 1 ? `Done, ${counted(total, "page")}` : "Done" }),
  failed: () => ({ text: "" }),
  cancelled: () => ({ text: "Cancelled" }),
};

/** @param {Entry} entry */
function pauseText({ resume, error }) {
  if (!resume) return "Offline. Goes on when the connection is back";
  const left = Math.max(0, Math.ceil((resume - Date.now()) / 1000));
  const why = error?.code === "rate_limited" ? "Only so many files are taken at a time." : "The service is busy.";
  return `${why} Goes on in ${left} s`;
}

/** @param {Entry} entry */
function queueText({ position, seconds }) {
  const place = position && position > 0 ? `In the queue, number ${position}` : "In the queue";
  return seconds ? `${place}, about ${duration(seconds)}` : place;
}

export class Cards {
  /** @param {import("./queue.js").Queue} queue @param {(id: string) => void} open */
  constructor(queue, open) {
    this.queue = queue;
    this.open = open;
    /** @type {Map<number, {card: HTMLLIElement, state: string, text: HTMLElement, bar: HTMLProgressElement, buttons: HTMLElement, more: HTMLElement}>} */
    this.shown = new Map();
    byId("clear-files").addEventListener("click", () => this.clear());
    setInterval(() => this.tick(), 1000);
  }

  /** @param {Entry} entry */
  show(entry) {
    const parts = this.shown.get(entry.key) ?? this.add(entry);
    const { text, value } = STAGES[entry.state](entry);
    if (parts.text.textContent !== text) parts.text.textContent = text;
    if (value === undefined) parts.bar.removeAttribute("value");
    else parts.bar.value = value;
    if (parts.state !== entry.state) this.turn(entry, parts, text);
    parts.buttons.querySelectorAll("button").forEach((one) => (one.disabled = entry.cancelling));
    if (entry.state === "processing" && text) announce(`${entry.file.name}: ${text}`);
  }

  /** @param {Entry} entry */
  add(entry) {
    const { name, size: bytes } = entry.file;
    const text = el("p", { class: "card-state" });
    const bar = el("progress", { max: 1, "aria-label": `Progress of ${name}` });
    const [buttons, more] = [el("div", { class: "card-buttons" }), el("div", { class: "card-more" })];
    const kind = el("span", { class: "card-icon" }, icon(isPdf(entry.file) ? "pages" : "picture"));
    const title = el("h3", { tabindex: -1 }, el("span", { class: "name" }, name), el("span", { class: "small muted" }, size(bytes)));
    const card = el("li", { class: "card" }, kind, el("div", { class: "card-body" }, title, text, bar, more), buttons);
    byId("cards").append(card);
    byId("files").hidden = false;
    const parts = { card, state: "", text, bar, buttons, more };
    this.shown.set(entry.key, parts);
    return parts;
  }

  /** The card of a file that has come to another state. @param {Entry} entry @param {any} parts @param {string} text */
  turn(entry, parts, text) {
    const focused = parts.card.contains(document.activeElement);
    parts.state = entry.state;
    parts.card.dataset.state = entry.state;
    parts.bar.hidden = ended(entry);
    put(parts.buttons, ...this.actions(entry));
    put(parts.more, ...(entry.state === "failed" ? this.failure(entry) : []));
    if (focused) (parts.buttons.querySelector("button") ?? parts.card.querySelector("h3")).focus();
    if (text && entry.state !== "sending") announce(`${entry.file.name}: ${text}`);
    byId("clear-files").hidden = !this.queue.entries.some(ended);
  }

  /** @param {Entry} entry */
  actions(entry) {
    const { name } = entry.file;
    if (entry.state === "completed") return [labelled(button("Open", () => this.open(entry.job), { class: "primary" }), `Open ${name}`)];
    if (entry.state === "cancelled") return [labelled(button("Read it after all", () => this.queue.again(entry)), `Read ${name} after all`)];
    if (entry.state === "failed") return [];
    return [labelled(button("Cancel", () => this.cancel(entry)), `Cancel ${name}`)];
  }

  /** @param {Entry} entry */
  failure(entry) {
    const { title, next, problem } = explained(entry.error);
    alarm(`${entry.file.name}: ${title}. ${next}`);
    const again = button("Try again", () => this.queue.again(entry));
    const help = problem.code === "password_required" ? this.unlock(entry) : problem.retryable || problem.code === "invalid_request" ? again : null;
    return [el("p", { class: "error-title" }, title), el("p", { class: "error-next" }, next), help];
  }

  /** @param {Entry} entry */
  unlock(entry) {
    const field = el("input", { type: "password", autocomplete: "off", required: true, "aria-label": `Password of ${entry.file.name}`, placeholder: "Password" });
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.queue.again(entry, { password: field.value });
    };
    return el("form", { class: "unlock", on: { submit } }, field, el("button", { class: "primary" }, "Unlock and read"));
  }

  /** @param {Entry} entry */
  async cancel(entry) {
    try {
      await this.queue.cancel(entry);
    } catch (error) {
      toast(`It could not be cancelled. ${explained(error).next}`);
    }
  }

  /** Countdowns. */
  tick() {
    for (const entry of this.queue.entries) if (entry.state === "paused") this.show(entry);
  }

  clear() {
    for (const entry of this.queue.entries.filter(ended)) {
      this.shown.get(entry.key)?.card.remove();
      this.shown.delete(entry.key);
      this.queue.drop(entry);
    }
    byId("files").hidden = this.queue.entries.length === 0;
    byId("clear-files").hidden = true;
    byId("title").focus();
  }
}

/** Several buttons of one name need a longer one for those who hear them out of place. @param {HTMLButtonElement} one @param {string} label */
function labelled(one, label) {
  one.setAttribute("aria-label", label);
  return one;
}
