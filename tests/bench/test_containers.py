"""The bench's containers: a signal cannot come between starting a thread and knowing of it.

Not here: that none is left behind on a real engine (tests/engine/test_bench.py).
"""

from __future__ import annotations

import signal
import threading

import pytest

from bench.containers import _interrupts_later


def test_signal_in_the_block_is_taken_after_it() -> None:
    steps: list[str] = []

    def block() -> None:
        with _interrupts_later():
            signal.raise_signal(signal.SIGINT)
            steps.append("went on")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert steps == ["went on"]


def test_thread_started_in_the_block_never_takes_it() -> None:
    masks: list[set[int]] = []
    with _interrupts_later():
        thread = threading.Thread(target=lambda: masks.append(set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))))
        thread.start()
        thread.join()
    assert {signal.SIGINT, signal.SIGTERM} <= masks[0]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
