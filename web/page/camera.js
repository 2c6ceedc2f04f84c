// A photo as a file: by the phone's own camera app, or by the camera of this computer.

import { byId, toast } from "./dom.js";

/** @param {(files: File[]) => void} take */
export function installCamera(take) {
  const input = /** @type {HTMLInputElement} */ (byId("camera-input"));
  const dialog = /** @type {HTMLDialogElement} */ (byId("camera-dialog"));
  const view = /** @type {HTMLVideoElement} */ (byId("camera-view"));
  const phone = matchMedia("(pointer: coarse)").matches || !navigator.mediaDevices;
  byId("camera").addEventListener("click", () => (phone ? input.click() : start(dialog, view)));
  view.addEventListener("loadeddata", () => ready(true));
  byId("camera-close").addEventListener("click", () => dialog.close());
  byId("camera-take").addEventListener("click", async () => {
    const photo = await snap(view);
    dialog.close();
    if (photo) take([photo]);
  });
  dialog.addEventListener("close", () => stop(view));
}

/** @param {boolean} is whether there is something to take a photo of */
function ready(is) {
  /** @type {HTMLButtonElement} */ (byId("camera-take")).disabled = !is;
}

/** @param {HTMLDialogElement} dialog @param {HTMLVideoElement} view */
async function start(dialog, view) {
  try {
    const wanted = { facingMode: "environment", width: { ideal: 2560 }, height: { ideal: 1440 } };
    view.srcObject = await navigator.mediaDevices.getUserMedia({ video: wanted });
    ready(false);
    dialog.showModal();
  } catch (error) {
    const denied = error instanceof DOMException && error.name === "NotAllowedError";
    toast(denied ? "The browser does not let this page use the camera. Allow it in the address bar, or choose a file." : "No camera was found. Choose a file instead.");
  }
}

/** @param {HTMLVideoElement} view @returns {Promise<File | null>} */
function snap(view) {
  const canvas = document.createElement("canvas");
  canvas.width = view.videoWidth;
  canvas.height = view.videoHeight;
  canvas.getContext("2d")?.drawImage(view, 0, 0);
  const name = `photo-${new Date().toISOString().slice(0, 19).replace(/[T:]/g, "-")}.jpg`;
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob && new File([blob], name, { type: "image/jpeg" })), "image/jpeg", 0.92));
}

/** @param {HTMLVideoElement} view */
function stop(view) {
  const stream = /** @type {MediaStream | null} */ (view.srcObject);
  stream?.getTracks().forEach((track) => track.stop());
  view.srcObject = null;
}
