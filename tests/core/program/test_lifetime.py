"""How a program ends, with real signals to this process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Coroutine

import anyio
import pytest

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.lifetime import run_until_signalled

SIGNALS = [signal.SIGINT, signal.SIGTERM]


class Served:
    """Something that serves until it is told to stop, and how it went."""

    def __init__(self, *, obeys: bool = True, sends: signal.Signals | None = signal.SIGTERM) -> None:
        self.stopped = anyio.Event()
        self.stops = 0
        self.cancelled = False
        self._obeys = obeys
        self._sends = sends

    async def serve(self) -> None:
        """Serve; by then the signals are listened for, so it sends the first one itself."""
        if self._sends is not None:
            os.kill(os.getpid(), self._sends)
        try:
            await self.stopped.wait()
            if not self._obeys:
                await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            self.cancelled = True
            raise

    def stop(self) -> None:
        self.stops += 1
        self.stopped.set()


@pytest.mark.parametrize("sign", SIGNALS)
async def test_first_signal_stops_once_and_the_exit_code_is_0(sign: signal.Signals) -> None:
    served = Served(sends=sign)
    assert await run_until_signalled(served.serve, served.stop) == 0
    assert served.stops == 1
    assert not served.cancelled


async def test_serving_that_ends_by_itself_is_exit_code_0_without_a_stop() -> None:
    served = Served(sends=None)
    served.stopped.set()
    assert await run_until_signalled(served.serve, served.stop) == 0
    assert served.stops == 0


async def test_serving_that_does_not_end_in_time_is_cancelled() -> None:
    served = Served(obeys=False)
    assert await run_until_signalled(served.serve, served.stop, grace_s=0.05) == 0
    assert served.stops == 1
    assert served.cancelled


@pytest.mark.parametrize("second", SIGNALS)
async def test_second_signal_does_not_wait(second: signal.Signals) -> None:
    served = Served(obeys=False)

    def stop_and_send_another() -> None:
        served.stop()
        os.kill(os.getpid(), second)

    with anyio.fail_after(20):
        assert await run_until_signalled(served.serve, stop_and_send_another, grace_s=60, echo_s=0.0) == 0
    assert served.cancelled
    assert served.stops == 1


async def test_echo_of_the_first_signal_is_no_second_one() -> None:
    served = Served(obeys=True)

    def stop_slowly_and_echo() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)

    async def stop() -> None:
        stop_slowly_and_echo()
        await anyio.sleep(0.05)  # both echoes are read meanwhile
        served.stop()

    assert await run_until_signalled(served.serve, stop, echo_s=30.0) == 0
    assert served.stops == 1
    assert not served.cancelled


async def test_impatience_after_the_echoes_is_heard() -> None:
    served = Served(obeys=False)

    async def stop() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        served.stop()
        await anyio.sleep(0.1)
        os.kill(os.getpid(), signal.SIGTERM)

    with anyio.fail_after(20):
        assert await run_until_signalled(served.serve, stop, grace_s=60, echo_s=0.05) == 0
    assert served.cancelled


async def test_stop_may_wait_and_is_cancelled_when_serving_has_ended() -> None:
    ended: list[str] = []
    served = Served()

    async def stop() -> None:
        served.stop()
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("stop")

    assert await run_until_signalled(served.serve, stop) == 0
    assert ended == ["stop"]


def _raises(error: Exception) -> Callable[[], Coroutine[None, None, None]]:
    async def raises() -> None:
        raise error

    return raises


async def test_what_serving_raised_comes_out_alone() -> None:
    with pytest.raises(ConfigurationError, match="no such address"):
        await run_until_signalled(_raises(ConfigurationError("no such address")), lambda: None)


async def test_what_stopping_raised_comes_out_alone() -> None:
    with pytest.raises(RuntimeError, match="cannot stop"):
        await run_until_signalled(Served().serve, _raises(RuntimeError("cannot stop")))


async def test_two_failures_at_once_come_out_as_a_group() -> None:
    async def serve() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(_raises(ValueError("one")))
            group.start_soon(_raises(KeyError("other")))

    with pytest.raises(ExceptionGroup) as failed:
        await run_until_signalled(serve, lambda: None)
    assert {type(one) for one in failed.value.exceptions} == {ValueError, KeyError}


async def test_signals_have_their_old_effect_afterwards() -> None:
    before = [signal.getsignal(sign) for sign in SIGNALS]
    served = Served()
    await run_until_signalled(served.serve, served.stop)
    after = [signal.getsignal(sign) for sign in SIGNALS]
    assert after[1] == before[1]
    assert after[0] == signal.default_int_handler
