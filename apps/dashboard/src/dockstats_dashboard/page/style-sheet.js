/**
 * A style sheet that not every visit needs. Whoever needs it brings it beside the module, not in it: a browser never asks
 * again for a module that failed once it was there.
 *
 * Not here: what is in it.
 */

/** By name. @type {Map<string, Promise<void>>} */
const sheets = new Map();

/**
 * Resolves when it is there; after a failure the next call tries again.
 *
 * @param {string} name of its file in the page's folder
 * @returns {Promise<void>}
 */
export function styleSheet(name) {
  const sheet = sheets.get(name) ?? bring(name);
  sheets.set(name, sheet);
  return sheet;
}

/** @param {string} name @returns {Promise<void>} */
function bring(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(name, import.meta.url).href;
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      sheets.delete(name);
      reject(new Error(`${name} did not arrive`));
    };
    document.head.append(link);
  });
}
