/**
 * A host in a few words: what watches it, since when it is lost, what it says. Pure.
 *
 * Not here: everything about it (host-facts), how it is (condition).
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./condition.js").Condition} Condition
 */

import { age, countdown, duration, percent } from "./format.js";

/** In one line beside its name: "26.1 · cgroup · 0.5 s". @param {Host} host */
export function hostLine({ batch }) {
  if (batch === null) return "";
  const { engine, sampling } = batch;
  const product = engine?.product && !["docker", sampling.source].includes(engine.product) ? engine.product : "";
  const version = engine?.version?.split(".", 2).join(".") ?? ""; // the rest stands in the detail
  const interval = sampling.interval_secs === null ? "" : duration(sampling.interval_secs * 1000);
  return [`${product} ${version}`.trim(), sampling.source ?? "", interval].filter(Boolean).join(" · ");
}

/**
 * What watching it costs there: CPU in percent of a core, memory, and how long one look at all containers takes. What
 * the agent does not tell is left out.
 *
 * @param {Host} host
 * @param {import("./format.js").Format} format
 */
export function costsOf({ batch }, format) {
  if (batch === null) return [];
  const { own_usage: own, sampling } = batch;
  const took = sampling.duration_secs;
  return [
    own.cpu_pct === null ? "" : `${percent(own.cpu_pct)} %`,
    own.mem_bytes === null ? "" : format.bytes(own.mem_bytes).join(" "),
    took === null ? "" : milliseconds(took * 1000),
  ].filter(Boolean);
}

/** A short length of time: "6 ms", then as any. @param {number} ms */
export function milliseconds(ms) {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : duration(ms);
}

/** "lost 42 s · no answer" @param {Host} host @param {Condition} condition @param {number} now */
export function wordOf({ batchAt }, { kind, word }, now) {
  return kind !== "lost" || batchAt === null ? word : `lost ${age(Math.max(0, now - batchAt))} · ${word}`;
}

/** Its sentences with the next attempt. @param {Condition} condition @param {number} browserNow */
export function conditionText({ sentences }, browserNow) {
  return sentences
    .map(({ text, retryAt }) => {
      const left = retryAt == null ? 0 : retryAt - browserNow;
      return left > 0 ? `${text} Next attempt in ${countdown(left)}.` : text;
    })
    .join(" ");
}
