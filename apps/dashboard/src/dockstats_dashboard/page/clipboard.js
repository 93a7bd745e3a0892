/**
 * Text to the clipboard, also on a page without https, where browsers hide their clipboard from scripts.
 *
 * Not here: what is copied.
 */

import { element } from "./dom.js";

/** @param {string} text @returns {Promise<boolean>} whether it is there */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text); // no https, or not allowed
  }
}

/** The old way: from a field that has it selected. @param {string} text */
function copySelected(text) {
  const focused = document.activeElement;
  const field = element("textarea", "unseen");
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field); // beside an open dialog nothing takes the focus
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }
}
