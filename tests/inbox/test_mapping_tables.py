"""Each row of each mapping table is what the mapping does, and each says something."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import msgspec
import pytest

import aioconvo.convore
import aioconvo.smooch
import aioconvo.smscx
import aioconvo.sunshine
import aioconvo.ultracart
from aioconvo.convore import inbox as convore
from aioconvo.core.json.codec import decode
from aioconvo.inbox import Conversation, Message, Provider
from aioconvo.smooch import inbox as smooch
from aioconvo.smooch.pages import MessagePage
from aioconvo.smscx import inbox as smscx
from aioconvo.sunshine import inbox as sunshine
from aioconvo.ultracart import inbox as ultracart
from tests.inbox import natives, tables

ASKED = "asked-1"


class Case(NamedTuple):
    """A provider's mapping, with answers that hold everything it reads."""

    module: ModuleType
    conversation: Callable[[Any], Conversation]
    message: Callable[[Any], Message]
    conversation_type: type
    message_type: type
    conversations: list[Any]
    messages: list[Any]


def _first(conversations: Callable[[list[Any]], list[Conversation]]) -> Callable[[Any], Conversation]:
    return lambda native: conversations([native])[0]


def _one(messages: Callable[[list[Any], str], list[Message]]) -> Callable[[Any], Message]:
    return lambda native: messages([native], ASKED)[0]


class Peopled(aioconvo.sunshine.Conversation):
    """A conversation with what the API lists apart from it."""

    participants: list[aioconvo.sunshine.Participant] | None = None


CONTACT = decode(msgspec.json.encode(natives.SMSCX_CONVERSATION), aioconvo.smscx.Conversation)
MEDIUM: str = natives.ULTRACART_CONVERSATION["medium"]

CASES = {
    "smscx": Case(
        smscx,
        _first(smscx.conversations),
        lambda native: smscx.messages([native], ASKED, smscx.contact(CONTACT))[0],
        aioconvo.smscx.Conversation,
        aioconvo.smscx.Message,
        [natives.SMSCX_CONVERSATION],
        [natives.SMSCX_MESSAGE],
    ),
    "sunshine": Case(
        sunshine,
        lambda native: sunshine.conversations_with_participants([sunshine.Peopled(native, native.participants)])[0],
        _one(sunshine.messages),
        Peopled,
        aioconvo.sunshine.Message,
        [natives.SUNSHINE_CONVERSATION],
        [natives.SUNSHINE_MESSAGE, natives.SUNSHINE_FILLED_IN],
    ),
    "smooch": Case(
        smooch,
        lambda answer: smooch.conversations([smooch.Found(ASKED, answer)])[0],
        _one(smooch.messages),
        MessagePage,
        aioconvo.smooch.Message,
        [natives.SMOOCH_ANSWER],
        [natives.SMOOCH_MESSAGE, natives.SMOOCH_FILLED_IN],
    ),
    "convore": Case(
        convore,
        _first(convore.conversations),
        _one(convore.messages),
        aioconvo.convore.Conversation,
        aioconvo.convore.Message,
        [natives.CONVORE_CONVERSATION],
        [natives.CONVORE_MESSAGE],
    ),
    "ultracart": Case(
        ultracart,
        _first(ultracart.conversations),
        lambda native: ultracart.messages([native], ASKED, None, MEDIUM)[0],
        aioconvo.ultracart.ConversationSummary,
        aioconvo.ultracart.Message,
        [natives.ULTRACART_CONVERSATION],
        [natives.ULTRACART_MESSAGE, natives.ULTRACART_NOTICE],
    ),
}


def pairs(name: str, struct: str) -> list[tuple[Any, Any]]:
    """Natives, decoded from the answers as the client does it, and the neutral structs made of them."""
    case = CASES[name]
    convert: Callable[[Any], Any]
    kind: Any
    if struct == "Conversation":
        answers, kind, convert = case.conversations, case.conversation_type, case.conversation
    else:
        answers, kind, convert = case.messages, case.message_type, case.message
    decoded = [decode(msgspec.json.encode(answer), kind) for answer in answers]
    return [(native, convert(native)) for native in decoded]


def all_rows() -> list[Any]:
    found = [(name, row) for name, case in CASES.items() for row in tables.rows(case.module.__doc__ or "")]
    return [pytest.param(name, row, id=f"{name}-{row.struct}-{row.field}") for name, row in found]


def test_every_provider_has_its_table() -> None:
    assert CASES.keys() == set(Provider)


@pytest.mark.parametrize(("name", "row"), all_rows())
def test_the_row_is_what_the_mapping_does(name: str, row: Any) -> None:
    seen: list[Any] = []
    for native, neutral in pairs(name, row.struct):
        held = tables.held(neutral, row.field)
        source = row.source
        if source.endswith(" of the answer, the latest"):
            wanted = [max(tables.held(native, source.removesuffix(" of the answer, the latest")))]
        elif source.endswith(" of its conversation"):
            asked_of = (
                CONTACT
                if name == "smscx"
                else decode(msgspec.json.encode(natives.ULTRACART_CONVERSATION), aioconvo.ultracart.ConversationSummary)
            )
            wanted = tables.promised(row._replace(source=source.removesuffix(" of its conversation")), asked_of, ASKED, 1)
        elif source.startswith("as asked where role is appUser"):
            wanted = [ASKED] if native.role == "appUser" else [native.author_id]
        elif row.field.startswith("participants.") and " of the answer" in source:
            field = row.field.partition(".")[2]
            told = [getattr(one, {"id": "author_id", "address": "email"}.get(field, field), None) for one in native.messages]
            people: dict[str, list[Any]] = {"id": [ASKED, *told[1:]], "kind": ["user", "business"]}
            wanted = people.get(field) or list(filter(None, told))
        elif row.field == "messages" and source != "not told":
            wanted = smooch.messages(native.messages, ASKED)
        else:
            wanted = tables.promised(row, native, ASKED, len(held))
        assert held == wanted
        seen += held
    assert bool(seen) == (row.source != "not told"), "the answers here must show every row at work"


@pytest.mark.parametrize("name", CASES)
def test_every_neutral_field_has_its_row(name: str) -> None:
    told = {(row.struct, row.field) for row in tables.rows(CASES[name].module.__doc__ or "")}
    nested = {"participants", "author", "attachments"}
    for struct in (Conversation, Message):
        fields = set(struct.__struct_fields__) - {"provider", "native"}
        for field in fields - nested:
            assert (struct.__name__, field) in told
        for field in fields & nested:
            part = aioconvo.inbox.Attachment if field == "attachments" else aioconvo.inbox.Participant
            assert {(struct.__name__, f"{field}.{name}") for name in part.__struct_fields__ if name != "native"} <= told


@pytest.mark.parametrize("name", CASES)
def test_every_native_is_kept(name: str) -> None:
    for struct in ("Conversation", "Message"):
        for native, neutral in pairs(name, struct):
            wanted = native.conversation if isinstance(native, MessagePage) else native
            assert neutral.native is wanted
            assert neutral.provider == name


@pytest.mark.parametrize(
    ("told", "attachments"),
    [
        ({"mediaUrl": "https://cdn.test/i.png", "attachmentId": "a-1"}, [("a-1", "https://cdn.test/i.png")]),
        ({"mediaUrl": "https://cdn.test/i.png"}, [(None, "https://cdn.test/i.png")]),
        ({"attachmentId": "a-1"}, [("a-1", None)]),
        ({"mediaUrl": "", "attachmentId": ""}, []),
        ({}, []),
    ],
)
def test_a_file_of_sunshine_is_known_by_its_url_or_its_id(told: dict[str, str], attachments: list[Any]) -> None:
    answer = {**natives.SUNSHINE_MESSAGE, "content": {"type": "image", "mediaType": "image/png", **told}}
    native = decode(msgspec.json.encode(answer), aioconvo.sunshine.Message)
    assert [(one.id, one.url) for one in sunshine.messages([native], ASKED)[0].attachments] == attachments


def test_an_activity_is_of_the_system() -> None:
    answer = {**natives.SUNSHINE_MESSAGE, "content": None, "activity": {"type": "ticket:closed"}}
    native = decode(msgspec.json.encode(answer), aioconvo.sunshine.Message)
    neutral = sunshine.messages([native], ASKED)[0]
    assert (neutral.kind, neutral.direction) == ("activity", "system")


def test_whoever_is_no_agent_is_a_customer() -> None:
    native = decode(msgspec.json.encode(natives.ULTRACART_CONVERSATION), aioconvo.ultracart.ConversationSummary)
    known = ultracart.conversations([native], {"arn:2"})[0]
    assert [person.kind for person in known.participants] == ["user", "business"]
    native_message = decode(msgspec.json.encode(natives.ULTRACART_MESSAGE), aioconvo.ultracart.Message)
    assert ultracart.messages([native_message], ASKED)[0].direction is None
    assert ultracart.messages([native_message], ASKED, {"arn:2"})[0].direction == "inbound"
    assert ultracart.messages([native_message], ASKED, {"arn:1"})[0].direction == "outbound"


def test_a_repr_shows_no_text() -> None:
    for name in CASES:
        for struct in ("Conversation", "Message"):
            for _, neutral in pairs(name, struct):
                for secret in ("Look", "Ada", "ada@example.org", "+447700900123", "Order 7", "cdn.test", "size: 7"):
                    assert secret not in repr(neutral)
