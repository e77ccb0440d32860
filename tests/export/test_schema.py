"""The schema: what its docstring says, rows of the inbox's structs, JSON on one line whatever the API sent."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from aioconvo.core.json.codec import decode
from aioconvo.core.json.model import Unknown
from aioconvo.export import schema
from aioconvo.export.schema import CONVERSATIONS, MESSAGES, MessageRow, Table
from aioconvo.inbox import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind, Provider
from tests.inbox.test_drift import MESSAGES as ANSWERS, damaged

NOON = dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize("table", [CONVERSATIONS, MESSAGES], ids=lambda table: table.name)
def test_the_docstring_lists_every_column(table: Table[Any]) -> None:
    told = (schema.__doc__ or "").partition(f"    {table.name} ")[2].partition("\n\n")[0]
    listed = re.findall(r"^    (\w+) +(text|time|boolean|integer|json) +.*?(; key)?$", told, re.MULTILINE)
    assert [(name, kind, bool(key)) for name, kind, key in listed] == [
        (column.name, str(column.type), column.required) for column in table.columns
    ]
    assert table.key == tuple(name for name, _, key in listed if key)


def message(**given: Any) -> Message:
    defaults: dict[str, Any] = {"provider": Provider.CONVORE, "conversation_id": "told", "id": "m", "native": None}
    return Message(**defaults | given)


@pytest.mark.parametrize(("count", "kept"), [(None, None), (0, 0), (2**63 - 1, 2**63 - 1), (2**63, None), (-(10**20), None)])
def test_a_count_that_no_target_could_hold_is_not_told(count: int | None, kept: int | None) -> None:
    conversation = Conversation(provider=Provider.CONVORE, id="c", native={"message_count": count}, message_count=count)
    row = schema.conversation_row(conversation, "shop")
    assert row.message_count == kept
    assert schema.as_dict(row)["native"] == {"message_count": count}


def test_a_message_becomes_a_row() -> None:
    full = message(
        sent_at=NOON,
        direction=Direction.INBOUND,
        kind=Kind.EMAIL,
        author=Participant(kind=ParticipantKind.USER, id="a", name="Ada", address="ada@example.com"),
        text="Hello",
        attachments=(Attachment(url="https://example.com/a.png", size=3),),
        native={"id": "m"},
    )
    row = schema.message_row(full, "shop", "asked")
    assert schema.as_dict(row) == {
        **dict.fromkeys((column.name for column in MESSAGES.columns), None),
        "provider": "convore",
        "account": "shop",
        "conversation_id": "asked",
        "message_id": "m",
        "sent_at": NOON,
        "direction": "inbound",
        "kind": "email",
        "author_kind": "user",
        "author_id": "a",
        "author_name": "Ada",
        "author_address": "ada@example.com",
        "text": "Hello",
        "attachments": [{"url": "https://example.com/a.png", "size": 3}],
        "native": {"id": "m"},
    }
    assert "Ada" not in repr(row)
    assert "Hello" not in repr(row)


def test_a_conversation_becomes_a_row() -> None:
    one = Conversation(
        provider=Provider.SMOOCH,
        id="c",
        native=Unknown(b'{"a":\n 1}'),
        created_at=NOON,
        unread=True,
        message_count=2,
        channels=("web", "sms"),
        participants=(Participant(kind=ParticipantKind.USER, id="u"),),
    )
    row = schema.as_dict(schema.conversation_row(one, "shop"))
    assert (row["provider"], row["account"], row["conversation_id"]) == ("smooch", "shop", "c")
    assert (row["created_at"], row["unread"], row["message_count"]) == (NOON, True, 2)
    assert (row["channels"], row["participants"]) == (["web", "sms"], [{"kind": "user", "id": "u"}])
    assert row["native"] == {"a": 1}


texts = st.text(st.characters(exclude_categories=()), max_size=20)


@given(text=texts, inside=st.recursive(texts | st.integers() | st.none(), lambda some: st.lists(some, max_size=3)))
def test_every_row_is_one_line_of_json_that_comes_back(text: str, inside: object) -> None:
    native = Unknown(json.dumps({"it": inside, "text": text}, indent=2).encode())
    row = schema.message_row(message(text=text, native=native), "shop", "c")
    line = schema.encode_row(row)
    flat = schema.in_one_line(line)
    assert b"\n" not in flat
    back = schema.decode_row(MESSAGES, line)
    assert schema.encode_row(back) == line
    assert back.text == text.encode("utf-8", "replace").decode()
    came = native.raw.decode()
    try:
        msgspec.json.decode(native.raw)
    except msgspec.DecodeError:  # half of a surrogate pair
        assert msgspec.json.decode(back.native) == came
    else:
        assert bytes(back.native).decode() == came
    assert schema.digest(line) == schema.digest(flat) == schema.digest(schema.encode_row(back))


@pytest.mark.parametrize("name", ANSWERS)
@given(data=st.data(), whole=st.booleans())
def test_lines_of_a_page_are_those_of_its_rows(name: str, data: st.DataObject, whole: bool) -> None:
    mapping, page, member, attribute, answers = ANSWERS[name]
    came = [answer if whole else data.draw(damaged(answer)) for answer in answers]
    body = {member: came, "info": {"conversationId": "", "phoneNumber": "", "countryIso": ""}}
    kind: type[Any] = page
    messages: list[Message] = mapping.messages(getattr(decode(json.dumps(body).encode(), kind), attribute), "told")
    rows = [schema.message_row(one, "shop", "asked") for one in messages]
    lines = schema.message_lines(messages, "shop", "asked")
    assert list(map(bytes, lines.rows)) == [schema.encode_row(row) for row in rows]
    assert list(lines.digests) == [schema.digest(schema.encode_row(row)) for row in rows]
    told = [schema.decode_row(schema.MESSAGES, line) for line in lines.rows]
    assert (list(lines.ids), list(lines.sent_at)) == ([row.message_id for row in told], [row.sent_at for row in told])


def test_values_stand_in_the_order_of_the_columns() -> None:
    row = MessageRow(provider="p", account="a", conversation_id="c", message_id="m", sent_at=NOON)
    assert schema.values(row)[:5] == ("p", "a", "c", "m", NOON)
    assert schema.values(row)[-4:] == ("[]", "null", None, None)
