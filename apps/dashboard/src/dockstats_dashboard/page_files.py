"""The page at `/` and its modules at `/page/…`: files of this package, read and compressed once, sent without comments.

They change only with the dashboard's version, so a browser asks each time and mostly hears "not modified".
Not here: what the page does (`page/`), what a comment is (comments), what is needed to start (preloads).
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable

from litestar import Request, Response, get
from litestar.datastructures.state import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_304_NOT_MODIFIED, HTTP_307_TEMPORARY_REDIRECT
from msgspec import Struct

from dockstats_core.fanout.shared_gzip import accepts_gzip
from dockstats_dashboard.comments import without_comments
from dockstats_dashboard.preloads import imported, with_preloads

# Litestar adds `charset=utf-8` to those of text.
MEDIA_TYPES = {
    "html": "text/html",
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
    "png": "image/png",
}


class PageFile(Struct, frozen=True, kw_only=True):
    """One file as it is sent; each form has an ETag of its own (RFC 9110 8.8.3.3)."""

    body: bytes
    gzipped: bytes
    media_type: str
    etag: str
    gzipped_etag: str


INDEX = "index.html"
ROOTS = ("boot.js", "main.js")
"""The modules that the page starts with."""


def read_page() -> Mapping[str, PageFile]:
    """The page's files by their path below `page/`; only these can ever be asked for."""
    bodies = dict(_bodies(resources.files("dockstats_dashboard") / "page", ""))
    index = bodies[INDEX].decode()
    bodies[INDEX] = with_preloads(index, start_modules(bodies)).encode()
    return {name: _page_file(name, body) for name, body in bodies.items()}


def start_modules(bodies: Mapping[str, bytes]) -> list[str]:
    """What has to be there before the page can start."""
    modules = {name: body.decode() for name, body in bodies.items() if name.endswith(".js")}
    return imported(modules, *ROOTS)


def _bodies(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _bodies(entry, f"{prefix}{entry.name}/")
        elif _ending(entry.name) in MEDIA_TYPES:
            yield prefix + entry.name, without_comments(entry.name, entry.read_bytes())


def _page_file(name: str, body: bytes) -> PageFile:
    digest = hashlib.sha256(body).hexdigest()[:32]
    return PageFile(
        body=body,
        gzipped=gzip.compress(body, mtime=0),  # without a time the bytes are the same at every start
        media_type=MEDIA_TYPES[_ending(name)],
        etag=f'"{digest}"',
        gzipped_etag=f'"{digest}-gzip"',
    )


def _ending(name: str) -> str:
    return name.rpartition(".")[2]


@get("/", include_in_schema=False)
async def index(
    request: Request[None, None, State], page_files: NamedDependency[Mapping[str, PageFile]]
) -> Response[bytes]:
    """The page. Its URLs are relative, so a path without its last slash is sent to the one with it."""
    path = request.scope["raw_path"].decode("ascii", "replace")
    if not path.endswith("/"):
        # Relative, because a proxy may show this server below yet another path.
        return Redirect(f"{path.rpartition('/')[2]}/", status_code=HTTP_307_TEMPORARY_REDIRECT)
    return sent(request, page_files[INDEX])


@get("/page/{path:path}", include_in_schema=False)
async def page_file(
    request: Request[None, None, State], path: FromPath[str], page_files: NamedDependency[Mapping[str, PageFile]]
) -> Response[bytes]:
    """One file of the page."""
    found = page_files.get(path.lstrip("/"))
    if found is None:
        raise NotFoundException(f"the page has no file {path[:100]!r}")
    return sent(request, found)


def sent(request: Request[None, None, State], file: PageFile) -> Response[bytes]:
    """The answer to a browser, which may have it already."""
    body, etag = file.body, file.etag
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if accepts_gzip(request.headers.get("accept-encoding")):
        body, etag = file.gzipped, file.gzipped_etag
        headers["Content-Encoding"] = "gzip"
    headers["ETag"] = etag
    if etag in request.headers.get("if-none-match", ""):
        headers.pop("Content-Encoding", None)  # there is no content
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(body, media_type=file.media_type, headers=headers)
