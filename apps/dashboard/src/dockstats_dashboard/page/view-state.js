/**
 * What a person looks at: filter, order, grouping, the open container, pins, range, instant. One value, replaced as a
 * whole by each change, so that whoever drew it can tell by identity whether it is new.
 *
 * Not here: how it stands in the address bar (url), what stays between visits (settings), the past itself (time-machine).
 *
 * @typedef {"none" | "host" | "project" | "image"} GroupBy
 *
 * @typedef {object} State
 * @property {string} filter as typed
 * @property {{ column: string, descending: boolean }} sort
 * @property {GroupBy} group
 * @property {string[]} collapsed names of the groups that are closed
 * @property {string | null} open key of the container in the drawer
 * @property {string[]} pinned keys, in the order they were pinned
 * @property {boolean} compare whether the pinned ones are shown in one chart
 * @property {number} rangeMs how much the detail's charts show, one of RANGES_MS
 * @property {{ from: number, to: number } | null} zoom a part of the range, in milliseconds on the dashboard's clock
 * @property {number | null} instant when the page stands still at, on the same clock; null: it is live
 * @property {boolean} kiosk only figures, for a screen on the wall
 * @property {boolean} doctor the self-test instead of the table
 */

export const RANGES_MS = Object.freeze([60_000, 300_000, 900_000, 1_800_000]);

/** @type {readonly GroupBy[]} */
export const GROUPS = Object.freeze(["none", "host", "project", "image"]);

export const MAX_PINNED = 8; // more lines than that in one chart cannot be told apart
export const MAX_FILTER_CHARS = 500;
const MAX_COLLAPSED = 500;

/** @type {Readonly<State>} */
export const INITIAL = Object.freeze({
  filter: "",
  sort: Object.freeze({ column: "cpu", descending: true }),
  group: "none",
  collapsed: [],
  open: null,
  pinned: [],
  compare: false,
  rangeMs: 300_000,
  zoom: null,
  instant: null,
  kiosk: false,
  doctor: false,
});

export class ViewState {
  /** @type {Set<(state: Readonly<State>, before: Readonly<State>) => void>} */
  #listeners = new Set();

  /** @param {Partial<State>} [state] where it begins, as from the address bar */
  constructor(state = {}) {
    /** @type {Readonly<State>} */
    this.state = within({ ...INITIAL, ...state });
  }

  /**
   * Changes what `patch` names; listeners hear of it only when something became different.
   *
   * @param {Partial<State>} patch
   */
  set(patch) {
    const before = this.state;
    const next = within({ ...before, ...patch });
    if (sameValue(before, next)) return;
    this.state = next;
    for (const listener of [...this.#listeners]) listener(next, before);
  }

  /** Pins or unpins; false: there are MAX_PINNED already. @param {string} key */
  togglePin(key) {
    const { pinned } = this.state;
    const without = pinned.filter((other) => other !== key);
    if (without.length === pinned.length && pinned.length >= MAX_PINNED) return false;
    this.set({ pinned: without.length < pinned.length ? without : [...pinned, key] });
    return true;
  }

  /**
   * @param {(state: Readonly<State>, before: Readonly<State>) => void} listener
   * @returns {() => boolean} call it to hear no more; false: it had been called
   */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The same, within its bounds: what cannot be shown is not kept. @param {State} state @returns {State} */
function within(state) {
  const pinned = [...new Set(state.pinned)].slice(0, MAX_PINNED);
  const { zoom } = state;
  return {
    ...state,
    filter: state.filter.slice(0, MAX_FILTER_CHARS),
    collapsed: [...new Set(state.collapsed)].slice(-MAX_COLLAPSED),
    pinned,
    compare: state.compare && pinned.length > 0,
    zoom: zoom !== null && zoom.from < zoom.to ? zoom : null,
  };
}

/** @param {State} one @param {State} other */
function sameValue(one, other) {
  return JSON.stringify(one) === JSON.stringify(other); // small and rare: a person's actions
}
