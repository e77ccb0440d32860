"""The figures of the report, from all rows of an export, in flat memory.

The rows go once through a scratch database that SQLite keeps in a temporary file of its own and deletes by itself; what is
asked of it here is small whatever the size of the export.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from aioconvo.core.json.moments import EPOCH

__all__ = ["WAIT_LABELS", "ConversationFacts", "MessageFacts", "Scratch", "Shown", "day_bins"]

UNKNOWN = "unknown"
_MICROSECOND = dt.timedelta(microseconds=1)
# Time zones differ from UTC by whole quarters of an hour, so a quarter falls into one local hour and day.
_QUARTER = dt.timedelta(minutes=15)
_HOURS_A_WEEK = 7 * 24
_MOST_BINS = 366
_MOST_CHANNELS = 12
_ROWS_AT_ONCE = 1000

_WAITS = [
    (60, "under 1 min"),
    (5 * 60, "1 to 5 min"),
    (15 * 60, "5 to 15 min"),
    (3600, "15 to 60 min"),
    (4 * 3600, "1 to 4 h"),
    (24 * 3600, "4 to 24 h"),
    (72 * 3600, "1 to 3 days"),
    (None, "over 3 days"),
]
WAIT_LABELS = [label for _, label in _WAITS]

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
PRAGMA temp_store = FILE;
CREATE TABLE conversation (
    number INTEGER PRIMARY KEY, provider TEXT, account TEXT, id TEXT, name TEXT, subject TEXT, status TEXT, channels TEXT,
    channel TEXT, UNIQUE (provider, account, id));
CREATE TABLE message (
    conversation INTEGER, id TEXT, sent_at INTEGER, quarter INTEGER, direction TEXT, channel TEXT, page_row TEXT, rank INTEGER);
"""

_FINISH = """
CREATE INDEX in_order ON message (conversation, sent_at, rank, id);
-- A turn begins where the side that writes changes; the turn after an inbound one answers it.
CREATE TABLE wait AS
WITH side AS (
    SELECT conversation, id, sent_at, rank, direction,
        lag(direction) OVER (PARTITION BY conversation ORDER BY sent_at, rank, id) AS before
    FROM message WHERE direction IN ('inbound', 'outbound') AND sent_at IS NOT NULL),
turn AS (
    SELECT conversation, direction, sent_at,
        lead(sent_at) OVER (PARTITION BY conversation ORDER BY sent_at, rank, id) AS answered
    FROM side WHERE direction IS NOT before)
SELECT provider, (answered - turn.sent_at) / 1000000.0 AS seconds
FROM turn JOIN conversation ON number = turn.conversation WHERE direction = 'inbound';
"""


class ConversationFacts(NamedTuple):
    """What the report tells of a conversation; `name` is that of the person on the other side."""

    provider: str
    account: str
    id: str
    name: str | None
    subject: str | None
    status: str | None
    channels: tuple[str, ...]


class MessageFacts(NamedTuple):
    """What the figures need of a message, and `page_row`, the JSON that stands for it in a transcript."""

    provider: str
    account: str
    conversation_id: str
    id: str
    sent_at: dt.datetime | None
    direction: str | None
    channel: str | None
    page_row: str
    rank: int | None


class Shown(NamedTuple):
    """A conversation whose transcript is on the page: the `shown` last of its `messages`."""

    number: int
    facts: ConversationFacts
    messages: int
    shown: int
    last: float | None


class Scratch:
    """All rows, ready to be asked; `close` deletes them.

    Raises:
        sqlite3.OperationalError: The temporary file cannot grow; the variable `SQLITE_TMPDIR` names another place.
    """

    def __init__(self, conversations: Iterable[ConversationFacts], messages: Iterable[MessageFacts]) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        try:
            self._load(conversations, messages)
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Delete the scratch database."""
        self._database.close()

    def _load(self, conversations: Iterable[ConversationFacts], messages: Iterable[MessageFacts]) -> None:
        self._database.executescript(_TABLES)
        for group in _group(conversations):
            self._database.executemany(
                "INSERT OR IGNORE INTO conversation (provider, account, id, name, subject, status, channels, channel)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (*facts[:6], "\0".join(facts.channels), facts.channels[0] if len(facts.channels) == 1 else None)
                    for facts in group
                ],
            )
        for group in _group(messages):
            self._database.executemany(
                "INSERT OR IGNORE INTO conversation (provider, account, id, channels) VALUES (?, ?, ?, '')",
                {facts[:3] for facts in group},
            )
            self._database.executemany(
                "INSERT INTO message SELECT number, ?, ?, ?, ?, ?, ?, ? FROM conversation"
                " WHERE provider = ? AND account = ? AND id = ?",
                [_message_row(facts) for facts in group],
            )
        self._database.executescript(_FINISH)

    def _ask(self, query: str, *values: object) -> Iterator[Any]:
        return self._database.execute(query, values)

    def totals(self) -> dict[str, dict[str, Any]]:
        """By provider: conversations, messages by direction and in all, seconds since 1970 of the first and the last one."""
        totals: dict[str, dict[str, Any]] = {}
        for provider, count in self._ask("SELECT provider, count(*) FROM conversation GROUP BY provider ORDER BY provider"):
            totals[provider] = {"conversations": count, "messages": 0, "first": None, "last": None}
        query = (
            "SELECT provider, min(sent_at) / 1e6, max(sent_at) / 1e6 FROM message JOIN conversation ON number = conversation"
            " WHERE sent_at IS NOT NULL GROUP BY provider"
        )
        for provider, first, last in self._ask(query):
            totals[provider].update(first=first, last=last)
        query = (
            "SELECT provider, direction, count(*) FROM message JOIN conversation ON number = conversation"
            " GROUP BY provider, direction"
        )
        for provider, direction, count in self._ask(query):
            totals[provider][direction] = count
            totals[provider]["messages"] += count
        return totals

    def undated(self) -> int:
        """Messages whose time the API does not tell."""
        return int(next(self._ask("SELECT count(*) FROM message WHERE sent_at IS NULL"))[0])

    def days_and_hours(self, zone: dt.tzinfo) -> tuple[dict[str, Any], dict[str, dict[str, list[int]]]]:
        """Messages by day, see `day_bins`, and by provider, direction and hour of the week: 168 counts from Monday 0:00 on."""
        days: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        hours: dict[str, dict[str, list[int]]] = {}
        query = (
            "SELECT provider, direction, quarter, count(*) FROM message JOIN conversation ON number = conversation"
            " WHERE quarter IS NOT NULL GROUP BY provider, direction, quarter"
        )
        for provider, direction, quarter, count in self._ask(query):
            moment = _local(EPOCH + quarter * _QUARTER, zone)
            days[provider, direction][moment.toordinal()] += count
            week = hours.setdefault(provider, {}).setdefault(direction, [0] * _HOURS_A_WEEK)
            week[24 * moment.weekday() + moment.hour] += count
        return day_bins(days), hours

    def waits(self) -> dict[str, dict[str, Any]]:
        """Waits by provider, and of all under "": how many fall under each of `WAIT_LABELS`, and how many have no answer.

        `median` and `ninth` are the seconds within which half and nine of ten were answered.
        """
        providers = [provider for (provider,) in self._ask("SELECT DISTINCT provider FROM wait")]
        return {provider: self._waits_of(provider) for provider in ["", *providers]}

    def _waits_of(self, provider: str) -> dict[str, Any]:
        ours = "FROM wait WHERE (? = '' OR provider = ?)"
        both = (provider, provider)
        bounds = " ".join(
            f"WHEN seconds < {bound} THEN {place}" for place, (bound, _) in enumerate(_WAITS) if bound is not None
        )
        counts = [0] * len(_WAITS)
        query = (
            f"SELECT CASE {bounds} ELSE {len(_WAITS) - 1} END AS place, count(*) {ours} AND seconds IS NOT NULL GROUP BY place"
        )
        for place, count in self._ask(query, *both):
            counts[place] = count
        answered = sum(counts)
        ranked = f"SELECT seconds {ours} AND seconds IS NOT NULL ORDER BY seconds LIMIT 1 OFFSET ?"
        at = [next(self._ask(ranked, *both, (answered - 1) * tenths // 10), (None,))[0] for tenths in (5, 9)]
        unanswered = next(self._ask(f"SELECT count(*) {ours} AND seconds IS NULL", *both))[0]
        return {"counts": counts, "median": at[0], "ninth": at[1], "unanswered": unanswered}

    def channels(self) -> dict[str, list[tuple[str, dict[str, int]]]]:
        """By provider its channels with messages by direction, most first; beyond the 12 largest they are one, "others".

        A message whose channel is not told goes by the one channel of its conversation.
        """
        query = (
            "SELECT provider, coalesce(message.channel, conversation.channel, 'not told') AS via, direction, count(*)"
            " FROM message JOIN conversation ON number = conversation GROUP BY provider, via, direction"
        )
        counts: defaultdict[str, defaultdict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for provider, name, direction, count in self._ask(query):
            counts[provider][name][direction] = count
        return {provider: _largest(by_name) for provider, by_name in counts.items()}

    def shown(self, conversations: int, messages: int) -> list[Shown]:
        """The conversations to read, latest message first: so many at most, with so many messages in all."""
        query = (
            "SELECT number, provider, account, conversation.id, name, subject, status, channels,"
            " count(message.id), max(sent_at) AS last FROM conversation LEFT JOIN message ON conversation = number"
            " GROUP BY number ORDER BY last DESC, number LIMIT ?"
        )
        chosen: list[Shown] = []
        for number, provider, account, name_id, name, subject, status, channels, count, last in self._ask(query, conversations):
            shown = min(count, messages)
            if count and not shown:
                break
            messages -= shown
            facts = ConversationFacts(
                provider, account, name_id, name, subject, status, tuple(channels.split("\0")) if channels else ()
            )
            chosen.append(Shown(number, facts, count, shown, None if last is None else last / 1e6))
        return chosen

    def transcript(self, shown: Shown) -> Iterator[str]:
        """The page rows of a conversation's last messages, oldest first."""
        query = (
            "SELECT page_row FROM (SELECT page_row, sent_at, rank, id FROM message WHERE conversation = ?"
            " ORDER BY sent_at DESC, rank DESC, id DESC LIMIT ?) ORDER BY sent_at, rank, id"
        )
        return (page_row for (page_row,) in self._ask(query, shown.number, shown.shown))


def day_bins(days: dict[tuple[str, str], Counter[int]]) -> dict[str, Any]:
    """Counts by provider and direction in at most 366 bins of `step` whole days from the day `first` on.

    `days` counts by the proleptic Gregorian ordinal of a day (`datetime.date.toordinal`).
    """
    first = min((min(counts) for counts in days.values()), default=dt.date(1970, 1, 1).toordinal())
    last = max((max(counts) for counts in days.values()), default=first)
    step = -(-(last - first + 1) // _MOST_BINS)
    bins = (last - first) // step + 1
    series: dict[str, dict[str, list[int]]] = {}
    for (provider, direction), counts in days.items():
        row = series.setdefault(provider, {}).setdefault(direction, [0] * bins)
        for day, count in counts.items():
            row[(day - first) // step] += count
    return {"first": dt.date.fromordinal(first).isoformat(), "step": step, "bins": bins, "counts": series}


def _message_row(facts: MessageFacts) -> tuple[object, ...]:
    moment = None if facts.sent_at is None else facts.sent_at - EPOCH
    return (
        facts.id,
        None if moment is None else moment // _MICROSECOND,
        None if moment is None else moment // _QUARTER,
        facts.direction or UNKNOWN,
        facts.channel,
        facts.page_row,
        facts.rank,
        *facts[:3],
    )


def _local(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:  # the first and last hours of the calendar
        return moment


def _largest(by_name: dict[str, dict[str, int]]) -> list[tuple[str, dict[str, int]]]:
    ranked = sorted(by_name.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    others: Counter[str] = Counter()
    for _, counts in ranked[_MOST_CHANNELS:]:
        others.update(counts)
    return ranked[:_MOST_CHANNELS] + ([("others", dict(others))] if others else [])


def _group(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists of at most 1000 rows."""
    group: list[Any] = []
    for row in rows:
        group.append(row)
        if len(group) == _ROWS_AT_ONCE:
            yield group
            group = []
    if group:
        yield group
