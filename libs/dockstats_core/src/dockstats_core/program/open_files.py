"""How many files a program may have open: as many as it is allowed to ask for.

The usual limit of 1024 is one for programs of long ago that cannot handle more; services raise it themselves, up to the
hard limit, which is the administrator's. Here because a library has no business changing its process.
Not here: how many are kept open for what (sources.cgroup.files, the servers).
"""

from __future__ import annotations

import contextlib


def raise_limit() -> int | None:
    """Set the soft limit to the hard one; gives what holds now, None on a system without such limits."""
    try:
        import resource
    except ImportError:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):  # a system may allow less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return limit()


def limit() -> int | None:
    """How many files this process may have open now; None on a system without such limits."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
