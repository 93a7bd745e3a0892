"""How a program ends: SIGINT or SIGTERM asks it to stop, a bounded time later it is stopped, a second signal does not
wait.

SIGHUP has two senders. The terminal that a program was started in sends it when it is closed, and the program should go
with it; a person or a service manager sends it to have files read again, and the program should do that and go on.
One order to stop often comes as two signals: a service manager sends SIGTERM to `uv run` and to the program below it,
and `uv run` passes its own on. So a signal right after the first one is its echo, and not impatience.
The server's own signal handling must be off; it gets its order to stop through `stop` and nowhere else.
Not here: what serving and stopping are (the apps).
"""

from __future__ import annotations

import inspect
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import anyio
from anyio.abc import TaskStatus

Serve: TypeAlias = Callable[[], Awaitable[None]]
Stop: TypeAlias = Callable[[], Awaitable[None] | None]

GRACE_S = 1.5
"""Seconds that open connections get to end by themselves; a stopped program should be gone within 2 s."""

ECHO_S = 0.25
"""Seconds after the first signal in which another one is taken for its echo; nobody's second thought is as quick."""

_log = logging.getLogger(__name__)


async def run_until_signalled(
    serve: Serve,
    stop: Stop,
    *,
    read_again: Callable[[], None] = lambda: None,
    grace_s: float = GRACE_S,
    echo_s: float = ECHO_S,
) -> int:
    """Run `serve` until it ends by itself or a signal asks for the end; gives the exit code, 0.

    On the first SIGINT or SIGTERM `stop` is called, once; `serve` should then end, and what `stop` still does at that
    moment is cancelled. If `serve` has not ended within `grace_s` seconds, or when a second signal comes more than
    `echo_s` seconds after the first, it is cancelled. A third signal has its default effect again and kills a program
    whose cancellation hangs. On SIGHUP `read_again` is called, unless the terminal is gone: then it is like SIGTERM. A
    SIGHUP that is ignored, as below nohup, stays so.
    Call it in the main thread.

    Raises:
        Exception: what `serve` or `stop` raised; a single one without any group round it.
    """
    try:
        async with anyio.create_task_group() as group:
            await group.start(_stop_when_signalled, stop, read_again, grace_s, echo_s, group.cancel_scope)
            await serve()
            group.cancel_scope.cancel()
    except BaseExceptionGroup as failures:
        # Callers turn a ConfigurationError into a line, and look for it without unpacking.
        raise _single(failures) from None
    return 0


async def _stop_when_signalled(
    stop: Stop,
    read_again: Callable[[], None],
    grace_s: float,
    echo_s: float,
    serving: anyio.CancelScope,
    *,
    task_status: TaskStatus[None],
) -> None:
    has_terminal = _has_terminal()
    heeded = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        heeded.append(signal.SIGHUP)
    with anyio.open_signal_receiver(*heeded) as received:
        signals = _orders_to_stop(received, read_again, had_terminal=has_terminal)
        task_status.started()
        first = await anext(signals)
        echoes_end_s = anyio.current_time() + echo_s
        _log.info("stopping", extra={"signal": first.name})
        with anyio.move_on_after(grace_s) as grace:
            async with anyio.create_task_group() as group:
                group.start_soon(_call, stop)
                second = await anext(signals)
                while anyio.current_time() < echoes_end_s:
                    second = await anext(signals)
                _log.warning("stopping at once", extra={"signal": second.name})
                group.cancel_scope.cancel()
    if grace.cancelled_caught:
        _log.warning("still busy after the time to stop, now cancelled", extra={"grace_s": grace_s})
    serving.cancel()


async def _orders_to_stop(
    received: AsyncIterator[signal.Signals], read_again: Callable[[], None], *, had_terminal: bool
) -> AsyncIterator[signal.Signals]:
    async for number in received:
        if number is not signal.SIGHUP or (had_terminal and not _has_terminal()):
            yield number
            continue
        _log.info("reading files again", extra={"signal": number.name})
        read_again()


def _has_terminal() -> bool:
    """Whether this process has a terminal that is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


async def _call(stop: Stop) -> None:
    ending = stop()
    if inspect.isawaitable(ending):
        await ending


def _single(failure: BaseException) -> BaseException:
    while isinstance(failure, BaseExceptionGroup) and len(failure.exceptions) == 1:
        failure = failure.exceptions[0]
    return failure
