/**
 * What a person changes about the columns: which are shown, where, how wide. Pure.
 *
 * Not here: the columns and how a choice of them is laid out (columns), the menu (columns-menu), edges (column-edges).
 *
 * @typedef {import("./settings.js").ColumnChoice} ColumnChoice
 */

import { FIXED, choicesOf } from "./columns.js";
import { WIDTH_PX } from "./settings.js";

/**
 * The choice after a column was moved, hidden or made wider.
 *
 * @param {readonly ColumnChoice[]} chosen
 * @param {string} id
 * @param {{ shown?: boolean, width?: number | null, by?: number }} change `by`: places to the right
 * @returns {ColumnChoice[]}
 */
export function changeColumn(chosen, id, { shown, width, by = 0 }) {
  const choices = choicesOf(chosen);
  const from = choices.findIndex((choice) => choice.id === id);
  const choice = choices[from];
  if (choice === undefined) return choices;
  if (shown !== undefined && from >= FIXED) choice.shown = shown;
  if (width !== undefined) choice.width = width === null ? null : withinWidth(width);
  const to = Math.max(FIXED, Math.min(choices.length - 1, from + by));
  if (from >= FIXED && to !== from) choices.splice(to, 0, ...choices.splice(from, 1));
  return choices;
}

/**
 * How many places a column goes in one step: past those that the table does not show, where nothing would be seen.
 *
 * @param {readonly ColumnChoice[]} choices
 * @param {number} index of the column
 * @param {1 | -1} by
 * @param {ReadonlySet<string>} folded what has no room
 */
export function stepOf(choices, index, by, folded) {
  const isOut = (/** @type {number} */ at) => !choices[at]?.shown || folded.has(choices[at].id);
  let to = index + by;
  while (!isOut(index) && isOut(to) && choices[to + by] !== undefined) to += by;
  return to - index;
}

/** @param {number} width in CSS pixels */
export function withinWidth(width) {
  return Math.round(Math.min(WIDTH_PX.most, Math.max(WIDTH_PX.least, width)));
}
