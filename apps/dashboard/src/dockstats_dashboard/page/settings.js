/**
 * What a person chose once and finds again on the next visit: columns, units, theme, thresholds. In this browser only.
 *
 * Whatever the browser kept is believed only field by field: an older page or another program may have written it.
 * Without a store (private window, full, forbidden) they last as long as the page. Tabs follow each other.
 * Not here: what a person looks at (view-state), where thresholds are applied (thresholds).
 *
 * @typedef {import("./format.js").CpuUnit} CpuUnit
 *
 * @typedef {object} ColumnChoice
 * @property {string} id
 * @property {boolean} shown
 * @property {number | null} width in CSS pixels; null: as wide as the table thinks
 *
 * @typedef {object} Thresholds null: no threshold
 * @property {number | null} cpu % of a core
 * @property {number | null} memory % of the container's limit
 * @property {number | null} pressure % of the time
 * @property {number} holdS for how many seconds a value is over before it notifies
 * @property {boolean} notify by the browser's own notification
 *
 * @typedef {object} SettingsValue
 * @property {ColumnChoice[]} columns in their order; the table adds those it knows and this does not, and skips the rest
 * @property {CpuUnit} cpuUnit
 * @property {"iec" | "si"} base of sizes: 1024 or 1000
 * @property {"bytes" | "bits"} rates
 * @property {"auto" | "dark" | "light"} theme
 * @property {Thresholds} thresholds
 */

import { CPU_UNITS } from "./format.js";

export const STORE_KEY = "dockstats.settings";

const MAX_COLUMNS = 64;
const COLUMN_ID = /^[a-z][a-z0-9_-]{0,31}$/i;
export const WIDTH_PX = { least: 40, most: 640 }; // of a column
const MAX_CPU_PCT = 100_000;
const MAX_HOLD_S = 3600;

/** @type {Readonly<SettingsValue>} */
export const DEFAULTS = Object.freeze({
  columns: [],
  cpuUnit: "core_pct",
  base: "iec",
  rates: "bytes",
  theme: "auto",
  thresholds: Object.freeze({ cpu: null, memory: 90, pressure: null, holdS: 30, notify: false }),
});

/**
 * The part of a browser's window that settings need.
 *
 * @typedef {object} Place
 * @property {Pick<Storage, "getItem" | "setItem">} localStorage reading it may throw
 * @property {(type: "storage", listener: (event: { key: string | null, newValue: string | null }) => void) => void} addEventListener
 */

export class Settings {
  /** @type {Set<(value: Readonly<SettingsValue>, before: Readonly<SettingsValue>) => void>} */
  #listeners = new Set();
  #place;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    /** @type {Readonly<SettingsValue>} */
    this.value = parse(this.#read());
    place.addEventListener("storage", ({ key, newValue }) => {
      if (key === STORE_KEY || key === null) this.#take(parse(newValue)); // another tab; no key: all was cleared
    });
  }

  /** @param {Partial<SettingsValue>} patch */
  set(patch) {
    const next = checked({ ...this.value, ...patch });
    if (!this.#take(next)) return;
    try {
      this.#place.localStorage.setItem(STORE_KEY, JSON.stringify(next));
    } catch {
      // full or forbidden: it holds for this visit
    }
  }

  /** Everything as on the first visit. */
  reset() {
    this.set(DEFAULTS);
  }

  /**
   * @param {(value: Readonly<SettingsValue>, before: Readonly<SettingsValue>) => void} listener
   * @returns {() => void} call it to hear no more
   */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param {SettingsValue} next */
  #take(next) {
    const before = this.value;
    if (JSON.stringify(before) === JSON.stringify(next)) return false;
    this.value = next;
    for (const listener of [...this.#listeners]) listener(next, before);
    return true;
  }

  #read() {
    try {
      return this.#place.localStorage.getItem(STORE_KEY);
    } catch {
      return null;
    }
  }
}

/** @param {string | null} text @returns {SettingsValue} */
function parse(text) {
  try {
    return checked(JSON.parse(text ?? "null"));
  } catch {
    return checked(null);
  }
}

/**
 * Field by field what is right, and the default for the rest; always with the fields in one order.
 *
 * @param {unknown} given
 * @returns {SettingsValue}
 */
export function checked(given) {
  const fields = record(given);
  const thresholds = record(fields["thresholds"]);
  const usual = DEFAULTS.thresholds;
  return {
    columns: columnsOf(fields["columns"]),
    cpuUnit: oneOf(/** @type {CpuUnit[]} */ (Object.keys(CPU_UNITS)), fields["cpuUnit"], DEFAULTS.cpuUnit),
    base: oneOf(["iec", "si"], fields["base"], DEFAULTS.base),
    rates: oneOf(["bytes", "bits"], fields["rates"], DEFAULTS.rates),
    theme: oneOf(["auto", "dark", "light"], fields["theme"], DEFAULTS.theme),
    thresholds: {
      cpu: threshold(thresholds["cpu"], MAX_CPU_PCT, usual.cpu),
      memory: threshold(thresholds["memory"], 100, usual.memory),
      pressure: threshold(thresholds["pressure"], 100, usual.pressure),
      holdS: isWithin(thresholds["holdS"], 0, MAX_HOLD_S) ? thresholds["holdS"] : usual.holdS,
      notify: thresholds["notify"] === true,
    },
  };
}

/** @param {unknown} given @returns {ColumnChoice[]} */
function columnsOf(given) {
  if (!Array.isArray(given)) return [];
  /** @type {Map<string, ColumnChoice>} */
  const found = new Map();
  for (const entry of given.slice(0, MAX_COLUMNS)) {
    const { id, shown, width } = record(entry);
    if (typeof id !== "string" || !COLUMN_ID.test(id) || found.has(id)) continue;
    const fits = isWithin(width, WIDTH_PX.least, WIDTH_PX.most);
    found.set(id, { id, shown: shown !== false, width: fits ? Math.round(width) : null });
  }
  return [...found.values()];
}

/** @param {unknown} given @returns {Record<string, unknown>} */
function record(given) {
  return typeof given === "object" && given !== null ? /** @type {Record<string, unknown>} */ (given) : {};
}

/**
 * @template {string} Choice
 * @param {readonly Choice[]} choices
 * @param {unknown} given
 * @param {Choice} usual
 */
function oneOf(choices, given, usual) {
  return choices.find((choice) => choice === given) ?? usual;
}

/** @param {unknown} given @param {number} most @param {number | null} usual */
function threshold(given, most, usual) {
  if (given === null) return null;
  return isWithin(given, 0, most) && given > 0 ? given : usual;
}

/** @param {unknown} given @param {number} least @param {number} most @returns {given is number} */
function isWithin(given, least, most) {
  return typeof given === "number" && given >= least && given <= most;
}
