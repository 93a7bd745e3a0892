/**
 * The theme's colours for what is drawn on a canvas: the style sheet's own, read again when the theme changed.
 *
 * Not here: the colours themselves (style, detail), drawing (paint).
 */

const dark = matchMedia("(prefers-color-scheme: dark)");
/** @type {Map<string, string>} */
const known = new Map();
let knownTheme = "";

/** The theme in effect: whoever drew with another one must draw anew. */
export function theme() {
  return `${document.documentElement.dataset["theme"] ?? ""} ${dark.matches}`;
}

/** The colour of a custom property, such as `--chart-line`. @param {string} name */
export function colour(name) {
  if (knownTheme !== theme()) {
    known.clear();
    knownTheme = theme();
  }
  let value = known.get(name);
  if (value === undefined) {
    const { head } = document; // a canvas understands no function such as `light-dark`, which this works out
    head.style.color = `var(${name})`;
    value = getComputedStyle(head).color;
    known.set(name, value);
  }
  return value;
}
