"""How much is drawn in a part of a canvas, and over a cell of the table.

The table has one canvas a column, in which no locator finds a row.
Not here: which canvas (places), what is to be seen there (the tests).
"""

from __future__ import annotations

import base64
from typing import NamedTuple

import anyio
from playwright.async_api import JSHandle, Locator, Page

from tests.browser.places import LOOK_AGAIN_S, PATIENCE_S

SHARE = """(canvas, [box, colour]) => {
    const drawn = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    drawn.drawImage(canvas, 0, 0);
    const place = (part, size) => Math.min(size - 1, Math.max(0, Math.floor(part * size)));
    const [left, right] = [box[0], box[1]].map((part) => place(part, canvas.width));
    const [top, bottom] = [box[2], box[3]].map((part) => place(part, canvas.height));
    const { data } = drawn.getImageData(left, top, right - left + 1, bottom - top + 1);
    const ground = drawn.getImageData(0, 0, 1, 1).data;
    const wanted = new OffscreenCanvas(1, 1).getContext("2d");
    wanted.fillStyle = colour ?? "black";
    wanted.fillRect(0, 0, 1, 1);
    const ink = wanted.getImageData(0, 0, 1, 1).data;
    const unlike = (at, other) => Math.max(...[0, 1, 2, 3].map((part) => Math.abs(data[at + part] - other[part])));
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
        if (colour === null ? unlike(at, ground) > 0 : unlike(at, ink) < 48) found += 1;
    }
    return found / (data.length / 4);
}"""

OVER_CELL = """([x, y]) => [...document.querySelectorAll('container-table canvas')].some((canvas) => {
    const box = canvas.getBoundingClientRect();
    if (x < box.left || x > box.right || y < box.top || y > box.bottom || canvas.width === 0) return false;
    const scale = canvas.width / box.width;
    const height = Math.round(20 * scale);
    const copy = new OffscreenCanvas(canvas.width, height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, -Math.max(0, Math.round((y - box.top - 10) * scale)));
    return copy.getImageData(0, 0, canvas.width, height).data.some(Boolean);
})"""

PICTURE = """async (file) => {
    const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas;
}"""


class Box(NamedTuple):
    """A part of a canvas, its edges as shares of the canvas' width and height."""

    left: float = 0.0
    right: float = 1.0
    top: float = 0.0
    bottom: float = 1.0


WHOLE = Box()


async def ink(canvas: Locator | JSHandle, box: Box = WHOLE, *, colour: str | None = None) -> float:
    """The share of its pixels that are not as the canvas' upper left corner is, or that have about that CSS colour."""
    share: float = await canvas.evaluate(SHARE, [list(box), colour])
    return share


async def opened(page: Page, png: bytes) -> JSHandle:
    """A picture from a file, as a canvas that is not on the page."""
    return await page.evaluate_handle(PICTURE, base64.b64encode(png).decode())


async def expect_ink(canvas: Locator, box: Box = WHOLE, *, colour: str | None = None) -> None:
    """Some of that is drawn, soon."""
    with anyio.move_on_after(PATIENCE_S):
        while True:
            if await ink(canvas, box, colour=colour):
                return
            await anyio.sleep(LOOK_AGAIN_S)
    raise AssertionError(f"nothing is drawn in {box}, colour {colour}")


async def has_ink_over(cell: Locator) -> bool:
    """Whether something is drawn over a cell, within ten pixels above or below its middle."""
    return bool(await cell.page.evaluate(OVER_CELL, await _middle(cell)))


async def until_ink_over(cell: Locator) -> None:
    """Wait until something is."""
    await cell.page.wait_for_function(OVER_CELL, arg=await _middle(cell))


async def _middle(cell: Locator) -> list[float]:
    box = await cell.bounding_box()
    assert box is not None
    return [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
