"""axe-core in a page: what a tool finds that keeps people out. From `node_modules` (`npm ci`), never from the net.

Not here: which states of the page are looked at (test_accessibility).
"""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`));
}"""


async def violations(page: Page) -> str:
    """Each one as a line with the place; nothing where there is none.

    The script comes over the browser's protocol: the page's own policy forbids it any other way.
    """
    if not await page.evaluate("'axe' in globalThis"):
        await page.evaluate(_AXE.read_text("utf-8"))
    found: list[str] = await page.evaluate(_RUN)
    return "\n".join(found)
