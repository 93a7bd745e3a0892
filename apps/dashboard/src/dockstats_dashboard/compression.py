"""Gzip for routes that give long answers; each asks for it itself, so that nothing else is ever compressed twice.

Level 1: an answer is made and compressed while the streams wait, and level 6 takes four times as long (5 ms instead of
1 ms for the fifteen columns of half an hour, 36 instead of 41 KB).
Not here: the stream, whose frames are compressed once for all its readers (`fanout.shared_gzip`), the page's files.
"""

from __future__ import annotations

from litestar.config.compression import CompressionConfig
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware

COMPRESSED = DefineMiddleware(
    CompressionMiddleware, config=CompressionConfig(backend="gzip", gzip_compress_level=1, minimum_size=1000)
)
"""`middleware=[COMPRESSED]` of a route: gzip for who accepts it, above a thousand bytes."""
