/** docs/page.md names every key and every filter term as the page has them. Not here: what they do. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { TERMS } from "../../apps/dashboard/src/dockstats_dashboard/page/filter-terms.js";
import { KEYS, keyName } from "../../apps/dashboard/src/dockstats_dashboard/page/keys.js";

const GUIDE = readFileSync(new URL("../../docs/page.md", import.meta.url), "utf-8");

/** The rows of the table below a heading. @param {string} head */
function rows(head) {
  const from = GUIDE.indexOf(head);
  assert.ok(from >= 0, head);
  const table = GUIDE.slice(from).split("\n\n")[0] ?? "";
  return table.split("\n").slice(2).filter((line) => line.startsWith("|"));
}

test("the guide has every key", () => {
  const keys = KEYS.map(({ keys: names, says }) => `| ${names.map((name) => `\`${keyName(name)}\``).join(" ")} | ${says} |`);
  assert.deepEqual(rows("| key |"), keys);
});

test("the guide has every term", () => {
  const terms = [...TERMS].map(([name, { says, example }]) => `| \`${name}:\` | ${says} | \`${name}:${example}\` |`);
  assert.deepEqual(rows("| term |"), terms);
});
