/**
 * Figures as text: three significant digits, the unit apart so that it can be shown lighter. Pure.
 *
 * `Format` follows the units a person chose; the functions beside it know no choice.
 * Not here: what is shown where; what an unknown figure is called (reasons).
 *
 * @typedef {[figure: string, unit: string]} Parts
 *
 * @typedef {"core_pct" | "cores" | "host_pct" | "limit_pct"} CpuUnit
 *
 * @typedef {object} CpuOf whose CPU it is; null or left out: not known, or without a limit
 * @property {number | null} [cores] of the host
 * @property {number | null} [limitCores] of the container
 */

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
const RATES = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
const BIT_RATES = ["bit", "kbit", "Mbit", "Gbit", "Tbit", "Pbit", "Ebit"];
const BITS = 8;
const TOO_LONG = 99_999.5; // a stranger may send any number: it must not break the page

/**
 * How CPU can be told: in a column's head, beside a figure, and with how many decimals, always as many, so that the
 * points of a column stand below each other. In the order in which one press goes through them.
 *
 * @type {Readonly<Record<CpuUnit, { name: string, sign: string, decimals: number }>>}
 */
export const CPU_UNITS = Object.freeze({
  core_pct: { name: "% of a core", sign: "%", decimals: 1 },
  cores: { name: "cores", sign: "cores", decimals: 2 },
  host_pct: { name: "% of the host", sign: "%", decimals: 2 },
  limit_pct: { name: "% of its limit", sign: "%", decimals: 1 },
});

/** The unit after `unit`. @param {CpuUnit} unit @returns {CpuUnit} */
export function nextCpuUnit(unit) {
  const all = /** @type {CpuUnit[]} */ (Object.keys(CPU_UNITS));
  return all[(all.indexOf(unit) + 1) % all.length] ?? "core_pct";
}

/** Figures in the units of a person's settings. */
export class Format {
  /** @param {{ cpuUnit: CpuUnit, base: "iec" | "si", rates: "bytes" | "bits" }} settings */
  constructor({ cpuUnit, base, rates }) {
    this.cpuUnit = cpuUnit;
    this.base = base;
    this.rates = rates;
  }

  /** A size in memory. @param {number} size in bytes @returns {Parts} */
  bytes(size) {
    return this.base === "iec" ? bytes(size) : rate(size);
  }

  /** A size that stands still, without its empty decimals: `4 GiB`. @param {number} size in bytes */
  limit(size) {
    return still(this.bytes(size));
  }

  /** A rate, without the `/s` that stands in the column's head. @param {number} perSecond bytes @returns {Parts} */
  rate(perSecond) {
    return this.rates === "bytes" ? rate(perSecond) : scaled(perSecond * BITS, 1000, BIT_RATES);
  }

  /**
   * CPU in the chosen unit; null where there is none of it: no limit, or a host whose cores are not known.
   *
   * @param {number} pct where 100 is one core
   * @param {CpuOf} [of]
   * @returns {{ figure: string, unit: string } | null}
   */
  cpu(pct, of = {}) {
    const value = this.cpuValue(pct, of);
    const { sign, decimals } = CPU_UNITS[this.cpuUnit];
    return value === null ? null : { figure: fixed(value, decimals), unit: sign };
  }

  /** The same as a number, for a chart's axis or an export. @param {number} pct @param {CpuOf} [of] */
  cpuValue(pct, { cores: whole = null, limitCores = null } = {}) {
    switch (this.cpuUnit) {
      case "core_pct":
        return pct;
      case "cores":
        return pct / 100;
      case "host_pct":
        return whole !== null && whole > 0 ? pct / whole : null;
      case "limit_pct":
        return limitCores !== null && limitCores > 0 ? pct / limitCores : null;
    }
  }
}

/** @param {number} value @param {number} decimals */
function fixed(value, decimals) {
  return value >= TOO_LONG ? value.toExponential(1) : value.toFixed(decimals);
}

/** Rounded to three significant digits and at most two decimals: 213, 48.3, 6.60, 0.31. @param {number} value */
export function digits(value) {
  if (value >= TOO_LONG) return value.toExponential(1);
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
  return still(bytes(size));
}

/** @param {Parts} parts */
function still([figure, unit]) {
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

/** The time of day in this browser's zone: `12:04:30`. @param {number} at milliseconds since 1970 */
export function clock(at) {
  return CLOCK.format(at);
}

/** The time of day for other zones, in UTC. @param {number} at milliseconds since 1970 */
export function utcClock(at) {
  return utc(at).slice(11, 19);
}

/** An instant for other programs and other zones: `2026-11-24T12:04:30Z`. @param {number} at milliseconds since 1970 */
export function utc(at) {
  return new Date(Math.round(at)).toISOString().replace(".000Z", "Z");
}
