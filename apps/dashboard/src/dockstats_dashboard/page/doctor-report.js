/**
 * The self-test as lines: what is well, what to look at, what is broken, each with a sentence and the way out. Pure.
 *
 * Not here: measuring (stream-health, doctor-probe), showing it (doctor-view).
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./condition.js").Condition} Condition
 * @typedef {"ok" | "look" | "broken"} Tone
 *
 * @typedef {object} Line
 * @property {Tone} tone
 * @property {string} subject
 * @property {string} sentence
 *
 * @typedef {object} Section
 * @property {string} title
 * @property {Line[]} lines
 *
 * @typedef {object} Probe what one look at the stream from here has found; null: not known
 * @property {string | null} encoding
 * @property {string | null} via a proxy that named itself
 * @property {string | null} protocol
 *
 * @typedef {object} Findings
 * @property {import("./stream-health.js").Health} health
 * @property {import("./stream.js").StreamState} streamState
 * @property {boolean | null} shared by all tabs of this browser; null: not known
 * @property {Probe | null} probe
 * @property {number} skewMs how far this browser's clock is ahead of the dashboard's
 * @property {readonly Host[]} hosts
 * @property {ReadonlyMap<string, Condition>} conditions by agent id
 * @property {number} now on the dashboard's clock
 */

import { sentence } from "./sentence.js";
import { duration } from "./format.js";
import { milliseconds } from "./host-words.js";

const SLOW_MS = 500;
const CLOCK_MS = 2000; // further apart, times on the page are not those of a watch
const HOST_CLOCK_MS = 5000; // further apart, the dashboard does not believe the host's times
const SLOW_TICK = 0.5; // of the interval

/** What stands before each line. @type {Record<Tone, string>} */
export const GLYPHS = { ok: "✓", look: "▲", broken: "✕" };
/** @type {Record<Tone, string>} */
export const TONE_WORDS = { ok: "ok", look: "look at this", broken: "broken" };

/** @param {Findings} findings @returns {Section[]} */
export function examine(findings) {
  const { hosts, conditions, now } = findings;
  const sections = [{ title: "This browser and the dashboard", lines: streamLines(findings) }];
  const ofHosts = hosts.map((host) => ({ title: host.label, lines: hostLines(host, conditions.get(host.entry.id), now) }));
  ofHosts.sort((one, other) => weightOf(other) - weightOf(one)); // what needs a person first
  return [...sections, ...ofHosts];
}

/** @param {Section} section */
function weightOf({ lines }) {
  return Math.max(...lines.map(({ tone }) => ["ok", "look", "broken"].indexOf(tone)));
}

/** The same for a mail or a bug report. @param {Section[]} sections */
export function asText(sections) {
  const lines = sections.flatMap(({ title, lines: of }) => [
    "",
    title,
    ...of.map(({ tone, subject, sentence: text }) => `  ${TONE_WORDS[tone].padEnd(12)}  ${subject}: ${text}`),
  ]);
  return ["dockstats self-test", ...lines, ""].join("\n");
}

/** @param {Section[]} sections */
export function summaryOf(sections) {
  const tones = sections.flatMap(({ lines }) => lines.map(({ tone }) => tone));
  const broken = tones.filter((tone) => tone === "broken").length;
  const look = tones.filter((tone) => tone === "look").length;
  if (broken + look === 0) return "All is well.";
  return [broken && `${broken} broken`, look && `${look} to look at`].filter(Boolean).join(", ") + ".";
}

/** @param {Findings} findings @returns {Line[]} */
function streamLines({ health, streamState, shared, probe, skewMs }) {
  /** @type {Line[]} */
  const lines = [];
  if (streamState.kind !== "open") {
    lines.push(line("broken", "stream", "There is no stream from the dashboard; the page keeps trying to open one."));
  } else if (health.p50Ms === null || health.p95Ms === null) {
    lines.push(line("ok", "stream", "Open; too few batches have come yet to tell how they come."));
  } else {
    const slow = health.p95Ms > SLOW_MS;
    const [half, most] = [milliseconds(health.p50Ms), milliseconds(health.p95Ms)];
    const text = `Half of the batches are here within ${half} of the fastest, 95 % within ${most}`;
    const batches = `(${health.batches} in ${duration(health.spanMs)})`;
    const way = slow ? ". Something between the dashboard and this browser is slow" : "";
    lines.push(line(slow ? "look" : "ok", "latency", `${text} ${batches}${way}.`));
    lines.push(burstLine(health.burstMs));
  }
  if (probe?.encoding) lines.push(line("ok", "compression", `${probe.encoding}.`));
  else if (probe) {
    const way =
      "None. A proxy has taken it away, or the browser does not ask for it; the stream takes about six times the bytes.";
    lines.push(line("look", "compression", way));
  }
  if (probe?.via) lines.push(line("ok", "proxy", `${probe.via} is between.`));
  if (probe?.protocol) lines.push(line("ok", "protocol", `${probe.protocol}.`));
  if (shared !== null) {
    const alone = "Each tab of this browser has its own stream; over HTTP/1.1 the seventh tab would wait for ever.";
    lines.push(shared ? line("ok", "tabs", "All tabs of this browser share one stream.") : line("look", "tabs", alone));
  }
  const off = Math.abs(skewMs) > CLOCK_MS;
  const where = `This browser's clock is ${milliseconds(Math.abs(skewMs))} ${skewMs < 0 ? "behind" : "ahead of"} the dashboard's`;
  const way = "; the page goes by the dashboard's. Let both follow a time server (NTP).";
  lines.push(line(off ? "look" : "ok", "clock", off ? where + way : `${where}.`));
  return lines;
}

/** @param {number | null} burstMs */
function burstLine(burstMs) {
  if (burstMs === null) return line("ok", "bursts", "None: batches come one by one, as they are made.");
  const way =
    "something on the way buffers. nginx: proxy_buffering off; Caddy: flush_interval -1; Apache: flushpackets=on; " +
    "Traefik: no buffering or compress middleware on this route.";
  return line("broken", "bursts", `Events arrive in bursts of ${duration(burstMs)}: ${way}`);
}

/** @param {Host} host @param {Condition | undefined} condition @param {number} now @returns {Line[]} */
function hostLines(host, condition, now) {
  const lines = [connectionLine(host, condition, now)];
  const { batch } = host;
  if (batch === null) return lines;
  const { engine, sampling } = batch;
  if (engine !== null) {
    const name = [engine.product, engine.version].filter(Boolean).join(" ") || "the engine";
    if (engine.reachable && engine.error === null) lines.push(line("ok", "engine", `${name} answers.`));
    else {
      const said = sentence(engine.error ?? `${name} does not answer`);
      lines.push(line(engine.reachable ? "look" : "broken", "engine", said));
    }
  }
  if (sampling.source !== null) {
    lines.push(line("ok", "source", sentence([sampling.source, sampling.reason].filter(Boolean).join(": "))));
  }
  lines.push(...cadenceLines(sampling));
  lines.push(clockLine(batch.sent_at - batch.received_at));
  for (const limitation of sampling.limitations) lines.push(line("look", "missing", sentence(limitation)));
  return lines;
}

/** @param {Host} host @param {Condition | undefined} condition @param {number} now */
function connectionLine(host, condition, now) {
  const said = condition?.sentences.map(({ text }) => text).join(" ");
  if (condition?.live) return line(condition.kind === "live" ? "ok" : "look", "agent", said || "It is live.");
  const since = host.batchAt === null ? "" : ` The last figures are ${duration(Math.max(0, now - host.batchAt))} old.`;
  return line(condition?.kind === "waiting" ? "look" : "broken", "agent", `${said || "It gives no figures."}${since}`);
}

/** @param {import("./messages.js").Sampling} sampling */
function cadenceLines({ interval_secs: interval, duration_secs: took, skipped_ticks: skipped, failures }) {
  /** @type {Line[]} */
  const lines = [];
  if (interval !== null) {
    const slow = took !== null && took > interval * SLOW_TICK;
    const taking = took === null ? "" : `, and takes ${milliseconds(took * 1000)} for it`;
    const way = slow ? " It can hardly keep up: a longer --poll-interval or another --source costs it less." : "";
    const left = skipped ? ` It left out ${skipped} since its start, because one took too long.` : "";
    const tone = slow ? "look" : "ok";
    lines.push(line(tone, "cadence", `Reads every ${duration(interval * 1000)}${taking}.${left}${way}`));
  }
  if (failures) {
    const what = failures === 1 ? "One container" : `${failures} containers`;
    lines.push(line("look", "readings", `${what} could not be read wholly just now; the table says why in its place.`));
  }
  return lines;
}

/** @param {number} skewMs the host ahead of the dashboard, less the time on the way */
function clockLine(skewMs) {
  const where = `Within ${milliseconds(Math.abs(skewMs))} of the dashboard's, the time on the way included.`;
  if (Math.abs(skewMs) <= HOST_CLOCK_MS) return line("ok", "clock", where);
  const way = "let it follow a time server (NTP); until then the dashboard goes by when batches arrive.";
  return line("look", "clock", `${duration(Math.abs(skewMs))} ${skewMs < 0 ? "behind" : "ahead of"} the dashboard's: ${way}`);
}

/** @param {Tone} tone @param {string} subject @param {string} text @returns {Line} */
function line(tone, subject, text) {
  return { tone, subject, sentence: text };
}
