"""Any value that a message type allows: Hypothesis strategies read off the structs themselves, bounds included.

Not here: what is done with them.
"""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from dockstats_core.messages.agent import MAX_LIMIT

_ZONES = (UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8)))
_LONGEST = 4  # of the lists and maps that are drawn


def any_of(message: type[Any]) -> st.SearchStrategy[Any]:
    """Any instance of a struct."""
    return _values(inspect.type_info(message))


def _values(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.StructType(cls=struct, fields=fields):
            required = {field.name: _values(field.type) for field in fields if field.required}
            optional = {field.name: _values(field.type) for field in fields if not field.required}
            return st.fixed_dictionaries(required, optional=optional).map(lambda values: struct(**values))
        case inspect.UnionType(types=types):
            return st.one_of(*map(_values, types))
        case inspect.ListType(item_type=item):
            return st.lists(_values(item), max_size=_LONGEST)
        case inspect.VarTupleType(item_type=item):
            return st.lists(_values(item), max_size=_LONGEST).map(tuple)
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_values(key), _values(value), max_size=_LONGEST)
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.StrType(max_length=longest):
            return st.text(max_size=min(20, longest or 20))
        case inspect.IntType(ge=least, le=most):
            return st.integers(least, MAX_LIMIT if most is None else most)
        case inspect.FloatType(ge=least):
            return st.floats(least, allow_nan=False, allow_infinity=False)
        case inspect.DateTimeType(tz=True):
            return st.datetimes(timezones=st.sampled_from(_ZONES))
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise NotImplementedError(f"no strategy for {info}")
