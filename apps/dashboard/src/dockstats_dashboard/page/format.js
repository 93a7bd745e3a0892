/**
 * Figures as text: three significant digits, the unit apart so that it can be shown lighter. Pure.
 *
 * Not here: what is shown where; what an unknown figure is called (reasons).
 *
 * @typedef {[figure: string, unit: string]} Parts
 */

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
const RATES = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

/** Rounded to three significant digits and at most two decimals: 213, 48.3, 6.60, 0.31. @param {number} value */
export function digits(value) {
  if (value >= 99_999.5) return value.toExponential(1); // a stranger may send any number: it must not break the page
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return value === 0 ? "0" : value.toFixed(decimals);
}

/** CPU in percent of a core. @param {number} pct */
export function percent(pct) {
  return digits(pct);
}

/** CPU as cores. @param {number} pct where 100 is one core */
export function cores(pct) {
  return digits(pct / 100);
}

/** A size in memory. @param {number} size in bytes @returns {Parts} */
export function bytes(size) {
  return scaled(size, 1024, BYTES);
}

/** A size that stands still, such as a limit, without its empty decimals: `4 GiB`. @param {number} size in bytes */
export function limit(size) {
  const [figure, unit] = bytes(size);
  return `${Number(figure)} ${unit}`;
}

/**
 * A rate; the unit without its `/s`, which stands in the column's head.
 *
 * @param {number} perSecond
 * @returns {Parts}
 */
export function rate(perSecond) {
  return scaled(perSecond, 1000, RATES);
}

/**
 * @param {number} value
 * @param {number} step from one unit to the next
 * @param {string[]} units the first one has no decimals
 * @returns {Parts}
 */
function scaled(value, step, units) {
  let place = 0;
  while (value >= 999.5 && place < units.length - 1) {
    value /= step;
    place += 1;
  }
  return [place === 0 ? value.toFixed(0) : digits(value), /** @type {string} */ (units[place])];
}

/** A length of time: `0.5 s`, `42 s`, `3 min`, `2 h 10 min`, `3 d 4 h`. @param {number} ms */
export function duration(ms) {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${Number(seconds.toFixed(seconds < 0.95 ? 2 : 1))} s`;
  if (seconds < 59.5) return `${seconds.toFixed(0)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return hours < 10 && minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return days < 10 && hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
}

/**
 * How old, in whole seconds, so that it holds still while figures come: `< 1 s`, `1 s`, `42 s`, `3 min`.
 *
 * @param {number} ms
 */
export function age(ms) {
  if (ms < 1000) return "< 1 s";
  return ms < 59_500 ? `${Math.floor(ms / 1000)} s` : duration(ms);
}

/** Seconds until something, at least 1, so that a countdown never says 0. @param {number} ms */
export function countdown(ms) {
  return `${Math.max(1, Math.ceil(ms / 1000))} s`;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY_AND_CLOCK = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** An instant: the time of today, or day and time. @param {number} at @param {number} now both in milliseconds */
export function instant(at, now) {
  return Math.abs(now - at) < 12 * 3_600_000 ? CLOCK.format(at) : DAY_AND_CLOCK.format(at);
}
