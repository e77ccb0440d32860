"""Every kind of target, for tests of what all of them must do; and rows, lists and pages to give them."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path
from typing import Any

import msgspec

from aioconvo.export import Account, Batch, Identity, Sink, Step
from aioconvo.export.schema import ConversationRow, MessageRow
from tests.export.rows import lines_of

_LIBRARIES = {"parquet": "pyarrow", "duckdb": "duckdb"}
EVERY_KIND = [
    "sqlite",
    "jsonl",
    "jsonl.gz",
    *(kind for kind, library in _LIBRARIES.items() if importlib.util.find_spec(library)),
]
PART_KINDS = [kind for kind in EVERY_KIND if kind not in {"sqlite", "duckdb"}]
ACCOUNT = Account("convore", "shop")
IDENTITY = Identity(accounts=((ACCOUNT, "all"),))
NOON = dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)


def target(kind: str, path: Path) -> str:
    """The name of a target of that kind in this directory."""
    return f"{kind}:{path / 'out'}"


def sink(kind: str, path: Path, *, rows_per_part: int = 3) -> Sink:
    """A target of that kind in this directory, not open; parts are small."""
    from aioconvo.export import open_sink  # noqa: PLC0415 -- beside what it is for

    made = open_sink(target(kind, path))
    if kind in PART_KINDS:
        made._rows_per_part = rows_per_part  # type: ignore[attr-defined]  # its own constructor's
    return made


def opened(kind: str, path: Path, identity: Identity = IDENTITY) -> Sink:
    """The same, open, with a round begun."""
    made = sink(kind, path)
    made.open(identity, fresh=False)
    made.ledger.begin_round(ACCOUNT)
    made.ledger.feed_lists(ACCOUNT, [""])
    return made


def conversation(one: str = "c", **given: Any) -> ConversationRow:
    native = msgspec.Raw(b'{"id":"%b"}' % one.encode())
    row = ConversationRow(provider="convore", account="shop", conversation_id=one, native=native)
    return msgspec.structs.replace(row, **given)


def listed(*rows: ConversationRow | str, ended: bool = True, walk: str = "l", pages: int = 1) -> Batch:
    """A page of the list of the whole account."""
    told = tuple(conversation(row) if isinstance(row, str) else row for row in rows)
    step = Step(walk=walk, pages=pages, position=None if ended else "p", ended=ended)
    return Batch(account=ACCOUNT, user="", step=step, conversations=told)


def message(one: str, **given: Any) -> MessageRow:
    row = MessageRow(
        "convore", "shop", "c", one, NOON, text=f"Text of {one}", native=msgspec.Raw(b'{"id":"%b"}' % one.encode())
    )
    return msgspec.structs.replace(row, **given)


def page(
    *rows: MessageRow | str, of: str = "c", walk: str = "w", pages: int = 1, ended: bool = False, downward: bool = False,
    since: dt.datetime | None = None,
) -> Batch:  # fmt: skip
    """A page of messages of a conversation, oldest first."""
    told = [message(row) if isinstance(row, str) else row for row in rows]
    told = [msgspec.structs.replace(row, conversation_id=of) for row in told]
    step = Step(walk=walk, pages=pages, since=since, position=None if ended else f"p{pages}", ended=ended)
    return Batch(account=ACCOUNT, conversation=of, step=step, messages=lines_of(told), downward=downward)


def again(kind: str, path: Path) -> Sink:
    """The next run's: the round before is over."""
    made = sink(kind, path)
    made.open(IDENTITY, fresh=False)
    made.ledger.end_round(ACCOUNT)
    made.ledger.begin_round(ACCOUNT)
    made.ledger.feed_lists(ACCOUNT, [""])
    return made


def due(given: Sink) -> None:
    """Whatever the list says, all conversations are walked from the beginning."""
    given.ledger.db.execute("UPDATE _aioconvo_conversations SET due = 1, run = 0, walk = '', pages = 0, position = NULL")
