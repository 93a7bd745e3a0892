/**
 * The keyboard: which key does what. Pure.
 *
 * Not here: doing it (wishes); keys that only mean something within one element, such as arrows in the timeline.
 *
 * @typedef {"filter" | "down" | "up" | "open" | "sort" | "group" | "unit" | "pause" | "pin" | "compare" | "live" |
 *   "time" | "moves" | "changes" | "share" | "keys" | "settings" | "leave"} Action
 *
 * @typedef {object} Binding
 * @property {string[]} keys as `KeyboardEvent.key` names them
 * @property {Action} action
 * @property {string} says
 */

/** In the order in which they are shown. @type {readonly Binding[]} */
export const KEYS = Object.freeze([
  { keys: ["/"], action: "filter", says: "filter" },
  { keys: ["j"], action: "down", says: "next container" },
  { keys: ["k"], action: "up", says: "container before" },
  { keys: ["Enter"], action: "open", says: "its detail" },
  { keys: ["p"], action: "pin", says: "pin it, or let it go" },
  { keys: ["c"], action: "compare", says: "compare what is pinned" },
  { keys: ["s"], action: "sort", says: "sort by the next column" },
  { keys: ["g"], action: "group", says: "group by the next thing" },
  { keys: ["u"], action: "unit", says: "the next unit of CPU" },
  { keys: ["m"], action: "moves", says: "let held rows move" },
  { keys: [" "], action: "pause", says: "pause, or go on" },
  { keys: ["l"], action: "live", says: "back to live" },
  { keys: ["t"], action: "time", says: "to the timeline" },
  { keys: ["d"], action: "changes", says: "what changed" },
  { keys: ["y"], action: "share", says: "copy a link to exactly this" },
  { keys: [","], action: "settings", says: "settings" },
  { keys: ["?"], action: "keys", says: "these keys" },
  { keys: ["Escape"], action: "leave", says: "close, or leave the filter" },
]);

/** Only within one element. */
export const OTHER_KEYS = Object.freeze([
  { keys: ["↑", "↓", "Home", "End"], says: "in the table: the container before, the next, the first, the last" },
  { keys: ["←", "→"], says: "paused, or in the timeline: a second back or forward; with Shift ten" },
  { keys: ["Page ↓", "Page ↑"], says: "in the timeline: a minute back or forward" },
  { keys: ["Home", "End"], says: "in the timeline: the oldest instant, live" },
]);

/** A key as it is written on it. @param {string} key */
export function keyName(key) {
  return key === " " ? "space" : key === "Escape" ? "Esc" : key;
}

const ACTIONS = new Map(KEYS.flatMap(({ keys, action }) => keys.map((key) => /** @type {const} */ ([key, action]))));

/** Where a key is text. */
const TEXT = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
/** Where space and Enter press what has the focus. */
const PRESSED = "button, a[href], summary, input, select, [role=button], [role=slider], [role=option]";

/**
 * What a key press asks of the page; null: nothing, or something of the element that has the focus.
 *
 * @param {{ key: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean, defaultPrevented: boolean, target: any }} event
 * @returns {Action | null}
 */
export function actionOf({ key, ctrlKey, altKey, metaKey, defaultPrevented, target }) {
  if (defaultPrevented || ctrlKey || altKey || metaKey) return null;
  const action = ACTIONS.get(key) ?? null;
  const within = (/** @type {string} */ selector) => target?.closest?.(selector) != null;
  if (within("dialog, [popover]")) return null; // closes itself, and the page behind it rests
  if (within(TEXT)) return null; // the filter leaves itself
  if ((key === " " || key === "Enter") && within(PRESSED)) return null;
  return action;
}

/**
 * Whether a key press is for the timeline while the page stands still, wherever the focus is but in what needs it itself.
 *
 * @param {Parameters<typeof actionOf>[0]} event
 */
export function isThroughTime({ key, ctrlKey, altKey, metaKey, defaultPrevented, target }) {
  if (defaultPrevented || ctrlKey || altKey || metaKey || !["ArrowLeft", "ArrowRight"].includes(key)) return false;
  return target?.closest?.(`dialog, [popover], ${TEXT}, [role=slider], [role=separator], canvas`) == null;
}
