"""Certificates and keys in files, as the contexts that servers and connections use, and as new as the files are.

Certificates are renewed while a program runs. A server's is read again into the same context when its files changed; a
client gets a new context then. Files that cannot be used any more are told once, and what was read before stays. An
authority that is taken out of a server's `client_ca` is believed until the server starts anew.
Not here: which files (program.options), the connections.
"""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from dockstats_core.errors import ConfigurationError

_Stamps: TypeAlias = tuple[tuple[int, int, int] | None, ...]

_log = logging.getLogger(__name__)


class ServerCertificate(Struct, frozen=True, kw_only=True):
    """PEM files of a server. `key` may be blank and stand in `certificate`; without `client_ca` anyone may connect."""

    certificate: str
    key: str
    client_ca: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """Those that are there to be read."""
        return tuple(filter(None, (self.certificate, self.key, self.client_ca)))


class AgentCertificates(Struct, frozen=True, kw_only=True):
    """PEM files for connections to agents, blank where there is none: authorities, our own certificate, its key."""

    ca: str = ""
    certificate: str = ""
    key: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """Those that are there to be read."""
        return tuple(filter(None, (self.ca, self.certificate, self.key)))


class ServerTls:
    """TLS of one server.

    Raises:
        ConfigurationError: a file is missing, unreadable, no certificate or key, or the two do not belong together.
    """

    def __init__(self, files: ServerCertificate) -> None:
        self._files = files
        self._stamps = self._told = _stamps(files.files)
        self.context: ssl.SSLContext = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._load(self.context)

    def renew(self) -> None:
        """Read the files again where they changed; connections that come from now on use them."""
        stamps = _stamps(self._files.files)
        if stamps == self._stamps:
            return
        try:
            # First into another one: what fails half-way would leave a certificate without its key.
            self._load(ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
            self._load(self.context)
        except ConfigurationError as error:
            if stamps != self._told:
                _log.warning("the certificate before stays in use", extra={"reason": str(error)})
        else:
            self._stamps = stamps
            _log.info("the certificate was renewed", extra={"file": self._files.certificate})
        self._told = stamps

    def _load(self, context: ssl.SSLContext) -> None:
        _load_chain(context, self._files.certificate, self._files.key)
        if self._files.client_ca:
            _load_authorities(context, self._files.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED


class ClientTls:
    """TLS of connections to agents, verified by the system's authorities unless others are given.

    Raises:
        ConfigurationError: as with `ServerTls`.
    """

    def __init__(self, files: AgentCertificates) -> None:
        self._files = files
        self._stamps = self._told = _stamps(files.files)
        self._context = self._made()

    def context(self) -> ssl.SSLContext:
        """For the next connection."""
        stamps = _stamps(self._files.files)
        if stamps != self._stamps:
            try:
                self._context = self._made()
                self._stamps = stamps
            except ConfigurationError as error:
                if stamps != self._told:
                    _log.warning("the certificates before stay in use", extra={"reason": str(error)})
            self._told = stamps
        return self._context

    def _made(self) -> ssl.SSLContext:
        if not self._files.ca:
            context = ssl.create_default_context()
        else:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            _load_authorities(context, self._files.ca)
        if self._files.certificate:
            _load_chain(context, self._files.certificate, self._files.key)
        return context


class _LockedKeyError(Exception):
    """A key cannot be read without a password, which nobody is there to give."""


def _refuse() -> str:
    raise _LockedKeyError


def _load_chain(context: ssl.SSLContext, certificate: str, key: str) -> None:
    try:
        context.load_cert_chain(certificate, key or None, password=_refuse)
    except _LockedKeyError:
        raise ConfigurationError(
            f"the key in {key or certificate!r} is locked by a password; give one without, that only this user can read"
        ) from None
    except FileNotFoundError:
        missing = next((name for name in (certificate, key) if name and not os.path.exists(name)), certificate)
        raise ConfigurationError(f"there is no file {missing!r}; it should be a certificate or a key in PEM") from None
    except ssl.SSLError as error:
        raise ConfigurationError(_about_chain(certificate, key, error)) from error
    except OSError as error:
        raise ConfigurationError(_unreadable((certificate, key), error)) from error


def _load_authorities(context: ssl.SSLContext, ca: str) -> None:
    try:
        context.load_verify_locations(ca)
    except FileNotFoundError:
        raise ConfigurationError(
            f"there is no file {ca!r}; it should hold the authorities' certificates in PEM"
        ) from None
    except ssl.SSLError as error:
        raise ConfigurationError(f"{ca!r} holds no authority's certificate in PEM ({_reason(error)})") from error
    except OSError as error:
        raise ConfigurationError(_unreadable((ca,), error)) from error


def _about_chain(certificate: str, key: str, error: ssl.SSLError) -> str:
    held_by = repr(key or certificate)
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"the key in {held_by} does not belong to the certificate in {certificate!r}"
    return (
        f"{certificate!r} and {held_by} cannot be used ({_reason(error)}); they should hold a certificate, with those "
        "between it and its authority, and its key, in PEM"
    )


def _unreadable(files: Sequence[str], error: OSError) -> str:
    why = (error.strerror or type(error).__name__).lower()
    named = error.filename or next((name for name in files if name and not os.access(name, os.R_OK)), files[0])
    return f"cannot read {named!r}: {why}"


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or str(error)).replace("_", " ").lower()


def _stamps(files: Sequence[str]) -> _Stamps:
    """What changes when a file does; None for one that is not there."""
    return tuple(_stamp(name) for name in files)


def _stamp(name: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(name)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
