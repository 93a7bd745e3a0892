/**
 * Somebody else's words as a sentence of the page. Pure.
 */

/** With a full stop, and a capital unless it begins with an address. @param {string} text */
export function sentence(text) {
  const ended = /[.?!]$/.test(text) ? text : `${text}.`;
  return /^[a-z]+[ ,']/.test(ended) ? ended.charAt(0).toUpperCase() + ended.slice(1) : ended;
}
