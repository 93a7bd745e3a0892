/**
 * Elements without markup: text can only ever become text.
 *
 * Not here: changing them later (frame).
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * An element and the one text node in it.
 *
 * @param {keyof HTMLElementTagNameMap} tag
 * @param {string} className
 * @returns {{ element: HTMLElement, text: Text }}
 */
export function textElement(tag, className) {
  const text = document.createTextNode("");
  return { element: element(tag, className, text), text };
}

/** A bar that `setShare` fills. @returns {{ element: HTMLElement, fill: HTMLElement }} */
export function bar() {
  const fill = element("span", "fill");
  return { element: element("span", "bar", fill), fill };
}
