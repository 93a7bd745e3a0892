/**
 * Which of many rows are in sight: where each begins, and what lies between two heights. Pure.
 *
 * Not here: the rows (table-body).
 */

export class Heights {
  /** Where each begins, and after the last one the end, in CSS pixels. */
  #tops = new Float64Array(1);
  count = 0;

  /** @param {ArrayLike<number>} heights of all rows, in CSS pixels */
  set(heights) {
    if (this.#tops.length <= heights.length) this.#tops = new Float64Array(2 * heights.length + 1);
    let top = 0;
    for (let index = 0; index < heights.length; index += 1) {
      this.#tops[index] = top;
      top += heights[index] ?? 0;
    }
    this.#tops[heights.length] = top;
    this.count = heights.length;
  }

  /** Of all together. */
  get total() {
    return this.topOf(this.count);
  }

  /** @param {number} index */
  topOf(index) {
    return this.#tops[index] ?? 0;
  }

  /**
   * The rows that touch what lies between two heights: from the first to before `to`.
   *
   * @param {number} top
   * @param {number} bottom
   * @returns {{ from: number, to: number }}
   */
  between(top, bottom) {
    const from = Math.max(0, this.#firstAfter(top) - 1);
    return { from, to: Math.max(from, Math.min(this.count, this.#firstAt(bottom))) };
  }

  /** The first that begins below `height`. @param {number} height */
  #firstAfter(height) {
    return this.#search((top) => top > height);
  }

  /** The first that begins there or below. @param {number} height */
  #firstAt(height) {
    return this.#search((top) => top >= height);
  }

  /** @param {(top: number) => boolean} isIt */
  #search(isIt) {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isIt(this.topOf(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
