"""Whether a client takes gzip: the `Accept-Encoding` header, RFC 9110 12.5.3.

Not here: compressing.
"""

from __future__ import annotations


def accepts_gzip(accept_encoding: str) -> bool:
    """True where gzip, or anything, is listed with a weight above zero; what names gzip beats `*`."""
    weights = {name: weight for name, weight in map(_weighted, accept_encoding.lower().split(",")) if name}
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0.0


def _weighted(element: str) -> tuple[str, float]:
    name, *parameters = (part.strip() for part in element.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0
