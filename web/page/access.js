// Who uses the page: asks for a key where the service wants one, and shows whose jobs these are.

import { Problem, me } from "./api.js";
import { announce, byId, put } from "./dom.js";
import { forgetKey, key, setKey } from "./key.js";

const WRONG = "This key is not valid here, or not any more. Check it, or ask for a new one.";

/** Ends when the service knows who calls, or wants to know nothing; until then a dialog asks. @returns {Promise<void>} */
export async function signIn() {
  const found = await known();
  if (found) return shown(found);
  forgetKey();
  return asked();
}

/** @returns {Promise<any>} null where the service wants a key, or another one; nothing is known where it cannot be reached */
async function known() {
  try {
    return await me();
  } catch (error) {
    return error instanceof Problem && error.status === 401 ? null : {};
  }
}

/** @param {any} found */
function shown(found) {
  if (!key()) return;
  const out = byId("sign-out");
  put(byId("who"), found.tenant ? `${found.subject} · ${found.tenant}` : "");
  out.hidden = byId("who").hidden = false;
  out.addEventListener("click", () => {
    forgetKey();
    location.reload();
  });
}

function asked() {
  const dialog = /** @type {HTMLDialogElement} */ (byId("key-dialog"));
  const input = /** @type {HTMLInputElement} */ (byId("key-input"));
  const keep = /** @type {HTMLInputElement} */ (byId("key-keep"));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  return new Promise((resolve) =>
    byId("key-form").addEventListener("submit", async (event) => {
      event.preventDefault();
      setKey(input.value.trim(), keep.checked);
      const found = await known();
      if (!found) {
        forgetKey();
        byId("key-error").textContent = WRONG;
        return input.select();
      }
      dialog.close();
      shown(found);
      announce("The key is right.");
      resolve(undefined);
    }),
  );
}
