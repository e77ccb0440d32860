"""Where a walk over a list stands: what its pager needs to go on, in any process."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Reversible

import msgspec

__all__ = ["MOST_NAMES", "Mark", "Name", "Names", "last_of", "short"]

Name = str | bytes
"""What tells an item from others: its id, or the digest of it that a stored position holds."""

MOST_NAMES = 3500
"""How many names a mark holds of one kind: two kinds fit into a position of 64 kB."""
_DIGEST_SIZE = 6  # bytes: among 3500 names another one is taken for one of them once in 80 thousand million cases


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a walk stands; `given` counts the items that were given before, where `seen` may not name them all."""

    cursor: str | None = None
    offset: int = 0
    time: int | None = None
    seen: tuple[Name, ...] = ()
    newest: int | None = None
    oldest: int | None = None
    late: tuple[Name, ...] = ()
    floor: int | None = None
    top: int | None = None
    total: int | None = None
    moved: bool = False
    found: bool = False
    confirming: bool = False
    ended: bool = False
    given: int = 0


def short(identity: str) -> bytes:
    """The digest that stands for an id in a stored position."""
    return hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_SIZE).digest()


class Names:
    """Ids of items, of which some are known by their digests only."""

    __slots__ = ("digests", "ids")

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self.ids: set[str] = set()
        self.digests: set[bytes] = set()
        self.update(names)

    def update(self, names: Iterable[Name]) -> None:
        """Add names."""
        for name in names:
            if isinstance(name, str):
                self.ids.add(name)
            else:
                self.digests.add(name)

    def __contains__(self, identity: str | None) -> bool:
        if identity is None:
            return False
        return identity in self.ids or (bool(self.digests) and short(identity) in self.digests)

    def __iter__(self) -> Iterator[Name]:
        """Always in the same order."""
        yield from sorted(self.ids)
        yield from sorted(self.digests)

    def __len__(self) -> int:
        return len(self.ids) + len(self.digests)


def last_of(names: Reversible[Name]) -> tuple[Name, ...]:
    """As many names as a mark holds of one kind, the last ones of these."""
    return tuple(itertools.islice(reversed(names), MOST_NAMES))[::-1]
