/**
 * Tells when the machine, or this page, was asleep: a timer that comes far too late.
 *
 * Not here: what to do about it (stream).
 *
 * @typedef {import("./clock.js").Clock} Clock
 */

const TICK_MS = 1000;
const JUMP_MS = 5000; // later than any busy page makes a timer

/**
 * @param {Clock} clock
 * @param {() => void} onWake
 * @returns {() => void} ends it
 */
export function watchForWake(clock, onWake) {
  let before = clock.now();
  const look = () => {
    const late = clock.now() - before - TICK_MS;
    before = clock.now();
    timer = clock.setTimeout(look, TICK_MS);
    if (late > JUMP_MS) onWake();
  };
  let timer = clock.setTimeout(look, TICK_MS);
  return () => clock.clearTimeout(timer);
}
