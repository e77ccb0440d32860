"""Whether a bot is well, and its numbers: never ids, text or addresses."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = ["BotCounts", "is_ready"]

_FULL = 0.8  # of what may wait
_SILENT_FOR = 60.0  # seconds after which a poll or a socket that nothing was heard of is not well


class BotCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a bot.

    - Since it started: `accepted` events and those that were a `duplicate`; deliveries `refused`, by reason; attempts by
      outcome: `handled`, `retried`, `died`.
    - Now: events `waiting` and `running`, `dead` letters, `lanes` with an event, seconds since the oldest event was accepted
      (`oldest`). They are the store's; `store_answers` is false, and they are 0, where it gave no answer.
    - `handler_seconds`: seconds that attempts took, together; `lag`: seconds from when the last event happened until it was
      handled, where that is known.
    - `connected`: whether each poll and socket that this process follows was heard of; `reconnects`: how often each had to
      begin anew.
    - `ready`: whether `/ready` says so; `draining`: it is about to end.
    """

    accepted: int = 0
    duplicate: int = 0
    refused: Mapping[str, int] = {}
    handled: int = 0
    retried: int = 0
    died: int = 0
    waiting: int = 0
    running: int = 0
    dead: int = 0
    lanes: int = 0
    oldest: float | None = None
    handler_seconds: float = 0.0
    lag: float | None = None
    connected: Mapping[str, bool] = {}
    reconnects: Mapping[str, int] = {}
    ready: bool = False
    draining: bool = False
    store_answers: bool = True


def is_ready(*, draining: bool, store_answers: bool, waiting: int, max_waiting: int, silent: Mapping[str, float]) -> bool:
    """Whether a bot can take more: `waiting` is below 80 % of what may wait, and each poll and socket was heard of lately.

    `silent`: by account, the seconds since its poll or socket was heard of.
    """
    room = waiting < _FULL * max_waiting
    return not draining and store_answers and room and all(seconds <= _SILENT_FOR for seconds in silent.values())
