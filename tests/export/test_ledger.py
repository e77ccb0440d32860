"""The ledger: rounds, what is due, the index of messages, what it refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from aioconvo.export import Account, Batch, Committed, ExportError, Fault, Identity, Step
from aioconvo.export.completeness import Verdict, look
from aioconvo.export.ledger.ledger import Ledger
from aioconvo.export.ledger.times import from_text, of_one_length, to_text
from aioconvo.export.plan import Owed
from aioconvo.export.schema import ConversationRow, MessageRow
from tests.export.rows import lines_of

ACCOUNT = Account("convore", "shop")
IDENTITY = Identity(accounts=((ACCOUNT, "all"),))
NOON = dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def begun(path: Path) -> Ledger:
    ledger = Ledger(path / "ledger.sqlite")
    ledger.connect(to_write=True)
    ledger.begin("test", IDENTITY)
    ledger.begin_round(ACCOUNT)
    ledger.feed_lists(ACCOUNT, [""])
    return ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with begun(tmp_path) as ledger:
        yield ledger


def row(one: str = "c", count: int | None = 2) -> ConversationRow:
    native = msgspec.Raw(b"{}")
    return ConversationRow(provider="convore", account="shop", conversation_id=one, message_count=count, native=native)


def listed(*rows: ConversationRow, ended: bool = True) -> Batch:
    position = None if ended else "p"
    return Batch(account=ACCOUNT, user="", step=Step(walk="l", pages=1, position=position, ended=ended), conversations=rows)


def page(*ids: str, text: str = "Hello", **step: object) -> Batch:
    rows = (
        MessageRow(
            provider="convore",
            account="shop",
            conversation_id="c",
            message_id=one,
            text=text,
            sent_at=NOON + int(one) * MINUTE,
        )
        for one in ids
    )
    return Batch(
        account=ACCOUNT,
        conversation="c",
        step=msgspec.convert({"walk": "w", **step}, Step),
        messages=lines_of(rows),
    )


def take(ledger: Ledger, *batches: Batch) -> Committed:
    with ledger.transaction():
        return ledger.take(batches).counts


def test_messages_are_new_once(ledger: Ledger) -> None:
    assert take(ledger, listed(row()), page("1", "2"), page("2", "3")) == (3, 0, 1)
    assert take(ledger, page("1", "2", text="Hello!")) == (0, 2, 0)
    assert take(ledger, page("1", "2", "3")) == (0, 2, 1)
    assert take(ledger, page("3", "3", "4")) == (1, 0, 2)
    many = [str(number) for number in range(1_200)]
    assert take(ledger, page(*many)) == (1_196, 0, 4)
    (state,) = ledger.states()
    assert (state.messages, state.first, state.last) == (1_200, NOON, NOON + 1_199 * MINUTE)


def test_what_a_transaction_took_is_gone_when_it_fails(ledger: Ledger) -> None:
    take(ledger, listed(row()))
    with pytest.raises(RuntimeError), ledger.transaction():  # noqa: PT012 -- what is raised inside is the test
        ledger.take([page("1", position="p1", pages=1)])
        raise RuntimeError
    assert take(ledger, page("1")) == (1, 0, 0)


def test_a_walk_goes_on_and_ends(ledger: Ledger) -> None:
    assert ledger.owed_lists(ACCOUNT) == [("", Step())]
    assert ledger.owed_lists(ACCOUNT) == []  # each run gives it to one
    take(ledger, listed(row(), ended=False))
    assert ledger.owed(ACCOUNT, ["c", "unknown"]) == [Owed("c", Step())]
    assert ledger.owed(ACCOUNT) == []
    take(ledger, page("1", position="p1", pages=1, since=NOON))
    ledger.begin("test", IDENTITY)
    assert ledger.owed_lists(ACCOUNT) == [("", Step(walk="l", pages=1, position="p"))]
    assert ledger.owed(ACCOUNT) == [Owed("c", Step(walk="w", since=NOON, pages=1, position="p1"), None, NOON + MINUTE)]
    take(ledger, listed(), page("2", "3", pages=2, ended=True))
    ledger.end_round(ACCOUNT)
    ledger.begin("test", IDENTITY)
    assert (ledger.owed(ACCOUNT), ledger.owed_lists(ACCOUNT)) == ([], [])
    assert look(ledger).complete


def test_a_round_looks_at_the_whole_list_again(ledger: Ledger) -> None:
    def another_run() -> list[Owed]:
        ledger.end_round(ACCOUNT)
        ledger.begin("test", IDENTITY)
        ledger.begin_round(ACCOUNT)
        ledger.feed_lists(ACCOUNT, ["", ""])
        assert [user for user, _ in ledger.owed_lists(ACCOUNT)] == [""]
        return ledger.owed(ACCOUNT)

    take(ledger, listed(row("c"), row("untold", None)))
    for one in ("c", "untold"):
        assert ledger.owed(ACCOUNT, [one])
        ended = Batch(account=ACCOUNT, conversation=one, step=Step(ended=True))
        take(ledger, *([page("1", "2", ended=True)] if one == "c" else [ended]))
    assert another_run() == []
    take(ledger, listed(row("c"), row("untold", None)))
    assert [owed.id for owed in ledger.owed(ACCOUNT, ["c", "untold"])] == ["untold"]  # the list does not tell
    take(ledger, Batch(account=ACCOUNT, conversation="untold", step=Step(ended=True)))
    assert another_run() == []
    take(ledger, listed(row("c", 3)))
    assert ledger.owed(ACCOUNT, ["c"]) == [Owed("c", Step(), NOON + 2 * MINUTE, NOON + MINUTE)]


def test_a_change_that_is_listed_during_a_walk_makes_another_walk_due(ledger: Ledger) -> None:
    take(ledger, listed(row()))
    assert ledger.owed(ACCOUNT, ["c"])
    take(ledger, page("1", "2", position="p", pages=1), listed(row("c", 3)), page(ended=True, pages=2))
    assert [owed.step for owed in ledger.owed(ACCOUNT)] == [Step()]
    assert not look(ledger).complete
    take(ledger, page("3", ended=True))
    assert ledger.owed(ACCOUNT) == []


def test_pages_of_another_targets_walk_do_not_move_one_that_begins_anew(ledger: Ledger) -> None:
    take(ledger, listed(row()))
    assert ledger.owed(ACCOUNT, ["c"])
    take(ledger, page("1", "2", ended=True))
    take(ledger, listed(row("c", 3)))  # something new: due from the beginning on
    assert take(ledger, page("1", "2", walk="other", pages=7, position="p7")) == (0, 0, 2)
    assert take(ledger, page("2", walk="other", pages=8, ended=True)) == (0, 0, 1)
    assert [owed.step for owed in ledger.owed(ACCOUNT)] == [Step()]
    take(ledger, page("3", walk="new", pages=1, position="p1"), page("1", "2", walk="new", pages=2, position="p2"))
    ledger.begin("test", IDENTITY)
    assert [owed.step for owed in ledger.owed(ACCOUNT)] == [Step(walk="new", pages=2, position="p2")]
    assert not look(ledger).complete


def test_a_fault_after_a_page_of_the_same_commit_leaves_the_walk_after_that_page(ledger: Ledger) -> None:
    fault = Fault(type="NotFoundError", words="404")
    take(ledger, listed(row()))
    failed = Batch(account=ACCOUNT, conversation="c", step=Step(walk="w", pages=1, position="p1", fault=fault))
    take(ledger, page("1", position="p1", pages=1), failed)
    assert look(ledger).incomplete[0].fault == fault
    assert [owed.step.position for owed in ledger.owed(ACCOUNT)] == ["p1"]


def test_what_failed_is_kept_and_due_in_the_next_run(ledger: Ledger) -> None:
    fault = Fault(type="NotFoundError", words="404")
    take(ledger, listed(row()))
    assert ledger.owed(ACCOUNT, ["c"])
    take(ledger, page("1", position="p1", pages=1))
    take(ledger, Batch(account=ACCOUNT, conversation="c", step=Step(fault=fault)))
    assert ledger.owed(ACCOUNT) == []
    found = look(ledger)
    assert (found.complete, found.incomplete[0].fault, found.incomplete[0].verdict) == (False, fault, Verdict.FAILED)
    ledger.begin("test", IDENTITY)
    assert [owed.step.position for owed in ledger.owed(ACCOUNT)] == ["p1"]
    take(ledger, page("2", pages=2, ended=True))
    ledger.end_round(ACCOUNT)
    assert look(ledger).complete


def test_a_target_is_not_complete_before_its_first_round(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.connect(to_write=True)
        ledger.begin("test", IDENTITY)
        assert not look(ledger).complete
        ledger.begin_round(ACCOUNT)
        assert not look(ledger).complete
        ledger.end_round(ACCOUNT)
        assert look(ledger).complete


GONE = Fault(type="NotFoundError", words="404")


def next_round(ledger: Ledger, *lists: str) -> None:
    ledger.end_round(ACCOUNT)
    ledger.begin("test", IDENTITY)
    ledger.begin_round(ACCOUNT)
    ledger.feed_lists(ACCOUNT, lists)


def test_what_the_api_does_not_know_and_nothing_names_is_gone(ledger: Ledger) -> None:
    lost = Batch(account=ACCOUNT, conversation="c", step=Step(fault=GONE))
    take(ledger, listed(row()))
    ledger.owed(ACCOUNT)
    take(ledger, page("1", position="p1", pages=1), lost)
    next_round(ledger, "")
    assert look(ledger).verdicts == {Verdict.FAILED: 1}
    assert [one.id for one in ledger.owed(ACCOUNT)] == ["c"]  # tried again, whatever the list tells
    take(ledger, listed(ended=True), lost)
    ledger.end_round(ACCOUNT)
    found = look(ledger)
    assert (found.complete, found.verdicts, found.incomplete, found.messages) == (True, {Verdict.GONE: 1}, (), 1)
    next_round(ledger, "")
    assert ledger.owed(ACCOUNT) == []
    take(ledger, listed(row()))  # it is back, as it was
    assert [one.id for one in ledger.owed(ACCOUNT)] == ["c"]
    take(ledger, page("1", "2", ended=True))
    ledger.end_round(ACCOUNT)
    assert look(ledger).verdicts == {Verdict.COMPLETE: 1}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (GONE, listed(row())),  # it is named still
        (GONE, listed(ended=False)),  # the rest of the list may name it
        (Fault(type="InternalServerError", words="500"), listed()),
    ],
)
def test_what_may_be_there_is_not_gone(fault: Fault, told: Batch, ledger: Ledger) -> None:
    lost = Batch(account=ACCOUNT, conversation="c", step=Step(fault=fault))
    take(ledger, listed(row()), lost)
    for _ in range(2):
        next_round(ledger, "")
        take(ledger, told, lost)
    ledger.end_round(ACCOUNT)
    assert look(ledger).verdicts == {Verdict.FAILED: 1}


def test_a_user_whom_the_api_does_not_know_and_nobody_names_is_forgotten(ledger: Ledger) -> None:
    lost = Batch(account=ACCOUNT, user="nobody", step=Step(fault=GONE))
    take(ledger, listed())
    ledger.feed_lists(ACCOUNT, ["nobody"])
    for named in (["", "nobody"], [""]):
        take(ledger, lost)
        assert "nobody" not in {one.user for one in look(ledger).lists}
        assert [one.user for one in look(ledger).unknown] == ["nobody"]
        next_round(ledger, *named)
    take(ledger, listed(), lost)
    ledger.end_round(ACCOUNT)
    assert look(ledger).complete


def test_a_list_that_failed_goes_on_in_the_next_round(ledger: Ledger) -> None:
    fault = Fault(type="InternalServerError", words="500")
    take(ledger, listed(row(), ended=False), Batch(account=ACCOUNT, user="", step=Step(fault=fault)))
    (unfinished,) = look(ledger).lists
    assert (unfinished.user, unfinished.fault) == ("", fault)
    ledger.end_round(ACCOUNT)
    ledger.begin("test", IDENTITY)
    ledger.begin_round(ACCOUNT)
    ledger.feed_lists(ACCOUNT, [""])
    assert ledger.owed_lists(ACCOUNT) == [("", Step(walk="l", pages=1, position="p"))]


def test_fewer_messages_than_the_api_says_is_short(ledger: Ledger) -> None:
    take(ledger, listed(row("c", 3)))
    ledger.owed(ACCOUNT)
    take(ledger, page("1", "2", ended=True))
    ledger.end_round(ACCOUNT)
    (state,) = look(ledger).incomplete
    assert (state.verdict, state.gap, state.told, state.reached_end) == (Verdict.SHORT, 1, 3, True)


def test_what_is_short_is_walked_from_its_beginning_by_the_next_run(ledger: Ledger) -> None:
    take(ledger, listed(row("c", 3)))
    ledger.owed(ACCOUNT)
    take(ledger, page("2", "3", ended=True))
    ledger.end_round(ACCOUNT)
    ledger.begin("test", IDENTITY)
    ledger.begin_round(ACCOUNT)
    take(ledger, listed(row("c", 3)))
    assert [(one.step, one.whole_to) for one in ledger.owed(ACCOUNT)] == [(Step(), None)]
    take(ledger, page("2", "3", ended=True), listed(row("c", 3)))
    assert ledger.owed(ACCOUNT) == []  # not again in this round
    ledger.begin("test", IDENTITY)
    ledger.end_round(ACCOUNT)
    ledger.begin_round(ACCOUNT)
    take(ledger, listed(row("c", 3)))
    assert ledger.owed(ACCOUNT)
    take(ledger, page("1", "2", "3", ended=True))
    ledger.end_round(ACCOUNT)
    assert look(ledger).complete


def test_a_message_of_the_future_does_not_hide_those_that_come_until_then(ledger: Ledger) -> None:
    take(ledger, listed(row()))
    ledger.owed(ACCOUNT)
    minutes = int((dt.datetime.now(dt.UTC) - NOON) / MINUTE)
    take(ledger, page("1", str(minutes + 60), ended=True))
    take(ledger, listed(row(count=3)))
    (owed,) = ledger.owed(ACCOUNT)
    assert owed.whole_to is not None
    assert NOON + minutes * MINUTE <= owed.whole_to <= dt.datetime.now(dt.UTC)


def test_fewer_messages_than_the_api_has_in_all_are_enough_where_bounds_leave_some_out(tmp_path: Path) -> None:
    bounded = msgspec.structs.replace(IDENTITY, since=NOON)
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.connect(to_write=True)
        for _ in range(2):
            ledger.begin("test", bounded)
            ledger.begin_round(ACCOUNT)
            take(ledger, listed(row("c", 3)))
            found = [one.id for one in ledger.owed(ACCOUNT)]
            take(ledger, page("1", ended=True))
            ledger.end_round(ACCOUNT)
        assert found == []


def test_messages_of_a_conversation_that_is_not_known_are_left_to_who_knows_it(ledger: Ledger) -> None:
    assert take(ledger, page("1")) == (0, 0, 0)
    assert list(ledger.states()) == []


def test_nobody_else_writes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioconvo.export.ledger.ledger._PATIENCE", 0.0)
    with begun(tmp_path), pytest.raises(BlockingIOError, match="another process has the lock"):
        begun(tmp_path)
    with begun(tmp_path) as again:
        assert again.run == 2
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.sqlite"]


def test_what_is_no_ledger_of_this_schema_is_refused(tmp_path: Path) -> None:
    with (
        begun(tmp_path) as ledger,
        pytest.raises(ExportError, match="was written as test, schema 3; this version writes other"),
    ):
        ledger.begin("other", IDENTITY)
    with begun(tmp_path) as ledger:
        ledger.db.execute("UPDATE _aioconvo_meta SET value = '0' WHERE key = 'schema'")
        with pytest.raises(ExportError, match="has schema 0; this version reads 3"):
            ledger.load()
    with Ledger(tmp_path / "empty.sqlite") as empty:
        with pytest.raises(ExportError, match="is not open"):
            _ = empty.db
        empty.connect(to_write=True)
        with pytest.raises(ExportError, match="is no target of an export"):
            empty.load()


def test_times_as_text_sort_as_the_moments_do() -> None:
    moments = [NOON - MINUTE, NOON, NOON + dt.timedelta(microseconds=1), NOON + dt.timedelta(milliseconds=120), NOON + MINUTE]
    texts = [to_text(moment) for moment in moments]
    assert texts == sorted(texts)
    assert [from_text(text) for text in texts] == moments
    encoded = [msgspec.json.encode(moment).decode().strip('"') for moment in moments]
    assert list(map(of_one_length, encoded)) == texts
    assert to_text(NOON.astimezone(dt.timezone(dt.timedelta(hours=2)))) == "2024-01-31T12:00:00.000000Z"
