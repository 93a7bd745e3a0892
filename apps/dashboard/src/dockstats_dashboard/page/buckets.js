/**
 * The last half hour of a host in buckets of 2 s: several columns that share one time, the mean of each bucket.
 *
 * Buckets begin at multiples of their length, whatever the host, so that those of several hosts can be added; the
 * dashboard's history answers in the same ones. Not here: a container's minute (spark), the full cadence (points).
 *
 * @typedef {Pick<BucketSeries, keyof BucketSeries>} Series
 */

export const BUCKET_MS = 2000;
const BUCKET_COUNT = 900;

let revisions = 0;

export class BucketSeries {
  /** One round array a column. @type {Float32Array[]} */
  #values;
  /** How many known figures each bucket of a column has. @type {Uint16Array[]} */
  #known;
  /** 1: something was heard in that bucket, even if only that a figure is not known. */
  #heard;
  /** Number of the newest bucket since 1970; -1: none yet. */
  #newest = -1;
  /** For how long a figure stands, where the cadence is slower than a bucket: without it, every other bucket is a gap. */
  holdMs = 0;
  /** Another one in each series, and after each `fill`: by it, what is drawn can tell that its past is another one. */
  revision = (revisions += 1);

  /**
   * @param {readonly string[]} columns
   * @param {number} [bucketMs]
   * @param {number} [count]
   */
  constructor(columns, bucketMs = BUCKET_MS, count = BUCKET_COUNT) {
    this.columns = columns;
    this.bucketMs = bucketMs;
    this.count = count;
    this.#values = columns.map(() => new Float32Array(count).fill(NaN));
    this.#known = columns.map(() => new Uint16Array(count));
    this.#heard = new Uint8Array(count);
  }

  /** Where the newest bucket begins, in milliseconds; null before there is any. */
  get newestAt() {
    return this.#newest < 0 ? null : this.#newest * this.bucketMs;
  }

  /**
   * Adds live figures to the bucket of their time; what is older than the whole series is left out.
   *
   * @param {number} at milliseconds
   * @param {readonly (number | null)[]} figures one a column
   */
  push(at, figures) {
    const bucket = Math.floor(at / this.bucketMs);
    this.#advance(bucket);
    if (bucket <= this.#newest - this.count) return;
    const place = bucket % this.count;
    this.#heard[place] = 1;
    figures.forEach((figure, column) => {
      if (figure === null) return;
      const values = /** @type {Float32Array} */ (this.#values[column]);
      const known = /** @type {Uint16Array} */ (this.#known[column]);
      const count = (known[place] = (known[place] ?? 0) + 1);
      const before = values[place] ?? NaN;
      values[place] = count === 1 ? figure : before + (figure - before) / count;
    });
  }

  /**
   * Puts a fetched past where nothing was heard; what was heard live stays.
   *
   * @param {ArrayLike<number>} at where each bucket begins, in milliseconds, ascending
   * @param {Record<string, ArrayLike<number | null>>} columns
   */
  fill(at, columns) {
    if (at.length === 0) return;
    this.revision = revisions += 1;
    this.#advance(Math.floor((at[at.length - 1] ?? 0) / this.bucketMs));
    const heard = Uint8Array.from(this.#heard); // several fetched points may share a bucket, which the first one fills
    for (let index = 0; index < at.length; index += 1) {
      const bucket = Math.floor((at[index] ?? 0) / this.bucketMs);
      const place = bucket % this.count;
      if (bucket <= this.#newest - this.count || heard[place] === 1) continue;
      this.push(bucket * this.bucketMs, this.columns.map((name) => figureAt(columns[name], index)));
    }
  }

  /**
   * One column, oldest first, `count` long; NaN: not known.
   *
   * @param {string} name
   * @param {number} [newestAt] where its last bucket begins; the newest by default
   * @returns {Float32Array}
   */
  column(name, newestAt = this.newestAt ?? 0) {
    const answer = new Float32Array(this.count).fill(NaN);
    const values = this.#values[this.columns.indexOf(name)];
    if (values === undefined || this.#newest < 0) return answer;
    const last = Math.floor(newestAt / this.bucketMs);
    const hold = Math.floor(this.holdMs / this.bucketMs);
    let stands = NaN; // the last known figure, for as long as nothing else is heard
    let left = 0;
    for (let index = 0; index < this.count; index += 1) {
      const bucket = last - this.count + 1 + index;
      const within = bucket <= this.#newest && bucket > this.#newest - this.count && bucket >= 0;
      const place = within ? bucket % this.count : -1;
      if (within && this.#heard[place] === 1) {
        stands = values[place] ?? NaN;
        left = hold;
        answer[index] = stands;
      } else if (left > 0) {
        left -= 1;
        answer[index] = stands;
      }
    }
    return answer;
  }

  /** One that later figures do not change. @param {number} [until] leaves out what is later than this time @returns {Series} */
  copy(until = Infinity) {
    const copy = new BucketSeries(this.columns, this.bucketMs, this.count);
    copy.holdMs = this.holdMs;
    copy.#heard.set(this.#heard);
    copy.#values.forEach((values, column) => values.set(/** @type {Float32Array} */ (this.#values[column])));
    copy.#known.forEach((known, column) => known.set(/** @type {Uint16Array} */ (this.#known[column])));
    copy.#newest = Math.max(-1, Math.min(Math.floor(until / this.bucketMs), this.#newest));
    const later = Math.min(this.count, this.#newest - copy.#newest);
    for (let step = 0; step < later; step += 1) copy.#clear((this.#newest - step) % this.count);
    return copy;
  }

  /** Makes `bucket` the newest if it is later, and clears what that skips. @param {number} bucket */
  #advance(bucket) {
    if (bucket <= this.#newest) return;
    const first = Math.max(this.#newest + 1, bucket - this.count + 1);
    for (let skipped = first; skipped <= bucket; skipped += 1) this.#clear(skipped % this.count);
    this.#newest = bucket;
  }

  /** @param {number} place */
  #clear(place) {
    this.#heard[place] = 0;
    for (const values of this.#values) values[place] = NaN;
    for (const known of this.#known) known[place] = 0;
  }
}

/**
 * One column summed over several series: a bucket that none knows is NaN, one that some know is their sum.
 *
 * @param {readonly Series[]} seriesList of the same bucket length and count
 * @param {string} name
 * @param {number} [newestAt] where the last bucket begins; the newest of all by default
 * @returns {{ newestAt: number | null, values: Float32Array }} values oldest first
 */
export function sumOf(seriesList, name, newestAt) {
  const [first] = seriesList;
  const newest = newestAt ?? Math.max(...seriesList.map((series) => series.newestAt ?? -Infinity));
  const values = new Float32Array(first?.count ?? BUCKET_COUNT).fill(NaN);
  if (!Number.isFinite(newest)) return { newestAt: null, values };
  for (const series of seriesList) {
    series.column(name, newest).forEach((value, index) => {
      const sum = values[index] ?? NaN;
      if (!Number.isNaN(value)) values[index] = Number.isNaN(sum) ? value : sum + value;
    });
  }
  return { newestAt: newest, values };
}

/** The same for several series: other ones, or one whose past was filled, have another one. @param {readonly Series[]} seriesList */
export function revisionOf(seriesList) {
  let newest = 0; // it grows with every change but one: that there are fewer
  for (const { revision } of seriesList) newest = Math.max(newest, revision);
  return `${seriesList.length} ${newest}`;
}

/** @param {ArrayLike<number | null> | undefined} column @param {number} index @returns {number | null} */
function figureAt(column, index) {
  const figure = column?.[index] ?? null;
  return figure === null || Number.isNaN(figure) ? null : figure;
}
