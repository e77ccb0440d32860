"""Operations as rows of tables: a call, what it must ask for, a good answer; and from the same row, what bad answers are."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import parse_qsl

import msgspec

from aioconvo.core.json.codec import encode

Call = Callable[[Any], Any]


@dataclasses.dataclass(frozen=True)
class Case:
    """One operation: a call of it, a good answer, answers that hold nothing and are good, and answers to another call."""

    call: Call
    good: Any
    empty: tuple[Any, ...] = ()
    nameless: tuple[Any, ...] = ()
    wrong: tuple[Any, ...] = ()


@dataclasses.dataclass(frozen=True)
class Row:
    """One operation: `asks` is method, path and decoded query, `body` the JSON that is sent.

    `member` of the `answer` is what the method gives (without one, all of it; of a list, its items), `names` what it is named
    by there. `asked`: an answer that names another thing is none. `lists`: it is a list.
    `nothing`: the method gives nothing of it.
    """

    call: Call
    asks: str
    answer: Any = dataclasses.field(default_factory=dict[str, Any])
    body: Any = None
    member: str | None = None
    names: str | None = "id"
    asked: bool = False
    lists: bool = False
    nothing: bool = False

    @property
    def content(self) -> Any:
        """What the method gives, as JSON."""
        return self.answer if self.member is None else self.answer[self.member]

    def with_content(self, content: Any) -> Any:
        """The answer with other content."""
        return content if self.member is None else self.answer | {self.member: content}

    def case(self) -> Case:
        """What becomes of other answers."""
        if self.lists:
            return Case(self.call, self.answer, (self.with_content([]),))
        if self.answer == {} or self.nothing:
            return Case(self.call, self.answer)
        if self.names is None:
            return Case(self.call, self.answer, (), (self.with_content(None),) if self.member else ())
        nameless = (self.with_content({}), self.with_content(self.content | {self.names: ""}))
        another = 999_999 if isinstance(self.content[self.names], int) else "another"
        wrong = (self.with_content(self.content | {self.names: another}),) if self.asked else ()
        return Case(self.call, self.answer, (), nameless, wrong)

    async def check(self, wire: Any, client: Any) -> Any:
        """Send it, look at what went out, and at what was made of what came; gives that."""
        method, _, target = self.asks.partition(" ")
        wire.answers(method, self.answer, status=201 if method == "POST" else 200)
        came = self.call(client)
        came = await (came.collect() if hasattr(came, "collect") else came)
        path, _, query = target.partition("?")
        assert (wire.last.method, wire.last.path) == (method, path)
        assert sorted(wire.last.query) == sorted(parse_qsl(query))
        if self.body is None:
            assert wire.last.body == b""
        elif isinstance(self.body, bytes):
            assert self.body in wire.last.body
            assert wire.last.headers["content-type"].startswith("multipart/form-data; boundary=")
        else:
            assert wire.last.json() == self.body
            assert wire.last.headers["content-type"] == "application/json"
        if self.answer == {} or self.nothing:
            assert came is None
        else:
            assert differs(msgspec.json.decode(encode(came)), self.content) == []
        return came


def differs(came: Any, sent: Any, place: str = "") -> list[str]:
    """Where what came of an answer is not what stood in it; times are the same in any form, null is nothing."""
    if isinstance(sent, dict):
        found: dict[str, Any] = came if isinstance(came, dict) else {}  # pyright: ignore[reportUnknownVariableType] -- JSON
        members = {name: value for name, value in cast("dict[str, Any]", sent).items() if value is not None}
        names = sorted(members.keys() | found)
        return [text for name in names for text in differs(found.get(name), members.get(name), f"{place}.{name}")]
    if isinstance(sent, list) and isinstance(came, list):
        pairs = itertools.zip_longest(came, sent)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] -- JSON
        return [text for at, (one, other) in enumerate(pairs) for text in differs(one, other, f"{place}[{at}]")]
    return [] if came == sent or (_moment(came) is not None and _moment(came) == _moment(sent)) else [f"{place}: {came} {sent}"]


def _moment(value: object) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None
