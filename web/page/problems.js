// Errors in human words: a title, and what to do next.

import { Problem } from "./api.js";

/** By code. `next` is said instead of the service's own sentence where that speaks to programs. @type {Record<string, {title: string, next?: string}>} */
const SAID = {
  unsupported_type: { title: "This kind of file cannot be read" },
  unreadable_file: { title: "This file is damaged" },
  no_pages: { title: "This document has no pages" },
  empty_upload: { title: "This file is empty", next: "Choose it again, or save it anew." },
  too_many_pixels: { title: "This picture is too large" },
  too_many_pages: { title: "Too many pages at once", next: "Open Options and name the pages you need, such as 1-20." },
  page_out_of_range: { title: "There is no such page", next: "Open Options and correct the pages, or leave them empty for all." },
  password_required: { title: "This PDF is locked", next: "Type its password to have it read." },
  upload_too_large: { title: "This file is too large" },
  unauthorized: { title: "Your key is not valid any more", next: "Reload the page and type another one." },
  insufficient_scope: { title: "Your key does not let you do this" },
  quota_exceeded: { title: "The pages of this day are used up" },
  rate_limited: { title: "Too many requests in a short time", next: "Wait a little, then try again." },
  offline: { title: "You are offline" },
  unreachable: { title: "The service cannot be reached" },
  unavailable: { title: "The service is busy", next: "Try again in a moment." },
  queue_full: { title: "The service is busy" },
  broker_unavailable: { title: "The service is not quite there", next: "Try again in a few seconds." },
  storage_full: { title: "The service has no space left" },
  worker_lost: { title: "The reading was interrupted" },
  processing_timeout: { title: "This took too long" },
  capability_unavailable: { title: "This cannot be done here" },
  invalid_request: { title: "An option is not right", next: "Open Options, correct it, then try again." },
  unknown_job: { title: "This file is no longer there", next: "It has expired or was deleted. Drop it again to have it read anew." },
  job_expired: { title: "This file has expired", next: "Files are kept for a while only. Drop it again to have it read anew." },
  job_cancelled: { title: "This was cancelled", next: "Drop the file again to have it read." },
};

/** @param {unknown} error @returns {{title: string, next: string, problem: Problem}} */
export function explained(error) {
  const problem = error instanceof Problem ? error : new Problem("unknown", "Reload the page and try again. If it goes on, tell the service's operator.");
  if (!(error instanceof Problem)) console.error(error);
  const said = SAID[problem.code];
  const next = said?.next && !(problem.code === "invalid_request" && problem.message) ? said.next : problem.message;
  return { title: said?.title ?? "Something went wrong", next, problem };
}

/** A job's own error. @param {{code: string, message: string, retryable?: boolean}} error */
export function ofJob(error) {
  return new Problem(error.code, error.message, { retryable: error.retryable });
}
