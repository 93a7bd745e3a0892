"""GET over real sockets, and what each thing that goes wrong there becomes."""

from __future__ import annotations

import base64
import contextlib
import errno
import grp
import os
import socket
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import msgspec
import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from dockstats_core.endpoints.engine import EngineEndpoint, TlsFiles, resolve_endpoint
from dockstats_core.engine.answers import decoded
from dockstats_core.engine.api import EngineClient
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.engine.models import ContainerSummary, EngineInfo, StatsBody
from dockstats_core.engine.transport import EngineTransport, explain_connect_error
from dockstats_core.errors import (
    ConfigurationError,
    ContainerNotFoundError,
    EngineApiError,
    EngineError,
    EngineNotReachableError,
    EnginePermissionError,
    EngineTimeoutError,
    MalformedAnswerError,
)
from tests import faults
from tests.fake_engine import FakeEngine
from tests.fake_http import Fault
from tests.vectors import entries

QUICK = EngineLimits(connect_s=0.1, silence_s=0.1, calls=1)  # for what times out, and only that
BYTES = 1 << 20


@asynccontextmanager
async def transport_to(engine: FakeEngine, limits: EngineLimits | None = None) -> AsyncIterator[EngineTransport]:
    async with EngineTransport(engine.endpoint, limits or EngineLimits()) as transport:
        yield transport


async def failure(endpoint: EngineEndpoint, path: str = "/info", limits: EngineLimits | None = None) -> EngineError:
    async with EngineTransport(endpoint, limits or EngineLimits()) as transport:
        with pytest.raises(EngineError) as caught:
            await transport.get(path, max_bytes=BYTES)
        return caught.value


# The recorded answers, each over a socket. ---------------------------------------------------------------------------

CLASSES = {
    "not_found": ContainerNotFoundError,
    "api_error": EngineApiError,
    "malformed": MalformedAnswerError,
    "permission_denied": EnginePermissionError,
    "not_reachable": EngineNotReachableError,
    "timeout": EngineTimeoutError,
}


@pytest.mark.parametrize("entry", entries("engine-error-bodies"))
async def test_recorded_answers(entry: dict[str, Any]) -> None:
    expected = entry["expected"]
    if expected["error_class"] == "none":
        assert await outcome(entry["input"]) is None
        return
    error = await outcome(entry["input"])
    assert type(error) is CLASSES[expected["error_class"]]
    assert (error.status, error.engine_message) == (expected["status"], expected["message"])
    assert error.answered is expected["answered"]


async def outcome(given: dict[str, Any]) -> EngineError | None:
    """What becomes of one entry; where the machine cannot be made to fail so, of the error it would report."""
    kind = (given["transport"] or {}).get("kind")
    match kind:
        case "EACCES" | "EHOSTUNREACH":
            number = getattr(errno, kind)
            return explain_connect_error(
                resolve_endpoint("tcp://192.0.2.1:2375", {}), OSError(number, os.strerror(number))
            )
        case "EAI_NONAME":
            cause = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return explain_connect_error(resolve_endpoint("tcp://nobody.invalid:2375", {}), cause)
        case "connect_timeout":
            with silent_listener() as port:  # speaks no TLS, so that the handshake never ends
                return await failure(resolve_endpoint(f"https://127.0.0.1:{port}", {}), given["path"], QUICK)
        case "EPIPE":
            async with closing_listener() as host:
                return await failure(resolve_endpoint(host, {}), given["path"])
    async with FakeEngine(tcp=kind in {"ECONNRESET", "ECONNREFUSED"}) as engine:
        match kind:
            case "ENOENT" | "ECONNREFUSED":
                await engine.go_away()
            case "ECONNRESET":
                engine.fault("", faults.reset)
            case "EOF":
                engine.fault("", faults.close)
            case "read_timeout" | "pool_timeout":
                engine.fault("", faults.hang)
            case _:
                engine.fault("", faults.raw(on_the_wire(given)))
        limits = QUICK if kind in {"read_timeout", "pool_timeout"} else None
        async with transport_to(engine, limits) as transport, anyio.create_task_group() as tasks:
            if kind == "pool_timeout":
                tasks.start_soon(get_and_fail, transport, "/occupied")
                await engine.requested("/occupied")
            try:
                time_out_s = 0.05 if kind == "pool_timeout" else None
                _, body = await transport.get(given["path"], max_bytes=BYTES, time_out_s=time_out_s)
                for line in body.splitlines() if "stream=true" in given["path"] else [body]:
                    decoded(given["path"], line, decoder_for(given["path"]))
            except EngineError as error:
                return error
        return None


async def get_and_fail(transport: EngineTransport, path: str) -> None:
    with pytest.raises(EngineTimeoutError):
        await transport.get(path, max_bytes=BYTES)


def decoder_for(path: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(StatsBody if "/stats" in path else list[ContainerSummary])


def on_the_wire(given: dict[str, Any]) -> bytes:
    body = base64.b64decode(given["body_b64"]) if given["body_b64"] else (given["body"] or "").encode()
    if given["status"] is None:
        return body
    raw = (given["transport"] or {}).get("body_is_raw_chunks")
    headers = given["headers"] if raw else {**given["headers"], "Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {given['status']} As recorded", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def silent_listener() -> Iterator[int]:
    """A port where connections are taken, and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@asynccontextmanager
async def closing_listener() -> AsyncIterator[str]:
    """A socket that closes each connection before a word was said."""
    with tempfile.TemporaryDirectory() as folder:
        async with await anyio.create_unix_listener(f"{folder}/s") as listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, lambda stream: stream.aclose())
            yield f"unix://{folder}/s"
            tasks.cancel_scope.cancel()


# Answers. ------------------------------------------------------------------------------------------------------------


async def test_answer_gives_headers_and_body() -> None:
    async with FakeEngine() as engine, transport_to(engine) as transport:
        headers, body = await transport.get("/_ping", max_bytes=BYTES)
        assert (headers.get("api-version"), headers.get("nothing"), body) == ("1.47", None, b"OK")


async def test_one_connection_serves_call_after_call() -> None:
    async with FakeEngine() as engine, transport_to(engine) as transport:
        for _ in range(5):
            await transport.get("/info", max_bytes=BYTES)
        assert engine.open_connections == 1


async def test_many_streams_leave_the_calls_their_connection() -> None:
    async with FakeEngine() as engine, transport_to(engine) as transport, contextlib.AsyncExitStack() as streams:
        for _ in range(50):
            await streams.enter_async_context(transport.stream("/events", silence_s=None))
        for _ in range(3):
            await transport.get("/info", max_bytes=BYTES)
        assert engine.open_connections == 51


async def test_more_calls_than_allowed_at_a_time_all_finish() -> None:
    async with FakeEngine() as engine, transport_to(engine, EngineLimits(calls=4)) as transport:
        web = engine.run("web")
        released = anyio.Event()
        engine.fault("/stats", faults.after(released))
        bodies: list[bytes] = []

        async def call() -> None:
            path = f"/containers/{web.id}/stats?stream=false&one-shot=true"
            bodies.append((await transport.get(path, max_bytes=BYTES))[1])

        async with anyio.create_task_group() as tasks:
            for _ in range(40):
                tasks.start_soon(call)
            await engine.requested("/stats", 4)
            await anyio.wait_all_tasks_blocked()
            assert engine.count("/stats") == 4
            released.set()
        assert len(bodies) == 40
        assert engine.open_connections == 4


async def test_call_that_gets_no_turn_in_time_times_out() -> None:
    async with FakeEngine() as engine, transport_to(engine, QUICK) as transport, anyio.create_task_group() as tasks:
        engine.fault("/slow", faults.hang)
        tasks.start_soon(get_and_fail, transport, "/slow")
        await engine.requested("/slow")
        with pytest.raises(EngineTimeoutError):
            await transport.get("/info", max_bytes=BYTES, time_out_s=0.02)
        assert engine.count("/info") == 0


async def test_body_that_drips_is_read_whole() -> None:
    async with FakeEngine() as engine, transport_to(engine) as transport:
        drip = faults.Drip([b"a", b"b", b"c"])
        engine.fault("/info", drip)
        drip.release(3)
        assert (await transport.get("/info", max_bytes=3))[1] == b"abc"


async def test_body_that_drips_for_ever_ends_with_the_call() -> None:
    async with FakeEngine() as engine, transport_to(engine, EngineLimits(silence_s=5, call_s=0.1)) as transport:
        engine.fault("/info", faults.Drip([b"a"]))
        with pytest.raises(EngineTimeoutError, match=r"GET /info: no whole answer within 0\.1 s"):
            await transport.get("/info", max_bytes=BYTES)
        await engine.until(lambda: engine.open_connections == 0)


async def test_long_error_body_is_not_read_to_its_end() -> None:
    async with FakeEngine() as engine, transport_to(engine) as transport:
        engine.fault("/info", faults.answer(500, b"x" * (1 << 20), "text/plain"))
        with pytest.raises(EngineApiError) as caught:
            await transport.get("/info", max_bytes=BYTES)
        assert caught.value.engine_message == "x" * 299 + "…"
        engine.heal()
        await transport.get("/info", max_bytes=BYTES)


async def test_error_that_breaks_off_is_the_engine_gone() -> None:
    async with FakeEngine() as engine:
        engine.fault("/info", faults.raw(b"HTTP/1.1 500 No\r\nContent-Length: 10\r\n\r\nab"))
        error = await failure(engine.endpoint)
        assert type(error) is EngineNotReachableError
        assert error.status == 500


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.close, EngineNotReachableError),
        (faults.only_headers, EngineNotReachableError),
        (faults.broken_chunking, MalformedAnswerError),
        (faults.endless, MalformedAnswerError),
        (faults.raw(b"HTTP/1.1 200 OK\r\nContent-Le"), EngineNotReachableError),
        (faults.raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), MalformedAnswerError),
        (faults.raw(b"HTTP/1.1 101 Switching\r\n\r\n"), MalformedAnswerError),
    ],
)
async def test_broken_answer_is_told_and_the_next_call_works(fault: Fault, kind: type[EngineError]) -> None:
    async with FakeEngine() as engine, transport_to(engine) as transport:
        engine.fault("/info", fault)
        with pytest.raises(kind):
            await transport.get("/info", max_bytes=BYTES)
        engine.heal()
        assert (await transport.get("/_ping", max_bytes=BYTES))[1] == b"OK"


async def test_reset_connection_says_so() -> None:
    async with FakeEngine(tcp=True) as engine:
        engine.fault("/info", faults.reset)
        error = await failure(engine.endpoint)
        assert str(error) == (
            f"the connection to the engine at {engine.host} broke: connection reset by peer; "
            "waiting for it to come back"
        )


async def test_errors_of_whoever_reads_a_stream_stay_theirs() -> None:
    async with FakeEngine() as engine, transport_to(engine) as transport:
        with pytest.raises(httpx.ReadError, match="theirs"):
            async with transport.stream("/events", silence_s=None):
                raise httpx.ReadError("theirs")


async def test_connections_close_with_the_transport() -> None:
    async with FakeEngine() as engine:
        async with transport_to(engine) as transport:
            await transport.get("/info", max_bytes=BYTES)
        await engine.until(lambda: engine.open_connections == 0)


async def test_engine_restarted_between_two_calls_is_not_noticed() -> None:
    async with FakeEngine() as engine, transport_to(engine) as transport:
        await transport.get("/info", max_bytes=BYTES)
        await engine.go_away()
        await engine.come_back()
        await transport.get("/info", max_bytes=BYTES)


async def test_environment_of_proxies_is_not_looked_at() -> None:
    code = (
        "import anyio, sys\n"
        "from dockstats_core.endpoints.engine import resolve_endpoint\n"
        "from dockstats_core.engine.api import EngineClient\n"
        "async def main():\n"
        "    async with EngineClient(resolve_endpoint(sys.argv[1], {})) as client:\n"
        "        print((await client.connect()).api_version)\n"
        "anyio.run(main)\n"
    )
    async with FakeEngine(tcp=True) as engine:
        proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"), "http://127.0.0.1:9")
        done = await anyio.run_process([sys.executable, "-c", code, engine.host], env={**os.environ, **proxies})
        assert done.stdout.split() == [b"1.47"]


# No connection. ------------------------------------------------------------------------------------------------------


async def test_missing_socket_says_how_to_name_another() -> None:
    error = await failure(resolve_endpoint("unix:///nowhere/docker.sock", {}))
    assert str(error) == (
        "cannot open unix:///nowhere/docker.sock: there is no such socket; start Docker, or say with DOCKER_HOST "
        "(or an agent's --docker-endpoint) where its engine listens"
    )


async def test_port_where_nobody_listens_says_start_the_engine() -> None:
    async with FakeEngine(tcp=True) as engine:
        await engine.go_away()
        assert str(await failure(engine.endpoint)).startswith(f"nobody answers at {engine.host}: start the engine")


async def test_name_with_several_addresses_is_told_like_one() -> None:
    async with FakeEngine(tcp=True) as engine:
        await engine.go_away()
        host = engine.host.replace("127.0.0.1", "localhost")
        assert str(await failure(resolve_endpoint(host, {}))).startswith(f"nobody answers at {host}: start the engine")


async def test_socket_whose_path_is_too_long_says_so() -> None:
    error = await failure(resolve_endpoint(f"unix:///{'x' * 200}", {}))
    assert type(error) is EngineNotReachableError
    assert "path too long" in str(error)


async def test_file_that_is_no_socket_is_not_reachable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert type(await failure(resolve_endpoint(f"unix://{tmp_path}/file", {}))) is EngineNotReachableError


@contextmanager
def socket_of_group(gid: int, mode: int = 0o660) -> Iterator[EngineEndpoint]:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        path = f"{folder}/docker.sock"
        listener.bind(path)
        listener.listen()
        os.chmod(folder, 0o755)
        os.chmod(path, mode)
        if gid != os.stat(path).st_gid:
            if os.geteuid() != 0:
                pytest.skip("only root can give a file to another group")
            os.chown(path, -1, gid)
        yield resolve_endpoint(f"unix://{path}", {})


DENIED = OSError(errno.EACCES, os.strerror(errno.EACCES))


def test_forbidden_socket_names_its_group_and_the_containers_option() -> None:
    group = next(entry for entry in grp.getgrall() if entry.gr_gid != 0)
    with socket_of_group(group.gr_gid) as endpoint:
        error = explain_connect_error(endpoint, DENIED)
    assert type(error) is EnginePermissionError
    assert str(error) == (
        f"cannot open {endpoint.text}: permission denied; "
        f"it belongs to the group {group.gr_name} (gid {group.gr_gid}): "
        f"add this user to {group.gr_name} and log in again, or start a container "
        f"with --group-add {group.gr_gid} (in a compose file, group_add: [{group.gr_gid}])"
    )


def test_forbidden_socket_of_a_group_without_a_name_is_told_by_number() -> None:
    gid = 54_321
    assert gid not in {entry.gr_gid for entry in grp.getgrall()}
    with socket_of_group(gid) as endpoint:
        assert str(explain_connect_error(endpoint, DENIED)).endswith(
            "it belongs to the group with gid 54321: add this user to that group and log in again, or start a "
            "container with --group-add 54321 (in a compose file, group_add: [54321])"
        )


def test_forbidden_socket_of_roots_group_is_roots_or_a_containers() -> None:
    if os.getegid() != 0:
        pytest.skip("only root can make one")
    with socket_of_group(0) as endpoint:
        assert str(explain_connect_error(endpoint, DENIED)).endswith(
            "it belongs to the group root (gid 0): run as root, or start a container with --group-add 0 "
            "(in a compose file, group_add: [0])"
        )


def test_forbidden_socket_that_no_group_may_open_names_its_owner() -> None:
    with socket_of_group(os.getegid(), mode=0o600) as endpoint:
        assert str(explain_connect_error(endpoint, DENIED)).endswith(
            f"only its owner (uid {os.geteuid()}) may open it; run as that user, or give the socket a group"
        )


def test_forbidden_folder_says_so() -> None:
    endpoint = resolve_endpoint("unix:///nowhere/docker.sock", {})
    assert "its folder may not be entered by this user either" in str(explain_connect_error(endpoint, DENIED))


def test_forbidden_address_is_a_firewalls_doing() -> None:
    error = explain_connect_error(resolve_endpoint("tcp://192.0.2.1", {}), DENIED)
    assert "a firewall or a policy of this machine forbids the connection" in str(error)


def test_error_without_any_cause_is_still_a_sentence() -> None:
    error = explain_connect_error(resolve_endpoint("tcp://192.0.2.1", {}), None)
    assert "cannot reach the engine at tcp://192.0.2.1:2375: no connection; check the address" in str(error)


@contextmanager
def another_user() -> Iterator[None]:
    """This process as one that may open nothing of root's."""
    os.setegid(65_534)
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
async def test_another_user_is_really_denied_and_told_the_group() -> None:
    with socket_of_group(54_321) as endpoint, another_user():
        async with EngineClient(endpoint) as client:
            with pytest.raises(EnginePermissionError, match=r"container with --group-add 54321 \(") as caught:
                await client.connect()
            assert not caught.value.answered


# TLS. ----------------------------------------------------------------------------------------------------------------


def server_context(
    authority: trustme.CA, name: str = "127.0.0.1", *, client_authority: trustme.CA | None = None
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    if client_authority is not None:
        client_authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def tls_files(
    folder: Path, authority: trustme.CA | None, *, client: trustme.LeafCert | None = None, verify: bool = True
) -> TlsFiles:
    """The folder as DOCKER_CERT_PATH has it."""
    if authority is not None:
        authority.cert_pem.write_to_path(folder / "ca.pem")
    if client is not None:
        client.cert_chain_pems[0].write_to_path(folder / "cert.pem")
        client.private_key_pem.write_to_path(folder / "key.pem")
    return TlsFiles(folder=folder, verify=verify)


def secure(engine: FakeEngine, tls: TlsFiles | None) -> EngineEndpoint:
    port = engine.endpoint.base_url.rpartition(":")[2]
    return EngineEndpoint(kind="https", text=engine.host, base_url=f"https://127.0.0.1:{port}", tls=tls)


async def host_name(endpoint: EngineEndpoint) -> str | None:
    async with EngineTransport(endpoint, EngineLimits()) as transport:
        _, body = await transport.get("/info", max_bytes=BYTES)
    return msgspec.json.decode(body, type=EngineInfo).name


async def test_engine_with_a_certificate_of_the_named_authority_is_trusted(tmp_path: Path) -> None:
    authority = trustme.CA()
    async with FakeEngine(tls=server_context(authority)) as engine:
        assert await host_name(secure(engine, tls_files(tmp_path, authority))) == "fake"


async def test_engine_with_a_certificate_of_another_authority_is_refused(tmp_path: Path) -> None:
    async with FakeEngine(tls=server_context(trustme.CA())) as engine:
        for tls in (tls_files(tmp_path, trustme.CA()), None):
            error = await failure(secure(engine, tls))
            assert type(error) is EngineNotReachableError
            assert str(error).startswith(f"no TLS with the engine at {engine.host}: unable to get local issuer")
        assert engine.requests == []


async def test_certificate_of_another_host_is_refused(tmp_path: Path) -> None:
    authority = trustme.CA()
    async with FakeEngine(tls=server_context(authority, "engine.invalid")) as engine:
        error = await failure(secure(engine, tls_files(tmp_path, authority)))
        assert "IP address mismatch" in str(error)


async def test_any_certificate_is_taken_where_verifying_is_off(tmp_path: Path) -> None:
    async with FakeEngine(tls=server_context(trustme.CA(), "engine.invalid")) as engine:
        assert await host_name(secure(engine, tls_files(tmp_path, trustme.CA(), verify=False))) == "fake"


async def test_client_certificate_is_shown_where_there_is_one(tmp_path: Path) -> None:
    authority, clients = trustme.CA(), trustme.CA()
    async with FakeEngine(tls=server_context(authority, client_authority=clients)) as engine:
        tls = tls_files(tmp_path, authority, client=clients.issue_cert("dockstats@example.invalid"))
        assert await host_name(secure(engine, tls)) == "fake"


async def test_missing_client_certificate_is_told_as_a_matter_of_certificates(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = server_context(authority, client_authority=trustme.CA())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = resolve_endpoint(f"https://127.0.0.1:{listener.getsockname()[1]}", {})
        endpoint = msgspec.structs.replace(endpoint, tls=tls_files(tmp_path, authority))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, refuse_one, listener, context)
            error = await failure(endpoint)
    assert type(error) is EngineNotReachableError
    assert "certificate required; check the certificates (DOCKER_CERT_PATH)" in str(error)


def refuse_one(listener: socket.socket, context: ssl.SSLContext) -> None:
    """A handshake as an engine does it, that says why it failed and lets the client read that."""
    secure = context.wrap_socket(listener.accept()[0], server_side=True, do_handshake_on_connect=False)
    with pytest.raises(ssl.SSLError):
        secure.do_handshake()
    with socket.socket(fileno=secure.detach()) as plain:
        while plain.recv(4096):
            pass


async def test_engine_that_hangs_up_on_a_client_without_certificate_gets_a_hint(tmp_path: Path) -> None:
    authority = trustme.CA()
    async with FakeEngine(tls=server_context(authority, client_authority=trustme.CA())) as engine:
        error = await failure(secure(engine, tls_files(tmp_path, authority)))
        assert type(error) is EngineNotReachableError
        assert "one that wants other certificates may close like this, too: DOCKER_CERT_PATH" in str(error)


@pytest.mark.parametrize("broken", ["ca.pem", "cert.pem", "key.pem"])
def test_unusable_certificate_files_stop_the_start(tmp_path: Path, broken: str) -> None:
    authority = trustme.CA()
    tls = tls_files(tmp_path, authority, client=authority.issue_cert("dockstats@example.invalid"))
    (tmp_path / broken).write_text("no certificate")
    endpoint = EngineEndpoint(kind="https", text="https://heron", base_url="https://heron:2376", tls=tls)
    with pytest.raises(ConfigurationError, match=f"the certificates in {tmp_path} cannot be used: "):
        EngineTransport(endpoint, QUICK)


def test_key_with_a_password_stops_the_start_instead_of_asking_for_it(tmp_path: Path) -> None:
    authority = trustme.CA()
    tls = tls_files(tmp_path, authority, client=authority.issue_cert("dockstats@example.invalid"))
    key = serialization.load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    endpoint = EngineEndpoint(kind="https", text="https://heron", base_url="https://heron:2376", tls=tls)
    with pytest.raises(ConfigurationError, match="cannot be used"):
        EngineTransport(endpoint, QUICK)
