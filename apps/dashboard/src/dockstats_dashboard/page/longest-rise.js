/**
 * What can stay where it is when a list takes another order: the longest selection that ascends already. Pure.
 *
 * Not here: the orders (order), the rows of the document (table-body).
 */

/**
 * By patience sorting.
 *
 * @param {readonly number[]} places each where an element stood before; -1: it is new
 * @returns {number[]} indices into `places` of those that stay, ascending
 */
export function longestRise(places) {
  /** Of each length, the index of the lowest place that ends one. @type {number[]} */
  const ends = [];
  /** The one before each in its selection. @type {number[]} */
  const before = [];
  places.forEach((place, index) => {
    if (place < 0) return;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {number} */ (places[/** @type {number} */ (ends[middle])]) < place) low = middle + 1;
      else high = middle;
    }
    before[index] = ends[low - 1] ?? -1;
    ends[low] = index;
  });
  const stay = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) stay.push(index);
  return stay.reverse();
}
