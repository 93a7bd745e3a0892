/**
 * The time and the timers of whoever depends on them, as an argument.
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(call: () => void, ms: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random from 0 to 1
 */

/** The browser's clock. @type {Clock} */
export const browserClock = {
  now: () => Date.now(),
  setTimeout: (call, ms) => setTimeout(call, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  random: () => Math.random(),
};
