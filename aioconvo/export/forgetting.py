"""Forget one person: what a target holds of them goes, from data, search index, ledger and the free pages of files.

Whole conversations go in which nobody else on the users' side takes part. In others their own messages go, and so does every
row that names them by an id, address or name of theirs; of the conversation itself its key stays, with who else takes part.

The ledger keeps a salted digest of their ids and of those conversations, so that later runs into this target leave them out.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import msgspec

from aioconvo.core.json.model import plain
from aioconvo.export.ledger.ledger import Ledger
from aioconvo.export.ledger.veil import MessageKey, draw, without
from aioconvo.export.targets.sinks import open_sink

from .batch import Identity
from .errors import ExportError, target_errors
from .schema import ConversationRow, MessageRow, encode_row

__all__ = ["Forgetting", "Forgot", "Person", "forget"]

_OTHERS = frozenset({"user", "unknown"})


class Forgot(NamedTuple):
    """How much was removed: whole conversations, and messages in all."""

    conversations: int
    messages: int


class Person:
    """Who is to be forgotten: of one provider, with all ids, addresses and names of theirs that the target tells."""

    def __init__(self, provider: str, user: str) -> None:
        self.provider = provider
        self.ids = {user}
        self.names: set[str] = set()
        self.met = False  # as author, as participant, or as whose a conversation is; else `user` may be any word of the rows

    def learn(self, one: dict[str, Any]) -> bool:
        """Whether this participant or author is the person; then what else they are called is known."""
        told = {value for name in ("id", "address") if isinstance(value := one.get(name), str) and value}
        if not told & self.ids:
            return False
        self.met = True
        self.ids |= told
        if isinstance(name := one.get("name"), str) and name:
            self.names.add(name)
        return True

    def is_named_in(self, row: bytes, people: Iterable[dict[str, Any]]) -> bool:
        """Whether a row of these people holds an id or a name of the person as a word, however its JSON writes it.

        Where a namesake is among these people, the name may be theirs: the ids alone decide.
        """
        find = self._pattern(self.ids if any(map(self._is_namesake, people)) else self.ids | self.names).search
        return any(find(text) for text in _readings(row))

    def _is_namesake(self, one: dict[str, Any]) -> bool:
        told = {one.get("id"), one.get("address")} - {None, ""}
        return one.get("name") in self.names and bool(told) and not told & self.ids

    def _pattern(self, which: Iterable[str]) -> re.Pattern[str]:
        words = "|".join(re.escape(_escape(one)) for one in sorted(which, key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


@runtime_checkable
class Forgetting(Protocol):
    """A sink that can forget."""

    @property
    def ledger(self) -> Ledger:
        """See `Sink`."""
        ...

    def open(self, identity: Identity, *, fresh: bool) -> None:
        """See `Sink`."""
        ...

    def close(self) -> None:
        """See `Sink`."""
        ...

    def conversations(self) -> Iterator[ConversationRow]:
        """See `Sink`."""
        ...

    def messages(self) -> Iterator[MessageRow]:
        """See `Sink`."""
        ...

    def remove(self, gone: Sequence[MessageKey], rows: Sequence[ConversationRow], users: Iterable[str]) -> None:
        """Remove messages by their keys, conversations (an empty message id) by theirs, lists of users; write these rows anew.

        Nothing of what was removed stays in the files.
        """
        ...


def forget(target: str | os.PathLike[str], provider: str, user: str) -> Forgot:
    """Remove one person, by an id or address that the API knows them by, from a target; blocks.

    Later runs into the target leave them out; `fresh`, and other targets, know nothing of that, and bring them again for as
    long as the API has them. Pages of `report`, copies and backups are files of their own.

    Raises:
        ExportError: There is no such target, it cannot forget, `user` is empty, or nobody in the target has this id or address.
        TargetError: An export is writing to it, or it cannot be written.
    """
    if not user.strip():
        raise ExportError("the user is empty: give an id or address that the API knows the person by")
    sink = open_sink(target)
    if not isinstance(sink, Forgetting):
        raise ExportError(f"targets of the kind {sink.kind} cannot forget anybody")
    with target_errors(target), sink.ledger.reading() as ledger:
        identity = msgspec.structs.replace(ledger.identity, accounts=())
    sink.open(identity, fresh=False)
    try:
        return _forget(sink, Person(provider, user))
    finally:
        sink.close()


def _forget(sink: Forgetting, person: Person) -> Forgot:
    whole, shared = _conversations_of(sink, person)
    if not person.met:
        user = min(person.ids)
        raise ExportError(f"it holds nothing of a user {person.provider} {user}; ids and addresses are compared exactly")
    gone: set[MessageKey] = set()
    for row in sink.messages():
        key = (row.provider, row.account, row.conversation_id)
        if key in whole or (row.provider == person.provider and person.is_named_in(encode_row(row), [_author(row)])):
            gone.add((*key, row.message_id))
    every = sorted(gone | {(*key, "") for key in whole})
    # Once they are gone, nobody can ask for them to be forgotten again: nothing may be left where this ends before its end.
    sink.ledger.db.execute("PRAGMA secure_delete = ON")
    with sink.ledger.transaction():
        draw(sink.ledger.db, person.provider, person.ids, every)
    sink.remove(every, shared, person.ids)
    return Forgot(len(whole), len(gone))


def _conversations_of(sink: Forgetting, person: Person) -> tuple[set[tuple[str, str, str]], list[ConversationRow]]:
    """The conversations that go whole, and those that are shared with others as they are to be without the person."""
    spoke, others = _learnt(sink, person)
    whole: set[tuple[str, str, str]] = set()
    shared: list[ConversationRow] = []
    for listed in sink.conversations():
        key = _key(listed)
        if listed.provider != person.provider:
            continue
        people = _people(listed)
        left = [one for one in people if not person.learn(one)]
        if listed.conversation_id in person.ids:
            person.met = True
        named = key in spoke or len(left) < len(people) or listed.conversation_id in person.ids
        if not named and not person.is_named_in(encode_row(listed), left):
            continue
        if key in others or any(one.get("kind") in _OTHERS and (one.get("id") or one.get("address")) for one in left):
            shared.append(without(listed, left))
        else:
            whole.add(key)
    known = {_key(one) for one in shared}
    return whole | {key for key in spoke if key not in others and key not in known}, shared


def _learnt(sink: Forgetting, person: Person) -> tuple[set[tuple[str, str, str]], set[tuple[str, str, str]]]:
    """The conversations in which the person wrote, and those in which others on the users' side did.

    What is learnt of the person from one row may be all that another one names, wherever it stands: all is read until nothing
    new is learnt.
    """
    while True:
        known = len(person.ids)
        spoke: set[tuple[str, str, str]] = set()
        others: set[tuple[str, str, str]] = set()
        for row in sink.messages():
            key = (row.provider, row.account, row.conversation_id)
            if row.provider == person.provider and person.learn(_author(row)):
                spoke.add(key)
            elif row.author_kind == "user" and (row.author_id or row.author_address):
                others.add(key)
        for listed in sink.conversations():
            if listed.provider == person.provider:
                for one in _people(listed):
                    person.learn(one)
        if len(person.ids) == known:
            return spoke, others


def _people(row: ConversationRow) -> list[dict[str, Any]]:
    return msgspec.json.decode(row.participants, type=list[dict[str, Any]])


def _author(row: MessageRow) -> dict[str, Any]:
    return {"id": row.author_id, "address": row.author_address, "name": row.author_name}


def _key(row: ConversationRow) -> tuple[str, str, str]:
    return row.provider, row.account, row.conversation_id


def _readings(row: bytes) -> Iterator[str]:
    """A row's JSON as it is, with every character written as itself, and a native that stands as text as the JSON it is."""
    yield row.decode()
    value = plain(row)
    yield _write(value)
    if isinstance(native := value["native"], str):
        with contextlib.suppress(ValueError):
            yield _write(plain(native.encode()))


def _write(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _escape(text: str) -> str:
    """As it stands inside of JSON."""
    return msgspec.json.encode(text).decode()[1:-1]
