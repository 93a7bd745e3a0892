import assert from "node:assert/strict";
import { test } from "node:test";
import { ClockWatch } from "../../apps/dashboard/src/dockstats_dashboard/page/clock-watch.js";
import { read } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Fleet } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { NOW, agentList, agentStatus, at, batch } from "./builders.js";

/** A fleet and who watches its clocks, as the page has them. */
class Watched {
  fleet = new Fleet();
  #clocks = new ClockWatch();

  /** @param {object} message @param {number} now on this browser's clock */
  take(message, now) {
    const decoded = read(message);
    assert.ok(decoded);
    this.fleet.take(decoded, now);
    if (decoded.type === "container_stats_columns") this.#clocks.took(this.fleet, decoded, now);
  }

  /** @param {number} [now] when the dashboard named its agent */
  connect(now = NOW) {
    this.take(agentList({ ts: at(now - NOW) }), now);
    this.take(agentStatus(), now);
  }

  /**
   * Batches as they come, one a half second.
   *
   * @param {number} count
   * @param {number} from when the first one is made, in milliseconds since NOW
   * @param {{ browser?: number, dashboard?: number }} [off] how wrong each clock is
   */
  live(count, from, { browser = 0, dashboard = 0 } = {}) {
    for (let index = 0; index < count; index += 1) {
      const ms = from + index * 500;
      this.take(batch({}, { received_at: at(ms + dashboard) }), NOW + ms + browser + (index % 3) * 20);
    }
  }

  /** @param {number} now on this browser's clock */
  silent(now) {
    return this.fleet.hosts?.[0]?.isSilent(this.fleet.remote(now));
  }
}

for (const [name, browser, dashboard] of /** @type {const} */ ([
  ["this browser's clock set forward", 3_600_000, 0],
  ["this browser's clock set back", -3_600_000, 0],
  ["the dashboard's clock set forward", 0, 3_600_000],
  ["the dashboard's clock set back", 0, -3_600_000],
  ["a clock that is wrong by a second more than before", 1000, 0],
])) {
  test(`${name} makes no host silent while figures arrive`, () => {
    const page = new Watched();
    page.connect();
    page.live(4, 0);
    page.live(3, 2000, { browser, dashboard });
    assert.equal(page.silent(NOW + 3100 + browser), false);
    const wrong = page.fleet.remote(NOW + browser) - (NOW + dashboard);
    assert.ok(Math.abs(wrong) < 100, `${wrong} ms off`);
  });
}

test("a host that is silent stays silent, however often its last batch is told anew", () => {
  const page = new Watched();
  for (const ms of [0, 150, 300]) {
    page.connect(NOW + ms);
    page.take(batch({}, { received_at: at(-3_600_000) }), NOW + ms);
  }
  assert.equal(page.silent(NOW + 300), true);
  assert.equal(page.fleet.hosts?.[0]?.batchAt, NOW - 3_600_000);
});

test("batches that were held back and come all at once are as old as they are", () => {
  const page = new Watched();
  page.connect();
  for (let made = 0; made < 8000; made += 500) page.take(batch({}, { received_at: at(made) }), NOW + 60_000);
  assert.equal(page.silent(NOW + 60_000), true);
  assert.equal(page.fleet.remote(NOW), NOW);
});

test("a tab that joins after the clock was set knows it with the first batch that comes", () => {
  const page = new Watched();
  page.connect(); // as the worker heard it, before
  page.live(2, 60_000, { browser: 3_600_000 });
  assert.equal(page.silent(NOW + 3_661_000), false);
});
