import assert from "node:assert/strict";
import { test } from "node:test";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { memoryText } from "../../apps/dashboard/src/dockstats_dashboard/page/cell-words.js";
import { DEFAULTS } from "../../apps/dashboard/src/dockstats_dashboard/page/settings.js";
import { row } from "./rows.js";

const format = new Format(DEFAULTS);
const GIB = 2 ** 30;

test("the sum is used and cache, of the limit", () => {
  const figures = { mem_bytes: 3 * GIB, mem_cache_bytes: GIB, mem_limit_bytes: 4 * GIB, mem_anon_bytes: 2 * GIB };
  const { container } = row("a", { figures, known: { mem_limit_bytes: 4 * GIB } });
  assert.deepEqual(memoryText(container, format)?.split("\n"), [
    "4.00 GiB in all = 3.00 GiB in use + 1.00 GiB cache, as docker stats counts.",
    "anonymous 2.00 GiB",
    "Its limit is 4 GiB; 75 % of it is in use.",
  ]);
});

test("without a limit of its own it says whose memory that is", () => {
  const { container } = row("a", { figures: { mem_limit_bytes: 8 * GIB, mem_cache_bytes: null } });
  assert.match(memoryText(container, format) ?? "", /^1\.00 KiB in use\.\nNo limit of its own; the host has 8 GiB\.$/);
});

test("no figure, no sum", () => {
  assert.equal(memoryText(row("a", { figures: { mem_bytes: null } }).container, format), null);
  assert.equal(memoryText(row("a", { figures: null }).container, format), null);
});
