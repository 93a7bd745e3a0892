"""Which engine is meant, from flags, environment and the Docker CLI's contexts."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.endpoints.engine import EngineEndpoint, TlsFiles, resolve_endpoint
from dockstats_core.errors import ConfigurationError

NO_HOME = {"HOME": "/nonexistent"}


def resolved(text: str, **environ: str) -> EngineEndpoint:
    return resolve_endpoint(text, {**NO_HOME, **environ})


def refused(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        resolved(text)
    return str(caught.value)


# Forms. --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("unix:///var/run/docker.sock", "/var/run/docker.sock"),
        ("unix://run/user/1000/docker.sock", "/run/user/1000/docker.sock"),
        (" unix:///with space/and:ümlaut.sock\n", "/with space/and:ümlaut.sock"),
    ],
)
def test_socket(text: str, path: str) -> None:
    endpoint = resolved(text)
    assert (endpoint.kind, endpoint.socket_path, endpoint.text) == ("unix", path, f"unix://{path}")
    assert endpoint.tls is None
    assert endpoint.is_local


@pytest.mark.parametrize(
    ("text", "shown", "base_url"),
    [
        ("tcp://heron:2375", "tcp://heron:2375", "http://heron:2375"),
        ("tcp://heron", "tcp://heron:2375", "http://heron:2375"),
        ("http://heron", "http://heron:2375", "http://heron:2375"),
        ("http://heron:80/", "http://heron:80", "http://heron:80"),
        ("https://heron", "https://heron:2376", "https://heron:2376"),
        ("tcp://heron.example.:1", "tcp://heron.example.:1", "http://heron.example.:1"),
        ("tcp://HERON.example:1", "tcp://heron.example:1", "http://heron.example:1"),
        ("tcp://docker_proxy:2375", "tcp://docker_proxy:2375", "http://docker_proxy:2375"),
        ("tcp://[2001:db8::1]:2375", "tcp://[2001:db8::1]:2375", "http://[2001:db8::1]:2375"),
        ("tcp://[::1]", "tcp://[::1]:2375", "http://[::1]:2375"),
        ("tcp://[fe80::1%eth0]", "tcp://[fe80::1%eth0]:2375", "http://[fe80::1%eth0]:2375"),
    ],
)
def test_host_and_port(text: str, shown: str, base_url: str) -> None:
    endpoint = resolved(text)
    assert (endpoint.text, endpoint.base_url, endpoint.socket_path) == (shown, base_url, None)
    assert endpoint.kind == endpoint.base_url.partition(":")[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "ssh://heron",
            "ssh:// is not spoken here; forward the socket (ssh -L) or run an agent on that host; use unix",
        ),
        ("npipe:////./pipe/docker_engine", "npipe:// is not spoken here; use unix"),
        ("fd://", "fd:// is not spoken here"),
        ("/var/run/docker.sock", "it names no scheme; use unix:///path/to/docker.sock, tcp://host:2375"),
        ("heron:2375", "it names no scheme"),
        ("unix://", "it names no path"),
        ("unix:///a\0b", "it names no path"),
        ("tcp://", "it should be a host and a port"),
        ("tcp://:2375", "it should be a host and a port"),
        ("tcp://heron:port", "it should be a host and a port"),
        ("tcp://heron:65536", "it should be a host and a port"),
        ("tcp://heron:2375/v1.43", "it should be a host and a port"),
        ("tcp://heron:2375?x=1", "it should be a host and a port"),
        ("tcp://her on:2375", "it should be a host and a port"),
        ("tcp://hérøn:2375", "it should be a host and a port"),
        ("tcp://a..b:2375", "it should be a host and a port"),
        ("tcp://[::1:2375", "it should be a host and a port"),
        ("tcp://[fe80::1%ét0]:2375", "it should be a host and a port"),
    ],
)
def test_what_is_not_spoken_is_refused_with_a_way_out(text: str, reason: str) -> None:
    message = refused(text)
    assert message.startswith("unusable Docker endpoint ")
    assert reason in message


def test_password_in_an_address_is_refused_and_not_repeated() -> None:
    message = refused("tcp://user:secret@heron:2375")
    assert "'tcp://heron:2375'" in message
    assert "secret" not in message


@pytest.mark.parametrize(
    "text",
    [
        "ssh://user:secret@heron",
        "user:secret@heron:2375",
        "tcp://user:sec/ret@heron:2375",
        "//user:secret@heron",
        "my engine://user:secret@heron",
        "unix://user:secret@heron/\x7f",
    ],
)
def test_password_is_not_repeated_whatever_is_wrong_with_the_address(text: str) -> None:
    message = refused(text)
    assert "heron" in message
    assert "ret@" not in message
    assert "user" not in message.partition(";")[0]


@pytest.mark.parametrize("text", ["x" * 10_000, "x" * 10_000 + "://heron"])
def test_long_address_is_shown_cut(text: str) -> None:
    assert len(refused(text)) < 500


@given(
    st.one_of(
        st.text(), st.from_regex(r"(tcp|http|https|unix)://.*"), st.from_regex(r"tcp://\[?[0-9a-f:.%]*\]?(:\d+)?")
    )
)
def test_any_text_is_an_endpoint_or_refused(text: str) -> None:
    try:
        endpoint = resolved(text or "x")
    except ConfigurationError:
        return
    assert endpoint.base_url.isascii()
    assert endpoint.base_url.isprintable()
    assert resolved(endpoint.text) == endpoint


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("tcp://127.0.0.1", True),
        ("tcp://127.3.2.1", True),
        ("tcp://[::1]", True),
        ("http://localhost", True),
        ("tcp://192.0.2.1", False),
        ("tcp://heron", False),
    ],
)
def test_address_tells_whether_it_is_this_machine(text: str, local: bool) -> None:
    assert resolved(text).is_local is local


# TLS from the environment. -------------------------------------------------------------------------------------------


def test_tcp_has_tls_when_the_environment_says_so() -> None:
    endpoint = resolved("tcp://heron", DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH="/certs")
    assert (endpoint.kind, endpoint.base_url, endpoint.text) == ("https", "https://heron:2376", "tcp://heron:2376")
    assert endpoint.tls == TlsFiles(folder=Path("/certs"))


def test_any_text_at_all_turns_verifying_on_as_with_docker() -> None:
    endpoint = resolved("tcp://heron", DOCKER_TLS_VERIFY="0", DOCKER_TLS="1")
    assert endpoint.tls is not None
    assert endpoint.tls.verify


def test_tls_without_verifying() -> None:
    endpoint = resolved("tcp://heron", DOCKER_TLS="1")
    assert endpoint.tls == TlsFiles(folder=Path("/nonexistent/.docker"), verify=False)


def test_certificates_are_in_the_configuration_folder_when_no_other_is_named() -> None:
    endpoint = resolved("tcp://heron", DOCKER_TLS_VERIFY="1", DOCKER_CONFIG="/etc/docker-cli")
    assert endpoint.tls == TlsFiles(folder=Path("/etc/docker-cli"))


def test_certificate_folder_alone_turns_no_tls_on() -> None:
    assert resolved("tcp://heron", DOCKER_CERT_PATH="/certs", DOCKER_TLS_VERIFY="").kind == "http"


def test_http_stays_plain_and_https_is_always_tls() -> None:
    assert resolved("http://heron", DOCKER_TLS_VERIFY="1").tls is None
    plain = resolved("https://heron")
    assert (plain.kind, plain.tls) == ("https", None)
    assert resolved("https://heron", DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH="/certs").tls is not None


def test_socket_never_has_tls() -> None:
    assert resolved("unix:///s", DOCKER_TLS_VERIFY="1").tls is None


@pytest.mark.parametrize(
    ("present", "ca", "client"),
    [
        ([], False, False),
        (["ca.pem"], True, False),
        (["cert.pem"], False, False),
        (["cert.pem", "key.pem"], False, True),
        (["ca.pem", "cert.pem", "key.pem"], True, True),
    ],
)
def test_each_certificate_file_is_used_where_it_is_there(
    tmp_path: Path, present: list[str], ca: bool, client: bool
) -> None:
    for name in present:
        (tmp_path / name).touch()
    files = TlsFiles(folder=tmp_path)
    assert files.ca == (tmp_path / "ca.pem" if ca else None)
    assert files.client == ((tmp_path / "cert.pem", tmp_path / "key.pem") if client else None)


# Precedence and contexts. --------------------------------------------------------------------------------------------


class DockerCli:
    """A home folder as the Docker CLI leaves it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / ".docker"
        self.folder.mkdir()

    def configure(self, text: str) -> None:
        (self.folder / "config.json").write_text(text)

    def context(self, name: str, endpoint: dict[str, Any] | None, *, tls: list[str] | None = None) -> Path:
        digest = hashlib.sha256(name.encode()).hexdigest()
        meta = self.folder / "contexts" / "meta" / digest
        meta.mkdir(parents=True)
        endpoints = {} if endpoint is None else {"docker": endpoint}
        (meta / "meta.json").write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": endpoints}))
        files = self.folder / "contexts" / "tls" / digest / "docker"
        if tls is not None:
            files.mkdir(parents=True)
            for file in tls:
                (files / file).touch()
        return files

    def resolve(self, asked: str | None = None, **environ: str) -> EngineEndpoint:
        return resolve_endpoint(asked, {"HOME": str(self.home), **environ})


@pytest.fixture
def cli(tmp_path: Path) -> DockerCli:
    return DockerCli(tmp_path)


def test_flag_comes_before_environment_before_context_before_default(cli: DockerCli) -> None:
    assert cli.resolve().text == "unix:///var/run/docker.sock"
    cli.context("far", {"Host": "tcp://far:2375"})
    cli.context("near", {"Host": "tcp://near:2375"})
    cli.configure('{"currentContext":"far","auths":{}}')
    assert cli.resolve().text == "tcp://far:2375"
    assert cli.resolve(DOCKER_CONTEXT="near").text == "tcp://near:2375"
    assert cli.resolve(DOCKER_CONTEXT="near", DOCKER_HOST="tcp://env:2375").text == "tcp://env:2375"
    assert cli.resolve("tcp://flag:2375", DOCKER_HOST="tcp://env:2375").text == "tcp://flag:2375"


@pytest.mark.parametrize("configuration", ["{}", '{"currentContext":""}', '{"currentContext":"default"}'])
def test_default_context_is_the_default_socket(cli: DockerCli, configuration: str) -> None:
    cli.configure(configuration)
    assert cli.resolve().text == "unix:///var/run/docker.sock"


def test_default_context_by_name_overrides_the_active_one(cli: DockerCli) -> None:
    cli.configure('{"currentContext":"far"}')
    assert cli.resolve(DOCKER_CONTEXT="default").text == "unix:///var/run/docker.sock"


def test_context_of_a_socket(cli: DockerCli) -> None:
    cli.context("rootless", {"Host": "unix:///run/user/1000/docker.sock", "SkipTLSVerify": False})
    assert cli.resolve(DOCKER_CONTEXT="rootless").socket_path == "/run/user/1000/docker.sock"


def test_context_with_certificates_uses_them(cli: DockerCli) -> None:
    files = cli.context("far", {"Host": "tcp://far:2376"}, tls=["ca.pem", "cert.pem", "key.pem"])
    endpoint = cli.resolve(DOCKER_CONTEXT="far")
    assert endpoint.kind == "https"
    assert endpoint.tls == TlsFiles(folder=files)
    assert endpoint.tls.ca == files / "ca.pem"


@pytest.mark.parametrize("tls", [None, ["ca.pem"]])
def test_context_that_skips_verifying_uses_tls_with_or_without_files(cli: DockerCli, tls: list[str] | None) -> None:
    cli.context("far", {"Host": "tcp://far:2376", "SkipTLSVerify": True}, tls=tls)
    endpoint = cli.resolve(DOCKER_CONTEXT="far")
    assert endpoint.kind == "https"
    assert endpoint.tls is not None
    assert not endpoint.tls.verify


def test_environments_tls_is_not_the_contexts(cli: DockerCli) -> None:
    cli.context("far", {"Host": "tcp://far:2375"})
    assert cli.resolve(DOCKER_CONTEXT="far", DOCKER_TLS_VERIFY="1").kind == "http"


def test_context_over_ssh_is_refused_like_any_ssh(cli: DockerCli) -> None:
    cli.context("far", {"Host": "ssh://far"})
    with pytest.raises(ConfigurationError, match="ssh:// is not spoken here; forward the socket"):
        cli.resolve(DOCKER_CONTEXT="far")


@pytest.mark.parametrize("name", ["missing", "../../../etc", "x" * 10_000, ""])
def test_context_that_is_not_there_says_how_to_choose(cli: DockerCli, name: str) -> None:
    cli.configure(json.dumps({"currentContext": name or "missing"}))
    with pytest.raises(ConfigurationError, match=r"cannot be read from .*; choose another") as caught:
        cli.resolve()
    assert len(str(caught.value)) < 1000


def test_context_whose_name_is_no_utf8_is_looked_for_by_its_bytes(cli: DockerCli) -> None:
    with pytest.raises(ConfigurationError, match=r"the Docker context '\\udcff' cannot be read"):
        cli.resolve(DOCKER_CONTEXT=os.fsdecode(b"\xff"))


@pytest.mark.parametrize("endpoint", [None, {}, {"Host": ""}])
def test_context_without_an_engine_says_so(cli: DockerCli, endpoint: dict[str, Any] | None) -> None:
    cli.context("empty", endpoint)
    with pytest.raises(ConfigurationError, match="the Docker context 'empty' names no engine; choose another"):
        cli.resolve(DOCKER_CONTEXT="empty")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"currentContext":7}', '"\xff', '{"auths":' + "[" * 100_000])
def test_configuration_that_is_none_is_told_with_its_path(cli: DockerCli, text: str) -> None:
    (cli.folder / "config.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"cannot read the Docker CLI's configuration .*/config\.json"):
        cli.resolve()
    assert cli.resolve("tcp://heron").text == "tcp://heron:2375"


def test_configuration_elsewhere(cli: DockerCli, tmp_path: Path) -> None:
    cli.context("far", {"Host": "tcp://far:2375"})
    cli.configure('{"currentContext":"far"}')
    endpoint = resolve_endpoint(None, {"HOME": "/nonexistent", "DOCKER_CONFIG": str(cli.folder)})
    assert endpoint.text == "tcp://far:2375"


def test_home_that_is_no_folder_has_no_context() -> None:
    assert resolve_endpoint(None, {"HOME": os.devnull}).text == "unix:///var/run/docker.sock"
