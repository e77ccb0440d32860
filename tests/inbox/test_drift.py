"""Whatever an answer holds, the mapping brings neutral items: with an id, with times in UTC, and with the native."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aioconvo.convore import inbox as convore
from aioconvo.convore.pages import ConversationPage as ConvoreConversations, MessagePage as ConvoreMessages
from aioconvo.core.json.codec import Unknown, decode, encode
from aioconvo.inbox import Direction, Kind, Message
from aioconvo.inbox.told import make_id
from aioconvo.smooch import inbox as smooch
from aioconvo.smooch.pages import MessagePage as SmoochMessages
from aioconvo.smscx import ConversationDetail, inbox as smscx
from aioconvo.smscx.pages import ConversationPage as SmscxConversations
from aioconvo.sunshine import inbox as sunshine
from aioconvo.sunshine.pages import ConversationPage as SunshineConversations, MessagePage as SunshineMessages
from aioconvo.ultracart import inbox as ultracart
from aioconvo.ultracart.pages import ConversationPage as UltraCartConversations, MessagePage as UltraCartMessages
from tests.inbox import natives

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just("cut \ud83d"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def damaged(draw: st.DrawFn, answer: dict[str, Any]) -> Any:
    """The answer with members missing, of another kind, or not even an object."""
    if draw(st.integers(0, 9)) == 0:
        return draw(JSON)
    changed: dict[str, Any] = {}
    for name, value in answer.items():
        match draw(st.integers(0, 5)):
            case 0:
                continue
            case 1:
                changed[name] = draw(JSON)
            case 2 if isinstance(value, dict):
                changed[name] = draw(damaged(value))
            case 2 if isinstance(value, list) and value and isinstance(value[0], dict):
                changed[name] = [draw(damaged(item)) for item in value]
            case _:
                changed[name] = value
    return changed


MESSAGES: dict[str, tuple[Any, type, str, str, list[dict[str, Any]]]] = {
    "smscx": (smscx, ConversationDetail, "data", "messages", [natives.SMSCX_MESSAGE]),
    "sunshine": (
        sunshine,
        SunshineMessages,
        "messages",
        "messages",
        [natives.SUNSHINE_MESSAGE, natives.SUNSHINE_FILLED_IN],
    ),
    "smooch": (smooch, SmoochMessages, "messages", "messages", [natives.SMOOCH_MESSAGE, natives.SMOOCH_FILLED_IN]),
    "convore": (convore, ConvoreMessages, "data", "data", [natives.CONVORE_MESSAGE]),
    "ultracart": (
        ultracart,
        UltraCartMessages,
        "conversation_messages",
        "conversation_messages",
        [natives.ULTRACART_MESSAGE, natives.ULTRACART_NOTICE],
    ),
}
CONVERSATIONS: dict[str, tuple[Any, type, str, dict[str, Any]]] = {
    "smscx": (smscx, SmscxConversations, "data", natives.SMSCX_CONVERSATION),
    "sunshine": (sunshine, SunshineConversations, "conversations", natives.SUNSHINE_CONVERSATION),
    "convore": (convore, ConvoreConversations, "data", natives.CONVORE_CONVERSATION),
    "ultracart": (ultracart, UltraCartConversations, "conversations", natives.ULTRACART_CONVERSATION),
}


def in_utc(*moments: dt.datetime | None) -> bool:
    return all(moment is None or moment.tzinfo is dt.UTC for moment in moments)


@pytest.mark.parametrize("name", MESSAGES)
@given(data=st.data())
def test_no_damage_to_messages_stops_the_mapping(name: str, data: st.DataObject) -> None:
    mapping, page, member, attribute, answers = MESSAGES[name]
    came = [data.draw(damaged(answer)) for answer in answers]
    body = {member: came, "info": {"conversationId": "", "phoneNumber": "", "countryIso": ""}}
    for native in getattr(decode(json.dumps(body).encode(), page), attribute):
        message: Message = mapping.messages([native], "asked")[0]
        assert message.native is native
        assert message.id
        assert message.id == mapping.messages([native], "asked")[0].id
        assert message.direction is None or isinstance(message.direction, Direction)
        assert isinstance(message.kind, Kind)
        assert in_utc(message.sent_at, message.updated_at)
        for value in (message.text, message.html, message.channel, message.status, message.reply_to_id):
            assert value is None or (type(value) is str and value)
        assert all(type(file.size) in {int, type(None)} for file in message.attachments)
        assert encode(message.native)


@pytest.mark.parametrize("name", CONVERSATIONS)
@given(data=st.data())
def test_no_damage_to_conversations_stops_the_mapping(name: str, data: st.DataObject) -> None:
    mapping, page, member, answer = CONVERSATIONS[name]
    body = {member: [data.draw(damaged(answer))]}
    (native,) = getattr(decode(json.dumps(body).encode(), page), member)
    conversation = mapping.conversations([native])[0]
    assert conversation.native is native
    assert conversation.id
    assert in_utc(conversation.created_at, conversation.updated_at, conversation.last_message_at)
    assert all(type(channel) is str for channel in conversation.channels)


@given(damaged(natives.SMOOCH_ANSWER))
def test_no_damage_to_a_smooch_answer_stops_the_mapping(answer: Any) -> None:
    whole = {**(answer if isinstance(answer, dict) else {}), "messages": []}
    if isinstance(answer, dict) and isinstance(answer.get("messages"), list):
        whole["messages"] = answer["messages"]
    answer = decode(json.dumps(whole).encode(), SmoochMessages)
    (conversation,) = smooch.conversations([smooch.Found("user-1", answer)])
    assert conversation.id == "user-1"
    assert in_utc(conversation.last_message_at)


def test_an_id_that_is_missing_is_made_of_the_content() -> None:
    def made(**changes: object) -> str:
        answer = {**natives.CONVORE_MESSAGE, "id": None, **changes}
        page = decode(json.dumps({"data": [answer]}).encode(), ConvoreMessages)
        return convore.messages([page.data[0]], "asked")[0].id

    assert made().startswith("~")
    assert made() == made()
    assert made() != made(text_body="another")


def test_a_made_id_is_the_same_in_every_release() -> None:
    """Targets keep it: another one would double their messages. How the JSON is spaced does not matter."""
    for body in (b'{"text":"Hello"}', b'{ "text": "Hello" }'):
        assert make_id(Unknown(body)) == "~c6c867bd92e67435bb35a447"
