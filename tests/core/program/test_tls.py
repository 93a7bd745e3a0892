"""Certificates from files: verified, renewed while the program runs, and told in a sentence where they are unusable.

Not here: the whole programs over TLS (tests/agent/test_tls.py).
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.tls import AgentCertificates, ClientTls, ServerCertificate, ServerTls

NAME = "heron.example"


class Files:
    """PEM files of one authority and one certificate of it."""

    def __init__(self, directory: Path, ca: trustme.CA, certificate: trustme.LeafCert) -> None:
        directory.mkdir(exist_ok=True)
        self.ca, self.certificate, self.key = (str(directory / name) for name in ("ca.pem", "cert.pem", "key.pem"))
        ca.cert_pem.write_to_path(self.ca)
        self.write(certificate)

    def write(self, certificate: trustme.LeafCert) -> None:
        """As a renewal does: a new file in the place of the old one."""
        for path, blob in ((self.key, certificate.private_key_pem), (self.certificate, certificate.cert_chain_pems[0])):
            blob.write_to_path(f"{path}.new")
            os.replace(f"{path}.new", path)

    def server(self, *, client_ca: str = "") -> ServerTls:
        return ServerTls(ServerCertificate(certificate=self.certificate, key=self.key, client_ca=client_ca))


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def files(tmp_path: Path, ca: trustme.CA) -> Files:
    return Files(tmp_path / "server", ca, ca.issue_cert(NAME))


def meet(server: ssl.SSLContext, client: ssl.SSLContext, *, name: str = NAME) -> str:
    """Let both sides shake hands and exchange a byte; the serial number of the server's certificate."""
    ours, theirs = socket.socketpair()
    ours.settimeout(10)
    theirs.settimeout(10)
    serial = ""

    def ask() -> None:
        nonlocal serial
        with theirs, client.wrap_socket(theirs, server_hostname=name) as asking:
            serial = str((asking.getpeercert() or {})["serialNumber"])
            asking.sendall(b"?")

    failures: list[Exception] = []
    thread = threading.Thread(target=lambda: keep_failure(ask, failures))
    thread.start()
    try:
        with ours, server.wrap_socket(ours, server_side=True) as answering:
            answering.recv(1)
    finally:
        thread.join()
        if failures:
            raise failures[0]
    return serial


def keep_failure(act: Callable[[], None], failures: list[Exception]) -> None:
    try:
        act()
    except (OSError, KeyError) as failure:
        failures.append(failure)


def test_certificate_of_a_known_authority_is_taken(files: Files) -> None:
    assert meet(files.server().context, ClientTls(AgentCertificates(ca=files.ca)).context())


def test_certificate_of_an_unknown_authority_is_refused_and_so_is_one_for_another_name(files: Files) -> None:
    with pytest.raises(ssl.SSLError):
        meet(files.server().context, ClientTls(AgentCertificates()).context())
    with pytest.raises(ssl.SSLError):
        meet(files.server().context, ClientTls(AgentCertificates(ca=files.ca)).context(), name="other.example")


def test_protocol_that_is_broken_is_not_spoken(files: Files) -> None:
    assert files.server().context.minimum_version >= ssl.TLSVersion.TLSv1_2
    for ca in ("", files.ca):
        assert ClientTls(AgentCertificates(ca=ca)).context().minimum_version >= ssl.TLSVersion.TLSv1_2


def test_client_without_a_certificate_is_refused_where_one_is_asked_for(files: Files, tmp_path: Path) -> None:
    clients = trustme.CA()
    own = Files(tmp_path / "client", clients, clients.issue_cert("dashboard.example"))
    server = files.server(client_ca=own.ca).context
    with pytest.raises(ssl.SSLError):
        meet(server, ClientTls(AgentCertificates(ca=files.ca)).context())
    stranger = Files(tmp_path / "stranger", trustme.CA(), trustme.CA().issue_cert("dashboard.example"))
    with pytest.raises(ssl.SSLError):
        meet(
            server,
            ClientTls(AgentCertificates(ca=files.ca, certificate=stranger.certificate, key=stranger.key)).context(),
        )
    assert meet(server, ClientTls(AgentCertificates(ca=files.ca, certificate=own.certificate, key=own.key)).context())


def test_renewed_certificate_is_used_for_the_next_connection(files: Files, ca: trustme.CA) -> None:
    server, client = files.server(), ClientTls(AgentCertificates(ca=files.ca)).context()
    before = meet(server.context, client)
    server.renew()
    assert meet(server.context, client) == before
    files.write(ca.issue_cert(NAME))
    server.renew()
    assert meet(server.context, client) != before


def test_half_a_renewal_is_told_once_and_changes_nothing(
    files: Files, ca: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    server, client = files.server(), ClientTls(AgentCertificates(ca=files.ca)).context()
    before = meet(server.context, client)
    ca.issue_cert(NAME).private_key_pem.write_to_path(files.key)
    server.renew()
    server.renew()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "does not belong" in caplog.records[0].__dict__["reason"]
    assert meet(server.context, client) == before


def test_renewed_authorities_are_believed_by_the_next_connection(
    files: Files, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = ClientTls(AgentCertificates(ca=files.ca))
    others = trustme.CA()
    moved = Files(tmp_path / "moved", others, others.issue_cert(NAME)).server().context
    with pytest.raises(ssl.SSLError):
        meet(moved, client.context())
    others.cert_pem.write_to_path(files.ca)
    assert meet(moved, client.context())
    Path(files.ca).write_text("")
    assert meet(moved, client.context())
    assert "stay in use" in caplog.text


def make_directory(path: str) -> None:
    os.remove(path)
    os.mkdir(path)


def locked(path: str) -> None:
    key = load_pem_private_key(Path(path).read_bytes(), None)
    way = BestAvailableEncryption(b"password")
    Path(path).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, way))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda files: os.remove(files.certificate), "there is no file '.*/cert.pem'"),
        (lambda files: os.remove(files.key), "there is no file '.*/key.pem'"),
        (lambda files: Path(files.certificate).write_text("text"), "should hold a certificate"),
        (lambda files: Path(files.key).write_text("text"), "its key, in PEM"),
        (lambda files: trustme.CA().issue_cert(NAME).private_key_pem.write_to_path(files.key), "does not belong"),
        (lambda files: locked(files.key), "locked by a password"),
        (lambda files: os.replace(files.ca, files.ca + ".old"), "there is no file '.*/ca.pem'"),
        (lambda files: Path(files.ca).write_text("text"), "holds no authority's certificate"),
        (lambda files: make_directory(files.ca), "ca.pem'"),
    ],
)
def test_what_cannot_be_used_is_told_with_the_file_and_what_it_should_be(
    files: Files, spoil: Callable[[Files], object], words: str
) -> None:
    spoil(files)
    with pytest.raises(ConfigurationError, match=words):
        files.server(client_ca=files.ca)


def test_key_may_stand_in_the_certificates_file(files: Files) -> None:
    both = Path(files.certificate)
    both.write_text(both.read_text() + Path(files.key).read_text())
    assert meet(
        ServerTls(ServerCertificate(certificate=str(both), key="")).context,
        ClientTls(AgentCertificates(ca=files.ca)).context(),
    )
