/**
 * From figures to places and round bounds. Pure; not here: drawing (paint), times (axis).
 */

const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/**
 * The smallest round number that is not below `value`.
 *
 * @param {number} value
 */
export function roundUp(value) {
  if (!(value > 0) || !Number.isFinite(value)) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of STEPS) {
    if (step * power >= value * (1 - 1e-9)) return step * power;
  }
  return 10 * power;
}

/**
 * The same for sizes counted in KiB, MiB and so on: a power of two, or one and a half.
 *
 * @param {number} value
 */
export function roundUpBinary(value) {
  if (!(value > 0) || !Number.isFinite(value)) return 0;
  const power = 2 ** Math.floor(Math.log2(value));
  return [1, 1.5].map((step) => step * power).find((bound) => bound >= value * (1 - 1e-9)) ?? 2 * power;
}

/**
 * An upper bound that holds still: it grows as soon as it must, and shrinks only when less than half of it is used.
 *
 * @param {number} before the bound so far, 0 for none
 * @param {number} highest what has to fit
 * @param {number} least the smallest bound there may be
 * @param {(value: number) => number} [round]
 */
export function steadyTop(before, highest, least, round = roundUp) {
  const wanted = Math.max(least, round(highest));
  return wanted > before || wanted <= before / 2 ? wanted : before;
}

/**
 * Where `value` lies between 0 and `top`, from 0 to 1; in steps of a 200th, so that what moves less is not drawn again.
 *
 * @param {number | null} value
 * @param {number | null} top
 */
export function share(value, top) {
  if (value === null || top === null || !(top > 0)) return 0;
  return Math.round(Math.min(1, Math.max(0, value / top)) * 200) / 200;
}
