import assert from "node:assert/strict";
import { test } from "node:test";
import { Totals } from "../../apps/dashboard/src/dockstats_dashboard/page/totals.js";

const KEY = "heron/0123456789ab";
const OTHER = "ibis/abcdefabcdef";
const NOTHING = { block_read_bytes: null, block_write_bytes: null, net_rx_bytes: null, net_tx_bytes: null };

/** A dashboard that answers when it is told to. @param {() => void} [onChange] */
function dashboard(onChange = () => {}) {
  /** @type {{ url: string, answer: (sample: unknown) => Promise<void> }[]} */
  const asked = [];
  /** @type {any} */
  const get = (/** @type {string} */ url) =>
    new Promise((done) => {
      asked.push({
        url,
        answer: async (sample) => {
          done({ ok: true, json: async () => ({ sample }) });
          await new Promise((next) => setImmediate(next));
        },
      });
    });
  return { totals: new Totals(onChange, get), asked };
}

test("sums are asked for at once, and then every five seconds while somebody looks", async () => {
  let changes = 0;
  const { totals, asked } = dashboard(() => void (changes += 1));
  assert.equal(totals.of(KEY, 1000), null);
  totals.of(KEY, 5999);
  assert.deepEqual(asked.map(({ url }) => url), ["api/container?agent=heron&container=0123456789ab"]);
  await asked[0]?.answer({ block_read_bytes: 12, net_rx_bytes: 0, net_tx_bytes: -1 });
  assert.deepEqual(totals.of(KEY, 5999), { ...NOTHING, block_read_bytes: 12, net_rx_bytes: 0 });
  assert.equal(changes, 1);
  totals.of(KEY, 6000);
  assert.equal(asked.length, 2);
});

test("an answer about one that is no longer open is left out, and nobody shows another one's sums", async () => {
  const { totals, asked } = dashboard();
  totals.of(KEY, 0);
  totals.of(OTHER, 10);
  await asked[0]?.answer({ block_read_bytes: 12 });
  assert.equal(totals.of(OTHER, 20), null);
  await asked[1]?.answer(null);
  assert.deepEqual(totals.of(OTHER, 30), NOTHING);
});
