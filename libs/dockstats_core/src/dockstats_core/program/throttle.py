"""How often an address may guess: a bucket of failures a network, that empties with time. Pure.

A /64 of IPv6 is one network: whoever has one address of it has them all. What is remembered is bounded; the networks
that failed longest ago are forgotten first.
Not here: what a guess is (program.credentials).
"""

from __future__ import annotations

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

from msgspec import Struct


class ThrottleLimits(Struct, frozen=True, kw_only=True):
    """Guesses of one network: a person mistypes a few times, a program waits."""

    failures: int = 10  # at once
    forgiven_after_s: float = 5.0  # each; so no more than 12 guesses a minute go on
    networks: int = 4096  # remembered; each takes some 200 bytes


class Throttle:
    """Counts failures. All times are seconds of one clock; where that jumps back, nothing is forgiven meanwhile."""

    def __init__(self, limits: ThrottleLimits | None = None) -> None:
        self._limits = limits or ThrottleLimits()
        self._networks: OrderedDict[str, tuple[float, float]] = OrderedDict()  # failures, as of when

    def wait_s(self, address: str, now_s: float) -> float:
        """Seconds until the next guess from `address` is looked at; 0: at once."""
        over = self._failures(network_of(address), now_s) - self._limits.failures + 1
        return max(0.0, over) * self._limits.forgiven_after_s

    def fail(self, address: str, now_s: float) -> bool:
        """Note a wrong guess; whether it is worth a line in the log: the first one, and the last that was let pass."""
        network = network_of(address)
        before = self._failures(network, now_s)
        self._networks[network] = (before + 1, now_s)
        self._networks.move_to_end(network)
        while len(self._networks) > self._limits.networks:
            self._networks.popitem(last=False)
        return before == 0 or before + 2 > self._limits.failures >= before + 1

    def _failures(self, network: str, now_s: float) -> float:
        failures, at_s = self._networks.get(network, (0.0, now_s))
        return max(0.0, failures - max(0.0, now_s - at_s) / self._limits.forgiven_after_s)


def network_of(address: str) -> str:
    """What one person may have many addresses of; a text that is no address stands for itself."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
