/**
 * The sum behind a container's one memory figure, in a few lines of words. Pure.
 *
 * Not here: the figure itself (cells).
 */

/**
 * @param {import("./model.js").Container} container
 * @param {import("./format.js").Format} format
 * @returns {string | null} null: nothing is known
 */
export function memorySum({ sample, facts }, format) {
  const used = sample?.mem_bytes ?? null;
  if (sample === null || used === null) return null;
  const size = (/** @type {number} */ bytes) => format.bytes(bytes).join(" ");
  const lines = [];
  const { mem_cache_bytes: cache, mem_limit_bytes: inEffect } = sample;
  if (cache === null) lines.push(`${size(used)} in use.`);
  else lines.push(`${size(used + cache)} in all = ${size(used)} in use + ${size(cache)} cache, as docker stats counts.`);
  const kinds = Object.entries({
    anonymous: sample.mem_anon_bytes,
    files: sample.mem_file_bytes,
    kernel: sample.mem_kernel_bytes,
    swapped: sample.mem_swap_bytes,
  }).filter(([name, bytes]) => bytes !== null && (name !== "swapped" || bytes > 0));
  if (kinds.length > 0) lines.push(kinds.map(([name, bytes]) => `${name} ${size(bytes ?? 0)}`).join(" · "));
  if (inEffect !== null) {
    const unlimited = facts !== null && facts.mem_limit_bytes === null;
    const of = format.limit(inEffect);
    const part = inEffect > 0 ? `; ${Math.round((used / inEffect) * 100)} % of it is in use` : "";
    lines.push(unlimited ? `No limit of its own; the host has ${of}.` : `Its limit is ${of}${part}.`);
  }
  if (sample.oom_kills) lines.push(`Killed for want of memory: ${sample.oom_kills} processes since its start.`);
  return lines.join("\n");
}
