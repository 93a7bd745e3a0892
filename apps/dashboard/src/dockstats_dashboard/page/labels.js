/**
 * A container's labels as its agent tells them: those that it was asked to show, and no others. Pure.
 *
 * They are strangers' text, and taken for what they are only here, where somebody looks at them.
 * Not here: which are shown (the agent's `--label`), where they stand (facts, filter-terms).
 */

import { LIMITS, text } from "./fields.js";

const MOST = 16; // as in the library

/**
 * Keys and values; what is no text is empty.
 *
 * @param {import("./messages.js").ContainerFacts} facts
 * @returns {[string, string][]}
 */
export function labelsOf({ labels }) {
  const entries = Object.entries(labels).slice(0, MOST);
  return entries.map(([key, value]) => [key.slice(0, LIMITS.stringChars), text(value) ?? ""]);
}
