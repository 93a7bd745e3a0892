"""How a program ends: SIGINT or SIGTERM asks it to stop, a bounded time later it is stopped, a second signal does not
wait.

One order to stop often comes as two signals: a service manager sends SIGTERM to `uv run` and to the program below it,
and `uv run` passes its own on. So a signal right after the first one is its echo, and not impatience.
The server's own signal handling must be off; it gets its order to stop through `stop` and nowhere else.
Not here: what serving and stopping are (the apps).
"""

from __future__ import annotations

import inspect
import logging
import signal
from collections.abc import Awaitable, Callable
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


async def run_until_signalled(serve: Serve, stop: Stop, *, grace_s: float = GRACE_S, echo_s: float = ECHO_S) -> int:
    """Run `serve` until it ends by itself or a signal asks for the end; gives the exit code, 0.

    On the first SIGINT or SIGTERM `stop` is called, once; `serve` should then end, and what `stop` still does at that
    moment is cancelled. If `serve` has not ended within `grace_s` seconds, or when a second signal comes more than
    `echo_s` seconds after the first, it is cancelled. A third signal has its default effect again and kills a program
    whose cancellation hangs.
    Call it in the main thread.

    Raises:
        Exception: what `serve` or `stop` raised; a single one without any group round it.
    """
    try:
        async with anyio.create_task_group() as group:
            await group.start(_stop_when_signalled, stop, grace_s, echo_s, group.cancel_scope)
            await serve()
            group.cancel_scope.cancel()
    except BaseExceptionGroup as failures:
        # Callers turn a ConfigurationError into a line, and look for it without unpacking.
        raise _single(failures) from None
    return 0


async def _stop_when_signalled(
    stop: Stop, grace_s: float, echo_s: float, serving: anyio.CancelScope, *, task_status: TaskStatus[None]
) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
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


async def _call(stop: Stop) -> None:
    ending = stop()
    if inspect.isawaitable(ending):
        await ending


def _single(failure: BaseException) -> BaseException:
    while isinstance(failure, BaseExceptionGroup) and len(failure.exceptions) == 1:
        failure = failure.exceptions[0]
    return failure
