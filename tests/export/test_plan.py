"""What to do next, as tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from aioconvo.export import plan
from aioconvo.export.batch import Identity, Step
from aioconvo.export.schema import ConversationRow, MessageRow

NOON = dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def conversation(provider: str = "convore", **told: Any) -> ConversationRow:
    row = ConversationRow(provider=provider, account="a", conversation_id="c")
    changed: ConversationRow = msgspec.structs.replace(row, **told)
    return changed


def test_a_fingerprint_changes_with_what_the_list_tells() -> None:
    told: list[dict[str, Any]] = [
        {"message_count": 2},
        {"message_count": 3},
        {"last_message_at": NOON},
        {"updated_at": NOON},
        {"updated_at": NOON + HOUR},
    ]
    found = [plan.fingerprint(conversation(**one)) for one in told]
    assert None not in found
    assert len(set(found)) == len(told)
    assert plan.fingerprint(conversation(status="open")) is None
    assert plan.fingerprint(conversation(updated_at=NOON), tells_changes=False) is None


@pytest.mark.parametrize(
    ("listed", "walked", "ended", "again", "due"),
    [
        ("2", None, False, False, True),
        ("2", "2", True, True, False),
        ("3", "2", True, False, True),
        ("3", None, True, True, True),
        (None, None, True, True, True),
        (None, None, True, False, False),
        (None, None, False, False, True),
    ],
)
def test_who_is_due(listed: str | None, walked: str | None, ended: bool, again: bool, due: bool) -> None:
    assert plan.is_due(listed=listed, walked=walked, ended=ended, again=again) is due


@pytest.mark.parametrize(
    ("last", "bound", "reads_new", "since"),
    [
        (None, None, True, None),
        (None, NOON, True, NOON),
        (NOON, None, True, NOON - HOUR),
        (NOON, NOON - 2 * HOUR, True, NOON - HOUR),
        (NOON, NOON - HOUR / 2, True, NOON - HOUR / 2),
        (NOON, None, False, None),
        (NOON, NOON - 2 * HOUR, False, NOON - 2 * HOUR),
        (dt.datetime.min.replace(tzinfo=dt.UTC), None, True, None),
    ],
)
def test_a_later_walk_begins_before_the_newest_message(
    last: dt.datetime | None, bound: dt.datetime | None, reads_new: bool, since: dt.datetime | None
) -> None:
    assert plan.new_walk_since(last, bound, HOUR, reads_new=reads_new) == since


def test_targets_agree_on_the_oldest_position_of_one_walk() -> None:
    behind, ahead = Step(walk="w", pages=2, position="p2"), Step(walk="w", pages=5, position="p5")
    assert plan.agree([ahead, behind]) == behind
    assert plan.agree([ahead]) == ahead
    assert plan.agree([ahead, Step(walk="v", pages=5, position="q5")]) == Step()
    assert plan.agree([ahead, Step()]) == Step()


def test_what_is_wanted() -> None:
    bounded = Identity(since=NOON, until=NOON + HOUR)
    assert not plan.wants_conversation(conversation(last_message_at=NOON - HOUR), bounded)
    assert plan.wants_conversation(conversation(last_message_at=NOON), bounded)
    assert not plan.wants_conversation(conversation(created_at=NOON + HOUR), bounded)
    assert plan.wants_conversation(conversation(updated_at=NOON - HOUR), bounded)  # which need not tell of messages
    web = Identity(channel="web")
    assert plan.wants_conversation(conversation(), web)
    assert plan.wants_conversation(conversation(channels=msgspec.Raw(b'["sms","web"]')), web)
    assert not plan.wants_conversation(conversation(channels=msgspec.Raw(b'["sms"]')), web)
    message = MessageRow(provider="p", account="a", conversation_id="c", message_id="m")
    for channel, wanted in ((None, True), ("web", True), ("sms", False)):
        assert plan.wants_message(msgspec.structs.replace(message, channel=channel), web) is wanted
