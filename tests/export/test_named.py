"""How many of what is missing are named: the first thousand of each kind, all of them counted."""

from __future__ import annotations

from typing import Any

import pytest

from aioconvo.export import Account, Fault
from aioconvo.export.completeness import ConversationState, UnfinishedList, Verdict, judge

ACCOUNT = Account("convore", "shop")
NOT_FOUND = Fault(type="NotFoundError", words="no such user")


def conversation(number: int, verdict: Verdict) -> ConversationState:
    nothing: dict[str, Any] = {"told": None, "gap": 0, "first": None, "last": None, "reached_end": False, "fault": None}
    return ConversationState(account=ACCOUNT, id=str(number), verdict=verdict, messages=2, **nothing)


@pytest.mark.parametrize("count", [999, 1000, 1001, 2500])
def test_the_first_thousand_of_each_are_named_and_all_are_counted(count: int) -> None:
    states = [conversation(number, verdict) for number in range(count) for verdict in (Verdict.FAILED, Verdict.COMPLETE)]
    lists = [UnfinishedList(account=ACCOUNT, user=str(number), fault=None) for number in range(count)]
    found = judge(states, lists, rounds_open=False)
    assert [one.id for one in found.incomplete] == [str(number) for number in range(min(count, 1000))]
    assert [one.user for one in found.lists] == [str(number) for number in range(min(count, 1000))]
    assert (found.conversations, found.messages, found.short, found.lists_unfinished) == (2 * count, 4 * count, count, count)


@pytest.mark.parametrize("count", [400, 500, 501, 1500])
def test_unknown_conversations_and_users_share_a_thousand(count: int) -> None:
    states = [conversation(number, Verdict.UNKNOWN) for number in range(count)]
    lists = [UnfinishedList(account=ACCOUNT, user=f"u{number}", fault=NOT_FOUND) for number in range(count)]
    found = judge(states, lists, rounds_open=False)
    names = [one.conversation or one.user for one in found.unknown]
    assert names == [*(str(number) for number in range(count)), *(f"u{number}" for number in range(count))][:1000]
    assert (found.unknowns, found.lists_unfinished, found.short, found.complete) == (2 * count, 0, 0, True)
