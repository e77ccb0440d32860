"""Deletions at the source: seen where a walk or a list was whole, never else, and taken back where it was none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from aioconvo.export import Batch, Fault, Identity, Step, conversation_states, open_sink
from tests.export.targets import (
    ACCOUNT,
    EVERY_KIND,
    IDENTITY,
    NOON,
    again,
    conversation,
    due,
    listed,
    message,
    opened,
    page,
    sink,
    target,
)


def marks(kind: str, path: Path) -> dict[str, dt.datetime | None]:
    return {row.message_id: row.deleted_at for row in open_sink(target(kind, path)).messages()}


def gone(kind: str, path: Path) -> set[str]:
    return {one for one, when in marks(kind, path).items() if when is not None}


def run(kind: str, path: Path, *batches: Batch) -> None:
    given = again(kind, path)
    given.commit([listed("c")])
    due(given)
    for batch in batches:
        given.commit([batch])
    given.close()


@pytest.fixture(params=EVERY_KIND)
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A target that holds the messages 1 to 8 of one conversation."""
    given = opened(request.param, tmp_path)
    given.commit([listed("c"), page("1", "2", "3", "4"), page("5", "6", "7", "8", pages=2, ended=True)])
    given.close()
    return str(request.param)


def test_what_a_whole_walk_does_not_hold_any_more_is_marked_once_and_taken_back(kind: str, tmp_path: Path) -> None:
    assert gone(kind, tmp_path) == set()
    run(kind, tmp_path, page("1", "3", "4"), page("5", "6", "8", "9", pages=2, ended=True))
    first = marks(kind, tmp_path)
    assert {one for one, when in first.items() if when} == {"2", "7"}
    assert len(first) == 9  # nothing is deleted here
    when = first["2"]
    assert when is not None
    assert dt.timedelta() <= dt.datetime.now(dt.UTC) - when < dt.timedelta(hours=1)
    run(kind, tmp_path, page("1", "3", "4", "5", "6", "8", "9", walk="w2", ended=True))
    assert marks(kind, tmp_path) == first  # when it was noticed first
    (state,) = conversation_states(target(kind, tmp_path))
    assert (state.messages, state.deleted) == (9, 2)
    back = message("7", text="Changed")
    run(kind, tmp_path, page("1", "2", "3", "4", "5", "6", back, "8", "9", walk="w3", ended=True))
    assert gone(kind, tmp_path) == set()
    (state,) = conversation_states(target(kind, tmp_path))
    assert (state.messages, state.deleted) == (9, 0)


FAULT = Step(walk="w", pages=1, fault=Fault(type="InternalServerError", words="500"))


@pytest.mark.parametrize(
    "batches",
    [
        [page("1", "2")],
        [page("1", "2"), Batch(account=ACCOUNT, conversation="c", step=FAULT)],
        [page("1", "2", since=NOON, ended=True)],
        [page("1", "2", pages=5, walk="other", ended=True)],
        [page("1", "~made", ended=True)],
    ],
    ids=["stopped", "failed", "only what is new", "a walk of another target", "an id that cannot be read"],
)
def test_a_walk_that_is_not_whole_marks_nothing(kind: str, batches: list[Batch], tmp_path: Path) -> None:
    run(kind, tmp_path, *batches)
    assert gone(kind, tmp_path) == set()


def test_a_walk_that_another_run_goes_on_with_marks_nothing(kind: str, tmp_path: Path) -> None:
    run(kind, tmp_path, page("1", "2"))
    given = sink(kind, tmp_path)
    given.open(IDENTITY, fresh=False)
    given.commit([page("5", "6", pages=2, ended=True)])
    given.close()
    assert gone(kind, tmp_path) == set()


BOUNDS = [{"since": NOON}, {"until": NOON + dt.timedelta(1)}, {"channel": "sms"}]


@pytest.mark.parametrize("bound", BOUNDS, ids=["since", "until", "channel"])
def test_a_bounded_export_marks_nothing(bound: dict[str, Any], tmp_path: Path) -> None:
    identity = Identity(accounts=((ACCOUNT, "all"),), **bound)
    given = opened("sqlite", tmp_path, identity)
    given.commit([listed("c", "d"), page("1", "2", ended=True)])
    given.ledger.end_round(ACCOUNT)
    given.ledger.begin("sqlite", identity)
    given.ledger.begin_round(ACCOUNT)
    given.commit([listed("c")])
    due(given)
    given.commit([page("1", walk="w2", ended=True)])
    given.close()
    assert gone("sqlite", tmp_path) == set()
    assert [row.deleted_at for row in open_sink(target("sqlite", tmp_path)).conversations()] == [None, None]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_conversations_that_a_whole_list_does_not_hold_any_more(kind: str, tmp_path: Path) -> None:
    def noticed() -> set[str]:
        return {one.conversation_id for one in open_sink(target(kind, tmp_path)).conversations() if one.deleted_at is not None}

    def look(*batches: Batch) -> None:
        given = again(kind, tmp_path)
        for batch in batches:
            given.commit([batch])
        given.close()

    given = opened(kind, tmp_path)
    given.commit([listed("a", "b", ended=False), listed("c", pages=2)])
    given.close()
    assert noticed() == set()
    look(listed("a", ended=False))  # stopped
    assert noticed() == set()
    given = sink(kind, tmp_path)
    given.open(IDENTITY, fresh=False)
    given.commit([listed("c", pages=2)])  # another run goes on with it
    given.close()
    assert noticed() == set()
    look(listed("a", ended=False), Batch(account=ACCOUNT, user="", step=FAULT))
    assert noticed() == set()
    look(listed("a", ended=False), listed("~made", pages=2))
    assert noticed() == set()
    look(listed("a", ended=False, walk="l2"), listed("c", pages=2, walk="l2"))
    assert noticed() == {"b"}
    look(listed("a", conversation("b", status="open"), "c", walk="l3"))
    assert noticed() == set()


def test_a_list_of_a_user_tells_nothing_of_other_conversations(tmp_path: Path) -> None:
    identity = Identity(accounts=((ACCOUNT, "users"),))
    for names in (("a", "b"), ("a",)):
        given = sink("sqlite", tmp_path)
        given.open(identity, fresh=False)
        given.ledger.end_round(ACCOUNT)
        given.ledger.begin_round(ACCOUNT)
        given.ledger.feed_lists(ACCOUNT, ["u"])
        told = tuple(map(conversation, names))
        given.commit([Batch(account=ACCOUNT, user="u", step=Step(walk="l", pages=1, ended=True), conversations=told)])
        given.close()
    assert [row.deleted_at for row in open_sink(target("sqlite", tmp_path)).conversations()] == [None, None]
