/**
 * A style sheet that not every visit needs, beside the modules that do: whoever imports them waits for it, too.
 *
 * Not here: what is in it.
 *
 * @param {string} name of its file in the page's folder
 * @returns {Promise<void>}
 */
export function styleSheet(name) {
  const href = new URL(name, import.meta.url).href;
  const links = /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll("link[rel=stylesheet]"));
  if ([...links].some((link) => link.href === href)) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove(); // the next wish tries again
      reject(new Error(`${name} did not arrive`));
    };
    document.head.append(link);
  });
}
