"""One self-contained page of HTML about an export, for people who would rather look: charts, and transcripts to read.

The page asks for nothing over any network, works from a file, and its content security policy allows no script and no style
but its own. What came from an API stands in it as JSON and becomes text, never markup.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import html
import os
import pathlib
import sqlite3
import time
import zoneinfo
from collections.abc import Generator, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

import msgspec

from aioconvo.export.completeness import Completeness, verify
from aioconvo.export.errors import ExportError, TargetError, target_errors
from aioconvo.export.replacing import appearing
from aioconvo.export.schema import ConversationRow, MessageRow
from aioconvo.export.targets.sinks import Sink, open_sink

from .figures import WAIT_LABELS, ConversationFacts, MessageFacts, Scratch, Shown
from .transcript import page_json, page_row

__all__ = ["write"]

_MARK = "@"
_FIRST = b"<!doctype html>"
_MOST_NAMED = 4


def write(
    target: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    title: str = "Conversations",
    zone: str = "UTC",
    conversations: int = 1000,
    messages: int = 20_000,
) -> None:
    """Write the page about a target to the file `out`, which appears whole or not at all. Blocks.

    A page that takes the place of another keeps its access rights, a new one is its owner's alone to read. A link is followed;
    a device or a pipe is written to.

    All messages count in the charts. Transcripts are those of the `conversations` with the latest messages, with the last
    `messages` in all, and the page says what was left out. `zone` is the IANA time zone of days and hours, such as
    `Europe/Berlin`. Memory is flat: rows pass through a temporary database of about the size of their text, in the directory
    that the variable `SQLITE_TMPDIR` names or that of the system.

    Raises:
        ExportError: The target's kind is not known, an argument is wrong, or `out` is there and no such page, as the target is.
        TargetError: The target cannot be read, or the page cannot be written.
    """
    place = _zone(zone)
    if conversations < 0 or messages < 0:
        raise ExportError("conversations and messages are how many to show at most: 0 or more")
    notice = _notice(verify(target))
    name = pathlib.Path(out)
    if name.is_dir():
        raise ExportError(f"{name} is a directory; name a file for the page")
    with target_errors(name):
        if name.is_file() and name.stat().st_size and not _is_page(name):
            raise ExportError(f"{name} is there, and no page of a report: it would be overwritten; name another file")
    with target_errors(name), _room(), contextlib.closing(_scratch(open_sink(target))) as scratch, appearing(name) as file:
        shown = scratch.shown(conversations, messages)
        texts = {"title": html.escape(title), "notice": f'<p class="notice">{html.escape(notice)}</p>' if notice else ""}
        for piece in _page(texts, page_json(_figures(scratch, zone, place, shown)), scratch, shown):
            file.write(piece.encode())


def _notice(held: Completeness) -> str:
    """What to say of an export that is short."""
    if held.complete:
        return ""
    lists = f" and {held.lists_unfinished} lists of conversations" if held.lists_unfinished else ""
    told = f"{held.short} of {held.conversations} conversations{lists} are short"
    return f"This export is not complete: {'; '.join([told, *held.damage])}. The same export goes on."


def _is_page(name: pathlib.Path) -> bool:
    with name.open("rb") as file:
        return file.read(len(_FIRST)) == _FIRST


@contextlib.contextmanager
def _room() -> Generator[None, None, None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        told = f"no room for the report's scratch database ({error}); set SQLITE_TMPDIR to a larger place"
        raise TargetError(told) from error


def _zone(zone: str) -> dt.tzinfo:
    if zone == "UTC":  # known also where the system has no time zones
        return dt.UTC
    try:
        return zoneinfo.ZoneInfo(zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise ExportError(f"no time zone {zone!r} is known here; name one such as Europe/Berlin, or UTC") from None


def _scratch(sink: Sink) -> Scratch:
    return Scratch(map(_conversation_facts, sink.conversations()), map(_message_facts, sink.messages()))


def _conversation_facts(row: ConversationRow) -> ConversationFacts:
    channels = tuple(msgspec.json.decode(row.channels, type=list[str]))
    return ConversationFacts(row.provider, row.account, row.conversation_id, _people(row), row.subject, row.status, channels)


def _people(row: ConversationRow) -> str | None:
    """What the users are called; where the API does not tell who is one, what all are called whose side is not known."""
    people = msgspec.json.decode(row.participants, type=list[dict[str, Any]])
    for kind in ("user", "unknown"):
        names = [person.get("name") or person.get("address") for person in people if person.get("kind") == kind]
        if told := [name for name in names if name]:
            return ", ".join(told[:_MOST_NAMED])
    return None


def _message_facts(row: MessageRow) -> MessageFacts:
    return MessageFacts(
        row.provider,
        row.account,
        row.conversation_id,
        row.message_id,
        row.sent_at,
        row.direction,
        row.channel,
        page_row(row),
        row.rank,
    )


def _page(texts: Mapping[str, str], figures: str, scratch: Scratch, shown: Sequence[Shown]) -> Iterator[str]:
    """The template with its marks filled in, piece by piece."""
    files = resources.files("aioconvo.export.report")
    template, css, js = (files.joinpath(f"report.{ending}").read_text("utf-8") for ending in ("html.in", "css", "js"))
    policy = f"default-src 'none'; script-src {_hash(js)}; style-src {_hash(css)}; base-uri 'none'; form-action 'none'"
    known = {**texts, "figures": figures, "policy": policy, "css": css, "js": js}
    for number, piece in enumerate(template.split(_MARK)):
        if not number % 2:
            yield piece
        elif piece == "transcripts":
            for place, conversation in enumerate(shown):
                yield f'<script type="application/json" id="m{place}">['
                for row, text in enumerate(scratch.transcript(conversation)):
                    yield f",{text}" if row else text
                yield "]</script>\n"
        else:
            yield known[piece]


def _figures(scratch: Scratch, zone: str, place: dt.tzinfo, shown: Sequence[Shown]) -> dict[str, Any]:
    totals = scratch.totals()
    days, hours = scratch.days_and_hours(place)
    return {
        "made_at": int(time.time()),
        "zone": zone,
        "providers": list(totals),
        "totals": totals,
        "undated": scratch.undated(),
        "days": days,
        "hours": hours,
        "waits": scratch.waits(),
        "wait_labels": WAIT_LABELS,
        "channels": scratch.channels(),
        "conversations": [_head(conversation) for conversation in shown],
        "left_out": {
            "conversations": sum(total["conversations"] for total in totals.values()) - len(shown),
            "messages": sum(total["messages"] for total in totals.values()) - sum(one.shown for one in shown),
        },
    }


def _head(shown: Shown) -> dict[str, Any]:
    return shown.facts._asdict() | {"messages": shown.messages, "shown": shown.shown, "last": shown.last}


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
