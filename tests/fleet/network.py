"""A network of the test's own: a switch in a network namespace, a cable to each host, and no way out of it.

The thread that enters it, and whatever that thread starts, has no other network; the namespace ends with the last of
them. The addresses are of a range that no network uses (RFC 5737).
Not here: the hosts (hosts); what a line does to packets, which their own end of it decides (lines).
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from typing import NamedTuple

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h; Python has it from 3.12 on
_SWITCH = "switch"
_BITS = 24
SWITCH_ADDRESS = "192.0.2.1"


class Cable(NamedTuple):
    """From the switch to one host, as three devices: the plug in the switch, its other end, and the host's tap.

    The last two are bridged. A tap that goes down is an error to the User-mode Linux behind it, after which its card
    never works again; a plug that goes down is nothing to anybody, as with a cable.
    """

    device: str
    plug: str
    address: str

    def card(self) -> str:
        """The card as `tests/engine/guest` wants it told."""
        return f"{self.device},{self.address}/{_BITS}"

    def pull(self) -> None:
        """Out of the switch. Nobody is told: what is sent at either end is gone."""
        _ip("link", "set", self.plug, "down")

    def plug_in(self) -> None:
        """Back into the switch."""
        _ip("link", "set", self.plug, "up")


def enter() -> None:
    """Move this thread into a new network, in which there is a switch and nothing else. As root only."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"no network of its own: {os.strerror(number)}")
    _ip("link", "set", "lo", "up")
    _ip("link", "add", _SWITCH, "type", "bridge")
    _ip("address", "add", f"{SWITCH_ADDRESS}/{_BITS}", "dev", _SWITCH)
    _ip("link", "set", _SWITCH, "up")


def lay_cable(number: int) -> Cable:
    """A cable to the host of this number, from 2 to 254."""
    cable = Cable(f"tap{number}", f"plug{number}", f"192.0.2.{number}")
    end, joint = f"end{number}", f"joint{number}"
    _ip("link", "add", joint, "type", "bridge")
    _ip("tuntap", "add", cable.device, "mode", "tap")
    _ip("link", "add", cable.plug, "type", "veth", "peer", "name", end)
    _ip("link", "set", cable.plug, "master", _SWITCH)
    for one in (end, cable.device):
        _ip("link", "set", one, "master", joint)
    for one in (joint, end, cable.device, cable.plug):
        _ip("link", "set", one, "up")
    return cable


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, stdin=subprocess.DEVNULL)
