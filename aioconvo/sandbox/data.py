"""Invented data that the five emulated APIs share: one seed gives the same names, texts, ids and distances in time.

Every value is computed from the seed and a few parts naming it (`hex_id(seed, "user", 3)`), so nothing has to be stored
before it is asked for. Times are whole milliseconds since 1970, as integers, until they are written out.
"""

from __future__ import annotations

import array
import dataclasses
import datetime as dt
import functools
import hashlib
import random
import uuid
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .exchange import Settings

T = TypeVar("T")

_SLOT = 180_000  # every message has three minutes of its own,
_JITTER = 150_000  # and comes somewhere in their first two and a half
_CONVERSATION_GAP = 5 * 3_600_000
_TIE = 0.16  # of the gaps are zero: about 30 % of the messages then share a millisecond with a neighbour
_EDGE = 100  # the largest page of any of the APIs: a tie across its edge is what naive paging loses

_FIRST_NAMES = (
    "Ada", "Bruno", "Chiara", "Daan", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Luca", "Mara",
    "Nils", "Olga", "Pablo", "Quinn", "Rosa", "Samir", "Tilda", "Umar", "Vera", "Wim", "Yara", "Zofia",
)  # fmt: skip
_LAST_NAMES = (
    "Almeida", "Berger", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Horvat", "Ivanova", "Jansen", "Kovac",
    "Lindholm", "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Sato", "Tanaka", "Ueda", "Visser", "Weber",
)  # fmt: skip
_ITEMS = (
    "lamp",
    "kettle",
    "rain jacket",
    "bookshelf",
    "headset",
    "coffee grinder",
    "tent",
    "office chair",
    "bike light",
)
_PLACES = ("Lyon", "Porto", "Graz", "Utrecht", "Aarhus", "Leeds", "Bologna", "Gdansk", "Ghent")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_CUSTOMER_LINES = (
    "Hello, where is my order {order}?",
    "The {item} arrived today, but the box was open.",
    "Can you deliver order {order} to {place} instead?",
    "I would like to return the {item}.",
    "Is the {item} available in green?",
    "Thank you, {day} suits me well.",
    "I have not had a confirmation for order {order} yet.",
    "The courier in {place} says the address is incomplete.",
    "Great, that was quick!",
    "Could I pay for the {item} on delivery?",
)
_AGENT_LINES = (
    "Order {order} left our warehouse in {place} this morning.",
    "I am sorry about that. We send you a new {item} today.",
    "Your parcel will be with you on {day}.",
    "I have changed the address of order {order}.",
    "You can hand in the {item} at any shop in {place}.",
    "The refund for order {order} is on its way.",
    "May I have the postcode, please?",
    "The {item} is back in stock from {day}.",
    "Is there anything else I can do for you?",
    "I have asked the courier and will come back to you on {day}.",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented; `email` is under example.com, `phone` in E.164 of a range kept for fiction."""

    first_name: str
    last_name: str
    email: str
    phone: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def avatar_url(self) -> str:
        """An https URL that nobody serves."""
        return f"https://media.example.com/avatars/{self.first_name.lower()}.png"


def number(seed: int, *parts: object) -> int:
    """A 128-bit number for what `parts` name."""
    name = ":".join([str(seed), *map(str, parts)])
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=16).digest())


def hex_id(seed: int, *parts: object) -> str:
    """An id of 24 hexadecimal digits."""
    return f"{number(seed, *parts):032x}"[:24]


def uuid_id(seed: int, *parts: object) -> str:
    """A version 4 UUID in lower case."""
    return str(uuid.UUID(int=number(seed, *parts), version=4))


def serial_id(prefix: str, index: int) -> str:
    """An id of 24 digits out of the first 16 of `prefix` and an index: ids of one prefix sort by their index."""
    return f"{prefix[:16]}{index:08x}"


def pick(options: Sequence[T], seed: int, *parts: object) -> T:
    """One of the options."""
    return options[number(seed, *parts) % len(options)]


@functools.lru_cache(maxsize=4096)
def person(seed: int, index: int) -> Person:
    """The customer or agent with that number; numbers give different emails and phones."""
    draw = number(seed, "person", index)
    first = _FIRST_NAMES[draw % len(_FIRST_NAMES)]
    last = _LAST_NAMES[(draw >> 32) % len(_LAST_NAMES)]
    email = f"{first}.{last}.{index}@example.com".lower()
    return Person(first, last, email, f"+4477009{index % 100_000:05d}")


def line(seed: int, *parts: object, inbound: bool) -> str:
    """A sentence a customer (`inbound`) or an agent would write about an order."""
    draw = number(seed, "line", *parts)
    lines = _CUSTOMER_LINES if inbound else _AGENT_LINES
    return lines[draw % len(lines)].format(
        order=10_000 + (draw >> 16) % 90_000,
        item=_ITEMS[(draw >> 48) % len(_ITEMS)],
        place=_PLACES[(draw >> 64) % len(_PLACES)],
        day=_DAYS[(draw >> 80) % len(_DAYS)],
    )


def ended(settings: Settings, conversation: int) -> int:
    """When the last message of a conversation came; conversations are numbered from 1, the oldest.

    They lie about five hours apart and the newest is minutes old: with ten, half of them are less than a day old.
    """
    age = settings.conversations - conversation
    jitter = number(settings.seed, "ended", conversation) % 1_800_000
    return milliseconds(settings.now) - 120_000 - age * _CONVERSATION_GAP - jitter


def started(settings: Settings, conversation: int) -> int:
    """When a conversation was opened: before its first message."""
    return ended(settings, conversation) - settings.messages * _SLOT


def arrivals(settings: Settings, conversation: int) -> array.array[int]:
    """When each message of a conversation came, oldest first, with ties within and across the edges of pages of 100."""
    draws = random.Random(f"{settings.seed}:arrivals:{conversation}")  # noqa: S311 - invented data, no secret
    end, count = ended(settings, conversation), settings.messages
    times = array.array("q")  # as numbers alone: large accounts have millions
    for index in range(count):
        left = count - index
        at = end - left * _SLOT + int(draws.random() * _JITTER) + 1
        tie = draws.random() < _TIE or left % _EDGE == 0
        times.append(times[-1] if tie and times else at)
    if times:
        times[-1] = end
    return times


def milliseconds(moment: dt.datetime) -> int:
    """Whole milliseconds since 1970 of an aware time."""
    return int(moment.timestamp() * 1000)


def moment(at: int) -> dt.datetime:
    """The aware UTC time of milliseconds since 1970."""
    return dt.datetime.fromtimestamp(at // 1000, dt.UTC).replace(microsecond=at % 1000 * 1000)


def iso(at: int) -> str:
    """`YYYY-MM-DDThh:mm:ss.SSSZ`."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"
