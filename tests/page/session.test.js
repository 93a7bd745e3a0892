import assert from "node:assert/strict";
import test from "node:test";

import { isSignedIn, signInAddress, signOut } from "../../apps/dashboard/src/dockstats_dashboard/page/session.js";

/** @param {number} status @param {unknown} [body] @returns {typeof fetch} */
const answering = (status, body) => async () => new Response(body === undefined ? null : JSON.stringify(body), { status });
const away = async () => {
  throw new TypeError("failed");
};

test("a session that has an end is one to sign out of", async () => {
  assert.equal(await isSignedIn(answering(200, { needed: true, until: 1800000000 })), true);
});

test("without a session, without an answer, or with a strange one there is nothing to sign out of", async () => {
  for (const body of [{ needed: false, until: null }, {}, null, "text"]) assert.equal(await isSignedIn(answering(200, body)), false);
  assert.equal(await isSignedIn(answering(401, {})), false);
  assert.equal(await isSignedIn(async () => new Response("<html>")), false);
  assert.equal(await isSignedIn(away), false);
});

test("a session is over when the dashboard says so", async () => {
  assert.equal(await signOut(answering(204)), true);
  assert.equal(await signOut(answering(503)), false);
  assert.equal(await signOut(away), false);
});

test("the sign-in page is told which view was open", () => {
  assert.equal(signInAddress("?filter=db"), "sign-in?filter=db");
  assert.equal(signInAddress(""), "sign-in");
});
