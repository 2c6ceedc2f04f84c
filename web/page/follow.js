// Following a job to its end: by server-sent events, or by asking again and again where those do not come through.

import { Problem, events, readJob } from "./api.js";

/**
 * How a job stands.
 * @typedef {{status: string, done: number, total: number | null, position?: number | null, seconds?: number | null}} Standing
 */

const FINAL = ["job_completed", "job_failed", "job_cancelled"];
const UNDERWAY = ["job_queued", "job_started", "job_progress"];
const PATIENCE = 4;
/** A browser opens six connections to one server at most; these leave some for uploads and pictures. */
const AT_ONCE = 3;

let free = AT_ONCE;
/** @type {(() => void)[]} */
const waiting = [];

/**
 * The job as it was in the end. Raises a Problem when it is no longer there.
 * @param {string} id @param {(standing: Standing) => void} tell @param {AbortSignal} signal @returns {Promise<any>}
 */
export async function follow(id, tell, signal) {
  await turn();
  try {
    const job = await readJob(id, 0, signal).catch(passing);
    if (job?.ready) return job;
    if (job) tell(standing(job));
    await listen(id, tell, signal);
    return await poll(id, tell, signal);
  } finally {
    free += 1;
    waiting.shift()?.();
  }
}

/** Wait until one of the few places to follow from is free. */
async function turn() {
  while (free === 0) await new Promise((resolve) => waiting.push(() => resolve(null)));
  free -= 1;
}

/** What may be over in a moment is nothing to give up for. @param {unknown} error */
function passing(error) {
  if (!(error instanceof Problem) || [404, 410].includes(error.status)) throw error;
  return null;
}

/** @param {any} job @returns {Standing} */
function standing(job) {
  return {
    status: job.state ?? job.status,
    done: job.progress?.done ?? 0,
    total: job.progress?.total ?? null,
    position: job.queue_position,
    seconds: job.estimated_time_seconds,
  };
}

/**
 * Ends with the last event, or when events do not come through; the browser itself connects again after a break.
 * @param {string} id @param {(standing: Standing) => void} tell @param {AbortSignal} signal
 */
async function listen(id, tell, signal) {
  const source = await events(id).catch(passing);
  if (!source || signal.aborted) return source?.close();
  return heardOut(source, tell, signal);
}

/** @param {EventSource} source @param {(standing: Standing) => void} tell @param {AbortSignal} signal */
function heardOut(source, tell, signal) {
  return new Promise((resolve) => {
    let failures = 0;
    const end = () => {
      source.close();
      signal.removeEventListener("abort", end);
      resolve(null);
    };
    const heard = (/** @type {MessageEvent} */ event) => {
      failures = 0;
      const data = parsed(event.data);
      if (data) tell(standing(data));
    };
    for (const name of UNDERWAY) source.addEventListener(name, heard);
    for (const name of FINAL) source.addEventListener(name, end);
    source.onerror = () => {
      failures += 1;
      if (source.readyState === EventSource.CLOSED || failures >= PATIENCE) end();
    };
    signal.addEventListener("abort", end);
  });
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {string} id @param {(standing: Standing) => void} tell @param {AbortSignal} signal */
async function poll(id, tell, signal) {
  for (let round = 0; ; round += 1) {
    let pause = 0;
    try {
      const job = await readJob(id, round < 30 ? 1 : 3, signal);
      if (job.ready) return job;
      tell(standing(job));
    } catch (error) {
      passing(error);
      pause = /** @type {Problem} */ (error).wait || Math.min(10, 1 + round);
    }
    await sleep(pause, signal);
  }
}

/** @param {number} seconds @param {AbortSignal} signal */
export function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new DOMException("cancelled", "AbortError"));
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve(null);
    }, 1000 * seconds);
  });
}
