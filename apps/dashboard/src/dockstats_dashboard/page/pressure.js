/**
 * Pressure: the share of time in which something waited for CPU, memory or disk (the kernel's "some"). Pure.
 *
 * Not here: where it is measured; how it is written (format).
 *
 * @typedef {object} Pressures
 * @property {number | null} cpu_pressure_pct
 * @property {number | null} mem_pressure_pct
 * @property {number | null} io_pressure_pct
 *
 * @typedef {{ of: "cpu" | "memory" | "io", pct: number }} Pressure
 */

/** The largest of the three; null when none is known. @param {Pressures | null} figures @returns {Pressure | null} */
export function worstPressure(figures) {
  return pressuresOf(figures).reduce(worse, null);
}

/** Those that are known. @param {Pressures | null} figures @returns {Pressure[]} */
export function pressuresOf(figures) {
  if (figures === null) return [];
  /** @type {Pressure[]} */
  const found = [];
  if (figures.io_pressure_pct !== null) found.push({ of: "io", pct: figures.io_pressure_pct });
  if (figures.cpu_pressure_pct !== null) found.push({ of: "cpu", pct: figures.cpu_pressure_pct });
  if (figures.mem_pressure_pct !== null) found.push({ of: "memory", pct: figures.mem_pressure_pct });
  return found;
}

/** @param {Pressure | null} one @param {Pressure} other */
function worse(one, other) {
  return one === null || other.pct > one.pct ? other : one;
}
