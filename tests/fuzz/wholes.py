"""One JSON value of a struct with every field set, and the names of all its fields, read off the struct itself.

Not here: any value that a struct allows (tests.generated).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

_TIME = "2026-11-24T12:00:00Z"
_ID = "0c76ad1e7a7b09ff1da923cc25b496157cdc7d2a5080471b362ab0b878557e91"


def whole(struct: Any) -> bytes:
    """The JSON of a struct's message with nothing left out."""
    return json.dumps(_value("", inspect.type_info(struct))).encode()


def names(*structs: Any) -> tuple[bytes, ...]:
    """The fields of structs and of all within them, in quotes and with a colon, each once."""
    found = dict.fromkeys(name for struct in structs for name in _names(inspect.type_info(struct)))
    return tuple(b'"%b":' % name.encode() for name in found)


def _value(name: str, info: inspect.Type) -> Any:
    match info:
        case inspect.StructType(fields=fields, tag_field=tag_field, tag=tag):
            tagged = {tag_field: tag} if tag_field is not None else {}
            return tagged | {field.encode_name: _value(field.encode_name, field.type) for field in fields}
        case inspect.UnionType(types=types):
            return _value(name, next(one for one in types if not isinstance(one, inspect.NoneType)))
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return [_value(name, item)] * 2
        case inspect.DictType(value_type=value):
            return {"eth0": _value(name, value)}
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.DateTimeType():
            return _TIME
        case inspect.BoolType():
            return True
        case inspect.IntType():
            return 7
        case inspect.FloatType():
            return 12.5
        case inspect.StrType():
            return _text(name.lower())
    raise NotImplementedError(f"no value for {info}")


def _text(name: str) -> str:
    if name == "id":
        return _ID
    if name in {"read", "preread"} or name.endswith("at"):
        return _TIME
    return {"type": "container", "action": "die", "status": "running", "state": "running"}.get(name, "web")


def _names(info: inspect.Type) -> Iterator[str]:
    match info:
        case inspect.StructType(fields=fields):
            for field in fields:
                yield field.encode_name
                yield from _names(field.type)
        case inspect.UnionType(types=types):
            for one in types:
                yield from _names(one)
        case inspect.ListType(item_type=inner) | inspect.VarTupleType(item_type=inner):
            yield from _names(inner)
        case inspect.DictType(value_type=inner):
            yield from _names(inner)
