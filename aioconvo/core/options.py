"""What every client takes besides its credentials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from .hooks import Hooks
from .limits import Limits
from .retry import RetryPolicy

__all__ = ["ClientOptions", "PortableOptions"]


class PortableOptions(TypedDict, total=False):
    """Those of the `ClientOptions` that may go to another process, to give them to an equal client's `with_options` there.

    Hooks are functions of this process, headers may be secret, and a lane is told apart only within one pool.
    """

    timeout: float | None
    deadline: float | None
    retry: RetryPolicy
    limits: Limits


class ClientOptions(PortableOptions, total=False):
    """What every client and `with_options` take.

    - `timeout`: seconds for one attempt; waiting for the pool or a limit does not count. `None`: no bound. Default 30.
    - `deadline`: seconds for a whole call with all its waits and attempts. `None`, the default: no bound.
    - `max_retries`: tries after the first; takes the place of the number in `retry`. Default 3.
    - `retry`: the whole `RetryPolicy`.
    - `limits`: what this credential may do; `Limits()` for no limits.
    - `headers`: further headers for every request.
    - `lane`: when the pool or a limit is full, lanes take turns; each client is a lane of its own by default.
    - `hooks`: functions that are told what happens, see `Hooks`.
    """

    max_retries: int
    headers: Mapping[str, str]
    lane: str
    hooks: Hooks | None
