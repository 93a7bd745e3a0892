"""Bytes to one struct of a union and back, safe against whatever a stranger sends.

The type is read first, through a one-field struct, because msgspec raises the same error for an unknown tag and for
a bad field, and callers treat them differently: an unknown type comes from a newer peer and is skipped, a bad field
is a fault. Not here: what the messages are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

import msgspec

from dockstats_core.errors import MalformedMessageError, UnknownMessageTypeError, in_a_sentence

MessageT = TypeVar("MessageT", bound=msgspec.Struct)

_MAX_SHOWN = 200  # characters of what is wrong
_encoder = msgspec.json.Encoder()


class _Typed(msgspec.Struct):
    type: str


_type_decoder = msgspec.json.Decoder(_Typed)

# What msgspec lets through besides its own errors: text that is no UTF-8 (or, given as str, cannot become UTF-8), and
# nesting past the interpreter's stack.
_UNUSABLE = (msgspec.DecodeError, UnicodeError, RecursionError)


class Codec(Generic[MessageT]):
    """Encodes and decodes the tagged structs of one protocol."""

    def __init__(self, types: Iterable[type[MessageT]]) -> None:
        self._decoders = {str(struct.__struct_config__.tag): msgspec.json.Decoder(struct) for struct in types}

    def encode(self, message: MessageT) -> bytes:
        """The message as one line of JSON."""
        return _encoder.encode(message)

    def decode(self, data: bytes | str) -> MessageT:
        """The struct that `data` says.

        Raises:
            UnknownMessageTypeError: a well-formed message of a type this version does not know.
            MalformedMessageError: anything else that is not one of this protocol's messages.
        """
        try:
            message_type = _type_decoder.decode(data).type
            decoder = self._decoders.get(message_type)
            if decoder is not None:
                return decoder.decode(data)
        except _UNUSABLE as error:
            raise MalformedMessageError(f"unusable message: {in_a_sentence(str(error), _MAX_SHOWN)}") from error
        raise UnknownMessageTypeError(message_type)
