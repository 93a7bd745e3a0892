/**
 * The page, put together: stream -> messages -> model -> one drawing pass a frame. The only place that knows all parts.
 *
 * Not here: what any of them does.
 */

import { asLastKnown, conditionOf, hostCount, oldText, streamSentence } from "./condition.js";
import { FleetBar } from "./fleet-bar.js";
import { Frame, setClass } from "./frame.js";
import { fetchHostCpu } from "./history.js";
import { HostCard } from "./host-card.js";
import { decode } from "./messages.js";
import { Fleet } from "./model.js";
import { LiveStream, browserClock } from "./stream.js";
import { explainOnDemand } from "./why.js";

const TICK_MS = 1000; // ages and silence show without any message

const fleet = new Fleet();
const bar = /** @type {FleetBar} */ (document.querySelector("fleet-bar"));
const main = /** @type {HTMLElement} */ (document.querySelector("main"));
/** @type {Map<string, HostCard>} */
const cards = new Map();
/** @type {object | null} */
let filledStream = null;

const frame = new Frame(draw);
const stream = new LiveStream({
  url: "stream/agents",
  EventSource,
  clock: browserClock,
  onMessage: take,
  onState: () => frame.request(),
  quietMs: () => fleet.quietMs,
});

/** @param {unknown} data */
function take(data) {
  const message = decode(data);
  if (message === null) return; // from a newer dashboard, or none of ours
  fleet.take(message, Date.now());
  if (message.type === "agent_list") void fillCharts();
  frame.request();
}

/** The past of every host, one after another: a browser has few connections to one server. */
async function fillCharts() {
  const turn = (filledStream = {});
  const wanted = (fleet.hosts ?? []).map((host) => ({ host, since: host.cpu.newest })); // before live points come
  for (const { host, since } of wanted) {
    const points = await fetchHostCpu(host.entry.id, since);
    if (filledStream !== turn) return; // a newer stream asks anew
    if (points === null) continue;
    host.cpu.fill(points.times, points.values);
    host.version += 1;
    frame.request();
  }
}

function draw() {
  const now = Date.now();
  const hosts = fleet.hosts ?? [];
  arrangeCards(hosts.map((host) => host.entry.id));
  const sentence = streamSentence(stream.state, fleet.hosts !== null, now);
  const lost = sentence !== null && fleet.hosts !== null;
  setClass(main, lost ? "lost" : "");

  const known = stream.state.kind === "open" ? now : stream.state.since; // no host fell silent because we do not hear
  const conditions = hosts
    .map((host) => conditionOf(host, fleet, known))
    .map((condition) => (lost ? asLastKnown(condition) : condition));
  hosts.forEach((host, index) => {
    const condition = /** @type {import("./condition.js").Condition} */ (conditions[index]);
    cards.get(host.entry.id)?.draw(host, fleet, condition, now);
  });

  const heard = hosts.filter((host) => host.hasFigures).map((host) => host.batchAt ?? -Infinity);
  const alive = conditions.map((condition) => condition.live);
  const live = alive.includes(true);
  const running = hosts
    .filter((_, index) => alive[index])
    .reduce((sum, host) => sum + host.counts.running, 0);
  bar.draw({
    hosts: fleet.hosts === null ? "" : hostCount(alive),
    complete: !alive.includes(false),
    containers: live ? `${running} running` : "",
    simulated: fleet.simulated,
    live,
    word: live ? "Live" : lost ? "No connection" : fleet.hosts === null ? "" : "Nothing live",
    old: oldText(heard.length === 0 ? null : Math.max(...heard), now),
    sentence,
    now,
  });
}

/** @param {string[]} ids */
function arrangeCards(ids) {
  if (ids.length === cards.size && ids.every((id) => cards.has(id))) return;
  for (const [id, card] of cards) {
    if (ids.includes(id)) continue;
    card.remove();
    cards.delete(id);
  }
  for (const id of ids) {
    const card = cards.get(id) ?? new HostCard();
    card.onAsk = () => frame.request();
    cards.set(id, card);
    main.append(card);
  }
}

bar.onHurry = () => stream.hurry();
addEventListener("online", () => stream.hurry());
addEventListener("pagehide", () => stream.close());
addEventListener("pageshow", (event) => {
  if (event.persisted) stream.open(); // back from the browser's cache of pages
});
setInterval(() => frame.request(), TICK_MS);
explainOnDemand(document);
stream.open();
