/**
 * The last minute of one container, for the small charts of its row: 30 buckets of 2 s, the mean of each.
 *
 * Small and fixed, because there is one a container. Not here: the half hour (buckets), the full cadence (points).
 */

export const SPARK_BUCKET_MS = 2000;
export const SPARK_COUNT = 30;

export class Spark {
  /** Number of the newest bucket since 1970; -1: none yet. */
  #newest = -1;
  /** How many known figures are in the newest bucket. */
  #cpuKnown = 0;
  #memoryKnown = 0;
  /** How often anything was added: whoever draws can tell whether there is something new. */
  version = 0;

  constructor() {
    /** Oldest first; NaN: not known. 100 = one core. */
    this.cpu = new Float32Array(SPARK_COUNT).fill(NaN);
    /** Bytes. */
    this.memory = new Float32Array(SPARK_COUNT).fill(NaN);
  }

  /** Where the newest bucket ends, in milliseconds; null before there is any. */
  get endAt() {
    return this.#newest < 0 ? null : (this.#newest + 1) * SPARK_BUCKET_MS;
  }

  /**
   * Adds live figures; those of an older bucket than the newest are left out.
   *
   * @param {number} at milliseconds
   * @param {number | null} cpu
   * @param {number | null} memory
   * @param {number} [holdMs] for how long figures stand, where the host's cadence is slower than a bucket
   */
  push(at, cpu, memory, holdMs = 0) {
    const bucket = Math.floor(at / SPARK_BUCKET_MS);
    if (bucket < this.#newest) return;
    if (bucket > this.#newest) this.#advance(bucket, holdMs);
    this.version += 1;
    const last = SPARK_COUNT - 1;
    if (cpu !== null) this.cpu[last] = mean(this.cpu[last], cpu, (this.#cpuKnown += 1));
    if (memory !== null) this.memory[last] = mean(this.memory[last], memory, (this.#memoryKnown += 1));
  }

  /**
   * Puts a fetched stretch where nothing is known yet.
   *
   * @param {number} endAt where its last bucket ends, in milliseconds
   * @param {number} stepMs
   * @param {ArrayLike<number | null>} cpu oldest first
   * @param {ArrayLike<number | null>} memory of the same length
   */
  fill(endAt, stepMs, cpu, memory) {
    const middle = (/** @type {number} */ place) => endAt - (cpu.length - place - 0.5) * stepMs;
    if (this.#newest < 0 && cpu.length > 0) this.#advance(Math.floor(middle(cpu.length - 1) / SPARK_BUCKET_MS), 0);
    for (let place = 0; place < cpu.length; place += 1) {
      const own = SPARK_COUNT - 1 - (this.#newest - Math.floor(middle(place) / SPARK_BUCKET_MS));
      if (own < 0 || own >= SPARK_COUNT) continue;
      if (Number.isNaN(this.cpu[own])) this.cpu[own] = cpu[place] ?? NaN;
      if (Number.isNaN(this.memory[own])) this.memory[own] = memory[place] ?? NaN;
    }
    this.version += 1;
  }

  /** One that later figures do not change. */
  copy() {
    const copy = new Spark();
    copy.cpu.set(this.cpu);
    copy.memory.set(this.memory);
    copy.version = this.version;
    copy.#newest = this.#newest;
    return copy;
  }

  /** @param {number} bucket later than the newest @param {number} holdMs */
  #advance(bucket, holdMs) {
    const steps = this.#newest < 0 ? SPARK_COUNT : Math.min(SPARK_COUNT, bucket - this.#newest);
    const held = (bucket - this.#newest - 1) * SPARK_BUCKET_MS <= holdMs;
    for (const values of [this.cpu, this.memory]) {
      const last = values[SPARK_COUNT - 1] ?? NaN;
      values.copyWithin(0, steps);
      values.fill(held ? last : NaN, SPARK_COUNT - steps);
      values[SPARK_COUNT - 1] = NaN;
    }
    this.#newest = bucket;
    this.#cpuKnown = this.#memoryKnown = 0;
  }
}

/** @param {number | undefined} before @param {number} value @param {number} count with `value` */
function mean(before, value, count) {
  return count === 1 || before === undefined ? value : before + (value - before) / count;
}
