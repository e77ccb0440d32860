"""Drawn histories of a store."""

from __future__ import annotations

import dataclasses
from typing import TypeAlias

from hypothesis import strategies as st


@dataclasses.dataclass
class Accept:
    """An event comes, or one of those that came before comes again."""

    lanes: list[str]
    occurred: float | None
    again: int | None = None


@dataclasses.dataclass
class Pass:
    """Time passes."""

    seconds: float


@dataclasses.dataclass
class Claim:
    """Up to so many are claimed."""

    most: int


@dataclasses.dataclass
class End:
    """One of those that are handled is done, or is dead, or fails and comes again after some seconds."""

    which: int
    how: str
    after: float = 0.0
    state: bytes | None = None


@dataclasses.dataclass
class Crash:
    """The process dies, and another has what it kept."""


@dataclasses.dataclass
class Forget:
    """Nothing is kept of a lane."""

    lane: str


Step: TypeAlias = Accept | Pass | Claim | End | Crash | Forget

_NAMES = st.sampled_from(["a:x", "a:y", "a:z"])
_SECONDS = st.sampled_from([0.0, 0.5, 1.0, 2.5, 4.0])
_ACCEPT = st.builds(Accept, st.lists(_NAMES, min_size=1, max_size=3), st.none() | st.sampled_from([-2.0, 0.0, 1.0, 3.0]))
ORDERING = st.lists(
    st.one_of(
        _ACCEPT,
        st.builds(Pass, _SECONDS),
        st.builds(Claim, st.integers(1, 3)),
        st.builds(End, st.integers(0, 9), st.sampled_from(["done", "again", "stopped"]), _SECONDS),
    ),
    max_size=40,
)
"""What changes the order of events."""
KEEPING = st.lists(
    st.one_of(
        _ACCEPT,
        _ACCEPT,
        st.builds(Accept, st.just(["a:x"]), st.none(), st.integers(0, 9)),
        st.builds(Pass, _SECONDS),
        st.builds(Claim, st.integers(1, 3)),
        st.builds(
            End,
            st.integers(0, 9),
            st.sampled_from(["done", "dead", "again", "stopped"]),
            _SECONDS,
            st.none() | st.binary(min_size=1, max_size=2),
        ),
        st.just(Crash()),
        st.builds(Forget, _NAMES),
    ),
    max_size=30,
)
"""What changes anything that a store keeps."""
