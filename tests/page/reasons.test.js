import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { UNTOLD, reasonOf } from "../../apps/dashboard/src/dockstats_dashboard/page/reasons.js";

/** What to do, or what will happen without a person. */
const WAY_OUT = /next|would show|look at|nothing to|no traffic|another --source|keeps trying|under way|log has/;

test("every reason of the protocol's documentation has a word and a sentence", () => {
  const text = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
  const table = text.slice(text.indexOf("Reasons in `unknown`:"), text.indexOf("### HTTP"));
  const codes = [...table.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]);
  assert.ok(codes.length >= 11);
  for (const code of codes) {
    const { word, sentence } = reasonOf(code);
    assert.notEqual(word, UNTOLD.word, code);
    assert.ok(word.length <= 12, `${word} does not fit its cell`);
    assert.match(sentence, /^[A-Z].*\.$/);
    assert.match(sentence, WAY_OUT, `${code} leaves a person alone`);
  }
});

test("a shared network names whose it is", () => {
  assert.match(reasonOf("shared_network", "shop-web-1").sentence, /network of shop-web-1.* look at that one/);
  assert.equal(reasonOf("shared_network", "shop-web-1").word, "via shop-web-1");
  assert.equal(reasonOf("shared_network", "a-name-that-fills-a-cell").word, "shared");
  assert.match(reasonOf("shared_network", null).sentence, /another container/);
});

test("no reason, and one of a newer agent, are both said to be unknown", () => {
  assert.equal(reasonOf(undefined), UNTOLD);
  assert.match(reasonOf("moon_phase").sentence, /moon_phase/);
  assert.equal(reasonOf("constructor").word, "unknown");
});

test("an error of the engine comes with the engine's own words", () => {
  const batch = { engine: { error: "it forbids GET /x" }, sampling: { source: "stream", limitations: ["2 are missing"] } };
  assert.deepEqual(reasonOf("engine_error", null, /** @type {any} */ ({ label: "ember", batch })).sentence.split("\n"), [
    "The engine answered with an error; the next reading tries again.",
    "It forbids GET /x.",
    "2 are missing.",
  ]);
});

test("what a source cannot tell names its host, and the way out that the source knows", () => {
  const limited = /** @type {any} */ ({ label: "ember", batch: { sampling: { source: "stream", limitations: ["Mount it."] } } });
  assert.deepEqual(reasonOf("source_cannot_tell", null, limited), {
    word: "not on ember",
    sentence: "The source on ember (stream) does not give it.\nMount it.",
  });
  const long = { ...limited, label: "frankfurt-database-1" };
  assert.equal(reasonOf("source_cannot_tell", null, long).word, "not told");
});
