/**
 * What is behind a container's figures, in a few lines of words for whoever asks. Pure.
 *
 * Not here: the figures themselves (cells).
 *
 * @typedef {import("./model.js").Container} Container
 */

import { digits, percent } from "./format.js";
import { pressuresOf } from "./pressure.js";

/** @param {Container} container @returns {string | null} null: nothing is known */
export function cpuText({ sample, facts, host }) {
  if (sample?.cpu_pct == null) return null;
  const parts = [`${percent(sample.cpu_pct)} % of a core.`];
  const cores = host.batch?.host.cores ?? null;
  const limit = facts?.cpu_limit_cores ?? null;
  if (limit !== null) parts.push(`It may use ${digits(limit)} cores${cores === null ? "" : ` of the host's ${cores}`}.`);
  else if (facts !== null) parts.push(`No limit of its own${cores === null ? "" : `; the host has ${cores} cores`}.`);
  if (sample.throttled_pct) {
    parts.push(`Its limit held it back in ${Math.round(sample.throttled_pct)} % of the scheduler's periods.`);
  }
  return parts.join(" ");
}

/**
 * @param {Container} container
 * @param {import("./format.js").Format} format
 * @returns {string | null} null: nothing is known
 */
export function memoryText({ sample, facts }, format) {
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

/** @param {Container} container @returns {string | null} null: nothing is known */
export function pressureText({ sample }) {
  const all = pressuresOf(sample).map(({ of, pct }) => `${of === "cpu" ? "CPU" : of} ${percent(pct)} %`);
  return all.length === 0 ? null : `Something in it waited for ${all.join(", ")} of the time.`;
}
