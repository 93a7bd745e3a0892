"""What a line does to the packets on it, told to the host at its end as orders.

The host's own kernel does it, which has all that is needed whatever kernel this machine has. Both ways: what it sends
passes its card, what it receives a second device behind the card.
Not here: the cable (network), when which line is bad (day).
"""

from __future__ import annotations

_CARD = "vec0"
_BEHIND = "ifb0"

PREPARE = f"""
modprobe --all sch_netem sch_tbf sch_ingress cls_matchall act_mirred act_gact ifb &&
ip link set {_BEHIND} up &&
tc qdisc add dev {_CARD} clsact
"""
"""Once, before any other."""

_BOTH_WAYS = f"""
tc qdisc replace dev {_CARD} root {{what}} &&
tc qdisc replace dev {_BEHIND} root {{what}} &&
tc filter replace dev {_CARD} ingress prio 1 protocol all matchall action mirred egress redirect dev {_BEHIND}
"""

LATE_AND_LOSSY = _BOTH_WAYS.format(what="netem delay 300ms loss 5%")
"""Each packet 300 ms late, each way, and one in twenty lost."""

SLOW = _BOTH_WAYS.format(what="tbf rate 256kbit burst 3kb limit 32kb")
"""256 kbit/s each way, and a queue of one second in front, as a modem has. In bytes: to netem, which counts packets,
the 64 KB that a card cuts up itself are one."""

SILENT = f"""
tc filter add dev {_CARD} egress prio 1 protocol ip matchall action drop &&
tc filter add dev {_CARD} ingress prio 1 protocol ip matchall action drop
"""
"""A firewall that drops all there is to a connection and says nothing; addresses are still found."""

GOOD = f"""
tc qdisc del dev {_CARD} clsact; tc qdisc add dev {_CARD} clsact
tc qdisc del dev {_CARD} root 2>/dev/null; tc qdisc del dev {_BEHIND} root 2>/dev/null; true
"""
"""As at first."""
