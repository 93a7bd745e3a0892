import assert from "node:assert/strict";
import { test } from "node:test";
import { findProblem } from "../../apps/dashboard/src/dockstats_dashboard/page/stream-problem.js";

const ROOT = "https://example.net/prefix/";

/**
 * @param {Record<string, () => Response>} answers by path
 * @param {number} [attempts]
 */
async function found(answers, attempts = 1) {
  const get = /** @type {typeof fetch} */ (
    async (url) => {
      const answer = answers[String(url).slice(ROOT.length)];
      if (answer === undefined) throw new TypeError("Failed to fetch");
      return answer();
    }
  );
  return findProblem(ROOT, attempts, get);
}

const fine = () => Response.json({});
/** @param {number} status @param {string} [detail] */
const refusing = (status, detail) => () =>
  detail === undefined ? new Response("<html>", { status }) : Response.json({ detail }, { status });

test("a dashboard that cannot be reached, at all or any more", async () => {
  assert.equal((await found({}))?.kind, "network");
  assert.equal((await found({ healthz: fine }))?.kind, "network");
});

test("a session that is missing shows at the first request that needs one", async () => {
  assert.equal((await found({ healthz: fine, "api/agents": refusing(401) }))?.kind, "token");
  assert.match((await found({ healthz: refusing(401) }))?.sentence ?? "", /session has ended/);
});

test("a refusal has the dashboard's own sentence, and a bounded one", async () => {
  const detail = "pages of https://x may not connect; allow them with --allow-origin";
  const problem = await found({ healthz: refusing(403, detail) });
  assert.deepEqual(problem, { kind: "refused", sentence: `Pages of${detail.slice(8)}.` });
  assert.ok(((await found({ healthz: refusing(403, "x".repeat(5000)) }))?.sentence.length ?? 0) < 400);
  assert.match((await found({ healthz: refusing(403) }))?.sentence ?? "", /log says why/);
});

for (const status of [502, 503, 504]) {
  test(`${status} is a proxy that finds no dashboard`, async () => {
    const problem = await found({ healthz: refusing(status) });
    assert.equal(problem?.kind, "proxy");
    assert.match(problem?.sentence ?? "", new RegExp(String(status)));
  });
}

test("any other status is an error of the dashboard", async () => {
  assert.equal((await found({ healthz: refusing(500, "x") }))?.kind, "error");
});

test("a page in place of an answer is a proxy that asks to sign in", async () => {
  const page = () => new Response("<html>", { headers: { "content-type": "text/html" } });
  assert.match((await found({ healthz: page }))?.sentence ?? "", /sign in/);
});

test("a dashboard that is well again is no problem; one whose stream fails again and again is", async () => {
  const well = { healthz: fine, "api/agents": fine };
  assert.equal(await found(well, 2), null);
  assert.equal((await found(well, 3))?.kind, "stream");
});
