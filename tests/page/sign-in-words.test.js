import assert from "node:assert/strict";
import test from "node:test";

import { refusalWords } from "../../apps/dashboard/src/dockstats_dashboard/page/sign-in-words.js";

test("each refusal says what a person can do", () => {
  assert.equal(refusalWords(401, null), "That is not the token.");
  assert.equal(refusalWords(429, "7"), "Too many attempts: try again in 7 s.");
  assert.equal(refusalWords(429, "soon"), "Too many attempts: try again in 60 s.");
  assert.match(refusalWords(0, null), /does not answer/);
  assert.match(refusalWords(403, null), /refuses/);
  assert.match(refusalWords(500, null), /\(500\)/);
});
