/**
 * How much of the drawer is no chart: told to its style sheet, so that all charts are in sight where that can be.
 *
 * What stands above them comes and goes (why it is slow), and wraps. Not here: how high a chart may be (detail.css).
 */

import { Frame } from "./frame.js";

/**
 * Keeps `--beside` of the drawer right.
 *
 * @param {HTMLElement} drawer
 * @param {HTMLElement} charts
 * @param {Iterable<Element>} above what is above the charts
 */
export function keepChartRoom(drawer, charts, above) {
  let told = 0;
  const frame = new Frame(() => {
    const plots = [...charts.querySelectorAll("canvas")].reduce((sum, canvas) => sum + canvas.offsetHeight, 0);
    const bottom = charts.getBoundingClientRect().bottom - drawer.getBoundingClientRect().top + drawer.scrollTop;
    const beside = Math.ceil(bottom - plots);
    if (beside === told || charts.offsetHeight === 0) return;
    told = beside;
    drawer.style.setProperty("--beside", `${beside}px`);
  });
  const observer = new ResizeObserver(() => frame.request());
  for (const element of [...above, charts]) observer.observe(element);
}
