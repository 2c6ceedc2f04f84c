// The start page and the results, by the part of the address after `#`.

import { signIn } from "./access.js";
import { readResult } from "./api.js";
import { installCamera } from "./camera.js";
import { Cards } from "./cards.js";
import { alarm, announce, byId, el, put } from "./dom.js";
import { follow } from "./follow.js";
import { History, forgetHere, past, remember } from "./history.js";
import { Options } from "./options.js";
import { explained, ofJob } from "./problems.js";
import { Queue, ended } from "./queue.js";
import { installTheme } from "./theme.js";
import { Viewer } from "./viewer.js";

const TITLE = document.title;

const options = new Options();
const history = new History(open);
/** @type {Cards} */
let cards;
const queue = new Queue(changed, (entry) => {
  remember(entry.job, entry.file.name, entry.expires);
  history.draw();
});
cards = new Cards(queue, open);

/** @type {Viewer | null} */
let viewer = null;
let leaving = new AbortController();

/** @param {string} id */
function open(id) {
  location.hash = `#/job/${encodeURIComponent(id)}`;
}

/** @param {import("./queue.js").Entry} entry */
function changed(entry) {
  cards.show(entry);
  const alone = queue.entries.filter((one) => !ended(one)).length === 0 && added.size === 1 && added.has(entry.key);
  if (entry.state === "completed" && alone && atHome()) open(entry.job);
}

/** The files that came last, together. @type {Set<number>} */
let added = new Set();

/** @param {Iterable<File>} files */
function take(files) {
  const all = [...files];
  if (all.length === 0) return;
  if (!atHome()) location.hash = "#/";
  added = new Set();
  for (const file of all) {
    queue.add(file, options.given(file), options.largest);
    added.add(queue.entries[queue.entries.length - 1].key);
  }
  byId("ideas").hidden = true;
  byId("cards").lastElementChild?.scrollIntoView({ block: "nearest" });
}

const atHome = () => !byId("home").hidden;

/** Show what the address says. */
async function route() {
  const id = named(location.hash);
  leaving.abort();
  leaving = new AbortController();
  viewer?.close();
  viewer = null;
  byId("home").hidden = Boolean(id);
  byId("result").hidden = !id;
  document.body.dataset.view = id ? "result" : "home";
  if (!id) return home();
  return result(id, leaving.signal);
}

/** The job that an address names, also one that somebody mistyped. @param {string} hash */
function named(hash) {
  const id = /^#\/job\/(.+)$/.exec(hash)?.[1];
  try {
    return id && decodeURIComponent(id);
  } catch {
    return id;
  }
}

function home() {
  document.title = TITLE;
  put(byId("result"));
  history.draw();
  if (started) byId("title").focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** @param {string} id @param {AbortSignal} signal */
async function result(id, signal) {
  const name = past().find((one) => one.id === id)?.name ?? "Result";
  document.title = `${name} · OCR`;
  put(byId("result"), el("p", { class: "plain muted", role: "status" }, `Opening ${name} …`));
  try {
    const found = await ready(id, signal);
    await known;
    if (signal.aborted) return;
    viewer = new Viewer(found, options.artifacts);
    document.title = `${found.filename} · OCR`;
    put(byId("result"), viewer.element);
    viewer.sheet.fit();
    announce(`${found.filename} is open.`);
  } catch (error) {
    if (signal.aborted) return;
    failed(id, error);
  }
  byId("result-title").focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** The result, waited for if it is not there yet. @param {string} id @param {AbortSignal} signal */
async function ready(id, signal) {
  const body = await readResult(id, signal);
  if (body.success) return body;
  const tell = (/** @type {import("./follow.js").Standing} */ { done, total }) =>
    put(byId("result"), el("p", { class: "plain muted", role: "status" }, total && total > 1 ? `Still being read: ${done} of ${total} pages are done.` : "Still being read …"));
  tell({ status: body.status, done: 0, total: null });
  const job = await follow(id, tell, signal);
  if (job.status === "failed") throw ofJob(job.error);
  return readResult(id, signal);
}

/** @param {string} id @param {unknown} error */
function failed(id, error) {
  const { title, next, problem } = explained(error);
  const gone = [404, 410].includes(problem.status) || problem.code === "job_cancelled";
  const forget = () => {
    forgetHere(id);
    location.hash = "#/";
  };
  alarm(`${title}. ${next}`);
  put(
    byId("result"),
    el(
      "div",
      { class: "plain failure" },
      el("h1", { id: "result-title", tabindex: -1 }, title),
      el("p", {}, next),
      el("p", { class: "dialog-buttons" }, el("a", { class: "button primary", href: "#/" }, "Back to all files"), !gone && el("button", { type: "button", on: { click: () => void route() } }, "Try again"),
        gone && el("button", { type: "button", on: { click: forget } }, "Remove it from the list")),
    ),
  );
}

function installDrop() {
  let depth = 0;
  const over = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") && event.preventDefault();
  const veil = (/** @type {number} */ by) => {
    depth = Math.max(0, depth + by);
    document.body.classList.toggle("dragging", depth > 0);
  };
  addEventListener("dragenter", () => veil(1));
  addEventListener("dragleave", () => veil(-1));
  addEventListener("dragover", over);
  addEventListener("drop", (event) => {
    veil(-depth);
    over(event);
    take(event.dataTransfer?.files ?? []);
  });
  addEventListener("paste", (event) => take(event.clipboardData?.files ?? []));
}

function installChoosing() {
  for (const id of ["files-input", "camera-input"]) {
    const input = /** @type {HTMLInputElement} */ (byId(id));
    input.addEventListener("change", () => {
      take(input.files ?? []);
      input.value = "";
    });
  }
  byId("choose").addEventListener("click", () => byId("files-input").click());
  for (const idea of /** @type {NodeListOf<HTMLElement>} */ (byId("ideas").querySelectorAll("button"))) {
    idea.addEventListener("click", () => {
      options.prefer(idea.dataset.extract ?? "");
      byId("files-input").click();
    });
  }
}

function installLeaving() {
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  addEventListener("beforeunload", (event) => {
    if (queue.entries.some((entry) => ["waiting", "paused", "sending"].includes(entry.state))) event.preventDefault();
  });
  addEventListener("hashchange", () => void route());
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute("open");
  });
}

let started = false;
installTheme();
installDrop();
installChoosing();
installLeaving();
installCamera(take);
const signedIn = signIn();
const known = signedIn.then(() => options.load()).catch((error) => {
  byId("options").hidden = true;
  console.warn(explained(error).next);
});
void signedIn.then(route).then(() => (started = true));
