"""Where the Docker Engine is: what a person or the environment says, as an endpoint that can be connected to.

Asked in this order: the `--docker-endpoint` flag (or its variable), `DOCKER_HOST`, the Docker context that is active
(`DOCKER_CONTEXT`, or `currentContext` of the Docker CLI's configuration), and `unix:///var/run/docker.sock`. TLS comes
from `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`, or from the context. ssh and npipe are refused.
Not here: connecting (engine.transport); agents' endpoints (endpoints.agents).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from dockstats_core.errors import ConfigurationError

DEFAULT = "unix:///var/run/docker.sock"
_PLAIN_PORT, _TLS_PORT = 2375, 2376
_MAX_SHOWN = 200
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}\Z")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?\Z")  # lower case, as urlsplit gives it
# What msgspec raises: its own errors, text that is no UTF-8, and nesting past the interpreter's stack.
_UNUSABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_FORMS = "use unix:///path/to/docker.sock, tcp://host:2375 or http://host:2375"


class TlsFiles(Struct, frozen=True, kw_only=True):
    """PEM files in one folder, each used where it is there; without `verify` any certificate is taken."""

    folder: Path
    verify: bool = True

    @property
    def ca(self) -> Path | None:
        """Authority that signed the engine's certificate; None: the system's authorities."""
        return self._there("ca.pem")

    @property
    def client(self) -> tuple[Path, Path] | None:
        """Our own certificate and its key."""
        certificate, key = self._there("cert.pem"), self._there("key.pem")
        return None if certificate is None or key is None else (certificate, key)

    def _there(self, name: str) -> Path | None:
        path = self.folder / name
        return path if path.is_file() else None


class EngineEndpoint(Struct, frozen=True, kw_only=True):
    """One engine's address. `text` is what people are told, `base_url` what requests are made of."""

    kind: Literal["unix", "http", "https"]
    text: str
    base_url: str
    socket_path: str | None = None
    tls: TlsFiles | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine as far as the address tells."""
        if self.kind == "unix":
            return True
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


def resolve_endpoint(asked: str | None, environ: Mapping[str, str]) -> EngineEndpoint:
    """The engine that is meant.

    Args:
        asked: what was asked for by flag or argument; None to find out.
        environ: DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH and HOME are read.

    Raises:
        ConfigurationError: a form that is not spoken, or a context that cannot be read.
    """
    # A user without a home has no configuration: "~" stays what it is then, and no such folder exists.
    home = environ.get("HOME") or os.path.expanduser("~")
    configuration = Path(environ.get("DOCKER_CONFIG") or Path(home) / ".docker")
    text = asked or environ.get("DOCKER_HOST")
    if text:
        return _endpoint(text, _tls_of_environment(environ, configuration))
    name = environ.get("DOCKER_CONTEXT") or _current_context(configuration)
    if name and name != "default":
        return _endpoint_of_context(name, configuration)
    return _endpoint(DEFAULT, None)


def _endpoint(text: str, tls: TlsFiles | None) -> EngineEndpoint:
    scheme, separator, rest = text.strip().partition("://")
    if scheme == "unix":
        if not rest or not rest.isprintable():
            raise ConfigurationError(f"unusable Docker endpoint {_shown(text)!r}: it names no path; {_FORMS}")
        path = rest if rest.startswith("/") else f"/{rest}"
        return EngineEndpoint(kind="unix", text=f"unix://{path}", base_url="http://docker", socket_path=path)
    if not separator or scheme not in {"tcp", "http", "https"}:
        names_one = separator and _SCHEME.match(scheme)
        what = f"{scheme}:// is not spoken here" if names_one else "it names no scheme"
        way_out = "; forward the socket (ssh -L) or run an agent on that host" if scheme == "ssh" else ""
        raise ConfigurationError(f"unusable Docker endpoint {_shown(text)!r}: {what}{way_out}; {_FORMS}")
    kind: Literal["http", "https"] = "https" if scheme == "https" or (scheme == "tcp" and tls is not None) else "http"
    authority = _authority(rest, _PLAIN_PORT if kind == "http" else _TLS_PORT)
    if authority is None:
        raise ConfigurationError(
            f"unusable Docker endpoint {_shown(text)!r}: it should be a host and a port, nothing else; {_FORMS}"
        )
    return EngineEndpoint(
        kind=kind,
        text=f"{scheme}://{authority}",
        base_url=f"{kind}://{authority}",
        tls=tls if kind == "https" else None,
    )


def _authority(text: str, usual_port: int) -> str | None:
    """`host:port`; None where `text` is anything else."""
    try:
        url = urlsplit(f"http://{text}")
        host, port = url.hostname or "", url.port
        if url.username is not None or url.path not in {"", "/"} or url.query or url.fragment:
            return None
        if ":" in host and host.isascii():
            host = f"[{IPv6Address(host)}]"
        elif not _HOST.match(host):
            return None
    except ValueError:
        return None
    return f"{host}:{usual_port if port is None else port}"


def _shown(text: str) -> str:
    """For people: without a user and a password, wherever they stand, and cut."""
    scheme, separator, rest = text.strip().partition("://")
    if separator and _SCHEME.match(scheme):
        text = scheme + separator + rest.rpartition("@")[2]
    else:
        text = text.rpartition("@")[2]
    return text[:_MAX_SHOWN]


def _tls_of_environment(environ: Mapping[str, str], configuration: Path) -> TlsFiles | None:
    """Docker's rule: any text in DOCKER_TLS_VERIFY turns TLS on, and a certificate folder says where the files are."""
    folder = environ.get("DOCKER_CERT_PATH")
    if environ.get("DOCKER_TLS_VERIFY"):
        return TlsFiles(folder=Path(folder) if folder else configuration)
    if environ.get("DOCKER_TLS"):
        return TlsFiles(folder=Path(folder) if folder else configuration, verify=False)
    return None


# --- The Docker CLI's contexts: its folder's layout is github.com/docker/cli cli/context/store ------------------------


class _Configuration(Struct):
    currentContext: str = ""  # noqa: N815 - Docker's name


class _ContextEndpoint(Struct, rename="pascal"):
    host: str = ""
    skip_tls_verify: bool = msgspec.field(default=False, name="SkipTLSVerify")


class _Context(Struct, rename="pascal"):
    endpoints: dict[str, _ContextEndpoint] = {}


def _current_context(configuration: Path) -> str:
    path = configuration / "config.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Configuration).currentContext
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, *_UNUSABLE) as error:
        raise ConfigurationError(
            f"cannot read the Docker CLI's configuration {path} ({error}); correct it, or name the engine with "
            "DOCKER_HOST"
        ) from error


def _endpoint_of_context(name: str, configuration: Path) -> EngineEndpoint:
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()
    path = configuration / "contexts" / "meta" / digest / "meta.json"
    way_out = "choose another (docker context ls, DOCKER_CONTEXT), or name the engine with DOCKER_HOST"
    try:
        context = msgspec.json.decode(path.read_bytes(), type=_Context)
    except (OSError, *_UNUSABLE) as error:
        raise ConfigurationError(
            f"the Docker context {name[:_MAX_SHOWN]!r} cannot be read from {path}; {way_out}"
        ) from error
    endpoint = context.endpoints.get("docker")
    if endpoint is None or not endpoint.host:
        raise ConfigurationError(f"the Docker context {name[:_MAX_SHOWN]!r} names no engine; {way_out}")
    # Docker's rule: TLS where the context has files for it, or says that they need not be verified.
    folder = configuration / "contexts" / "tls" / digest / "docker"
    uses_tls = endpoint.skip_tls_verify or os.path.isdir(folder)
    return _endpoint(endpoint.host, TlsFiles(folder=folder, verify=not endpoint.skip_tls_verify) if uses_tls else None)
