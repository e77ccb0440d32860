"""The one schema of every target: a table of conversations and a table of messages. Pure.

Column names are the same in every target. `time` is a moment in UTC, `json` is JSON text; everything that is not a key may
be missing where the API does not tell it. A `native` that is no JSON in UTF-8 (it holds NaN, or half of a surrogate pair) is a
JSON text that holds what came. In targets of lines its line breaks, which stand between members, are spaces. What a column
means stands at `aioconvo.inbox.Conversation` and `Message`.

    conversations     type      from the inbox
    ----------------  --------  -----------------------------------------------
    provider          text      provider; key
    account           text      which account it is, see `Source`; key
    conversation_id   text      id; key
    created_at        time      created_at
    updated_at        time      updated_at
    last_message_at   time      last_message_at
    status            text      status
    subject           text      subject
    unread            boolean   unread
    message_count     integer   message_count
    channels          json      channels: a list of texts
    participants      json      participants: a list of {kind, id, name, address}
    native            json      native: the API's own conversation, its bytes as they came; null where only its id was given
    deleted_at        time      when it was noticed that a whole list does not hold it any more

    messages          type      from the inbox
    ----------------  --------  -----------------------------------------------
    provider          text      provider; key
    account           text      as of its conversation; key
    conversation_id   text      the conversation it came from; key
    message_id        text      id; key
    sent_at           time      sent_at
    updated_at        time      updated_at
    direction         text      direction: inbound, outbound, system
    kind              text      kind
    author_kind       text      author.kind: user, business, system, unknown
    author_id         text      author.id
    author_name       text      author.name
    author_address    text      author.address
    text              text      text
    html              text      html
    subject           text      subject
    channel           text      channel
    status            text      status
    reply_to_id       text      reply_to_id
    attachments       json      attachments: a list of {id, url, media_type, name, size}
    native            json      native: the API's own message, its bytes as they came
    rank              integer   which comes first, lower ones do: decides between messages of one time; see `ranks`
    deleted_at        time      when it was noticed that a whole walk does not hold it any more
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from aioconvo.core.json.codec import encode
from aioconvo.core.json.model import Model, Unknown, is_drifted, plain, raw_json
from aioconvo.core.json.source import json_of_page
from aioconvo.inbox.models import Conversation, Message, Participant, ParticipantKind

__all__ = [
    "CONVERSATIONS",
    "MESSAGES",
    "SCHEMA_VERSION",
    "Column",
    "ColumnType",
    "ConversationRow",
    "MessageLines",
    "MessageRow",
    "Row",
    "Table",
    "Value",
    "as_dict",
    "as_fetched",
    "conversation_row",
    "decode_row",
    "digest",
    "encode_row",
    "in_one_line",
    "marked",
    "message_lines",
    "message_row",
    "ranked",
    "values",
]

SCHEMA_VERSION = 3

R = TypeVar("R", bound="ConversationRow | MessageRow")
Value: TypeAlias = str | bool | int | dt.datetime | None
_encode = msgspec.json.Encoder().encode
_read = msgspec.json.Decoder(msgspec.Raw).decode
_BREAKS = bytes.maketrans(b"\r\n", b"  ")
_LF, _CR, _BACKSLASH = b"\n\r\\"  # numbers are looked for at an eighth of the time
_NULL = msgspec.Raw(b"null")
_NONE = msgspec.Raw(b"[]")
_UNRANKED = b'"rank":null,"deleted_at":null}'  # how every encoded message ends that no target holds yet
_BITS = 63  # beside the sign
_NOBODY = Participant(ParticipantKind.UNKNOWN)


class ColumnType(enum.StrEnum):
    """What a column holds."""

    TEXT = "text"
    TIME = "time"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    JSON = "json"


class ConversationRow(Model, omit_defaults=False):
    """One row of the table of conversations. Members that are JSON hold their encoded bytes."""

    provider: str
    account: str
    conversation_id: str
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    last_message_at: dt.datetime | None = None
    status: str | None = None
    subject: str | None = None
    unread: bool | None = None
    message_count: int | None = None
    channels: msgspec.Raw = _NONE
    participants: msgspec.Raw = _NONE
    native: msgspec.Raw = _NULL
    deleted_at: dt.datetime | None = None


class MessageRow(Model, omit_defaults=False, kw_only=False):  # built by position, at a quarter of the cost
    """One row of the table of messages. Members that are JSON hold their encoded bytes."""

    provider: str
    account: str
    conversation_id: str
    message_id: str
    sent_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    direction: str | None = None
    kind: str | None = None
    author_kind: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    author_address: str | None = None
    text: str | None = None
    html: str | None = None
    subject: str | None = None
    channel: str | None = None
    status: str | None = None
    reply_to_id: str | None = None
    attachments: msgspec.Raw = _NONE
    native: msgspec.Raw = _NULL
    rank: int | None = None
    deleted_at: dt.datetime | None = None


class MessageLines(Model, kw_only=False):
    """Rows of the table of messages as `encode_row` encodes them, with what has to be known of each before it is written.

    Four lists of one length instead of an object a row, or twenty: between a page and the targets thousands of rows wait.
    """

    ids: Sequence[str] = ()
    sent_at: Sequence[dt.datetime | None] = ()
    digests: Sequence[bytes] = ()
    rows: Sequence[msgspec.Raw] = ()

    @classmethod
    def of(cls, ids: Sequence[str], sent_at: Sequence[dt.datetime | None], encoded: Sequence[bytes]) -> MessageLines:
        """The lines of rows that are encoded already."""
        return cls(ids, sent_at, [digest(one) for one in encoded], [msgspec.Raw(one) for one in encoded])

    @classmethod
    def joined(cls, some: Iterable[MessageLines]) -> MessageLines:
        """One after the other; of an id that comes more than once the last line counts."""
        columns = zip(*((one.ids, one.sent_at, one.digests, one.rows) for one in some), strict=True)
        every = cls(*(list(chain.from_iterable(column)) for column in columns))
        last = {one: place for place, one in enumerate(every.ids)}
        return every if len(last) == len(every) else every.at(sorted(last.values()))

    def at(self, places: Sequence[int]) -> MessageLines:
        """The lines at these places."""
        return MessageLines(*([column[place] for place in places] for column in msgspec.structs.astuple(self)))

    def __len__(self) -> int:
        return len(self.ids)


Row: TypeAlias = ConversationRow | MessageRow


class Column(NamedTuple):
    """One column; those of a key are never missing."""

    name: str
    type: ColumnType
    required: bool


class Table(NamedTuple, Generic[R]):
    """One table: its name, columns in order, the names of its key, and the struct that is one row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    row: type[R]


_TYPES: dict[Any, ColumnType] = {
    str: ColumnType.TEXT,
    str | None: ColumnType.TEXT,
    dt.datetime | None: ColumnType.TIME,
    bool | None: ColumnType.BOOLEAN,
    int | None: ColumnType.INTEGER,
    msgspec.Raw: ColumnType.JSON,
}


def _table(name: str, row: type[R]) -> Table[R]:
    fields = msgspec.structs.fields(row)
    columns = tuple(Column(field.name, _TYPES[field.type], field.required) for field in fields)
    return Table(name, columns, tuple(column.name for column in columns if column.required), row)


CONVERSATIONS = _table("conversations", ConversationRow)
MESSAGES = _table("messages", MessageRow)


def conversation_row(conversation: Conversation, account: str) -> ConversationRow:
    """A conversation as a row; `native` may be `None` where only the id is known."""
    return ConversationRow(
        provider=str(conversation.provider),
        account=account,
        conversation_id=conversation.id,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        last_message_at=conversation.last_message_at,
        status=conversation.status,
        subject=conversation.subject,
        unread=conversation.unread,
        message_count=_integer(conversation.message_count),
        channels=_json(conversation.channels),
        participants=_people(conversation.participants),
        native=_native(conversation.native),
    )


def _integer(count: int | None) -> int | None:
    """A number that fits into 64 bits, as integers of every target do; another one stands in `native` alone."""
    return count if count is not None and count.bit_length() <= _BITS else None


def message_row(message: Message, account: str, conversation_id: str) -> MessageRow:
    """A message as a row of the conversation that was asked for it, so that every message has its conversation."""
    attachments = _json(message.attachments) if message.attachments else _NONE
    return _row(message, account, conversation_id, attachments, _native(message.native))


def message_lines(messages: Sequence[Message], account: str, conversation_id: str) -> MessageLines:
    """What `encode_row` makes of the rows of these messages, at half of the cost."""
    every = [message.native for message in messages]
    natives = json_of_page(every) or map(_native, every)
    lines = [_line(*both, account, conversation_id) for both in zip(messages, natives, strict=True)]
    return MessageLines.of([one for one, _ in lines], [message.sent_at for message in messages], [line for _, line in lines])


def _line(message: Message, native: msgspec.Raw, account: str, conversation_id: str) -> tuple[str, bytes]:
    """The message's id and its encoded row, in valid UTF-8."""
    attachments: Any = message.attachments
    try:  # what came as it should is encoded once, inside its row
        return message.id, _encode(_row(message, account, conversation_id, attachments, native))
    except (TypeError, ValueError):
        pass
    row = _mend(message_row(message, account, conversation_id))
    return row.message_id, _encode(row)


def _row(message: Message, account: str, conversation_id: str, attachments: msgspec.Raw, native: msgspec.Raw) -> MessageRow:
    author = message.author or _NOBODY
    return MessageRow(
        message.provider,
        account,
        conversation_id,
        message.id,
        message.sent_at,
        message.updated_at,
        message.direction,
        message.kind,
        author.kind if message.author else None,
        author.id,
        author.name,
        author.address,
        message.text,
        message.html,
        message.subject,
        message.channel,
        message.status,
        message.reply_to_id,
        attachments,
        native,
    )


def _native(value: object) -> msgspec.Raw:
    """The JSON that this came as, byte for byte; of what did not come from an API, its JSON."""
    raw = raw_json(value)
    if raw is None:
        return _json(value)
    try:
        if not raw.isascii():
            raw.decode()
        # All else was read as JSON; members without a field may hold half of a surrogate pair all the same.
        if (_BACKSLASH in raw and b"\\u" in raw) or is_drifted(value) or isinstance(value, Unknown):
            _read(raw)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return msgspec.Raw(_encode(raw.decode("utf-8", "backslashreplace")))
    return msgspec.Raw(raw)


def _people(participants: Sequence[Participant]) -> msgspec.Raw:
    """Participants; those that the API told of beside their conversation have a `native` of their own."""
    if all(one.native is None for one in participants):
        return _json(participants)
    return _json(
        [msgspec.structs.replace(one, native=None if one.native is None else _native(one.native)) for one in participants]
    )


def _json(value: object) -> msgspec.Raw:
    """The value as JSON on one line, in valid UTF-8 whatever the API sent."""
    try:
        return msgspec.Raw(_encode(value))  # most values are so already
    except (TypeError, ValueError):
        raw = encode(value)
    try:
        return msgspec.Raw(msgspec.json.format(raw, indent=-1))
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Half of a surrogate pair: no file in UTF-8 can hold it, and most readers of JSON refuse the whole line.
        text = json.dumps(json.loads(raw), ensure_ascii=False, separators=(",", ":"))
        return msgspec.Raw(text.encode("utf-8", "replace"))


def encode_row(row: Row) -> bytes:
    """The row as one JSON object on one line, every column in it, times in ISO 8601 with `Z`."""
    try:
        return _encode(row)
    except UnicodeEncodeError:
        return _encode(_mend(row))


def _mend(row: R) -> R:
    texts = ((name, getattr(row, name)) for name in row.__struct_fields__)
    whole = {name: text.encode("utf-8", "replace").decode() for name, text in texts if isinstance(text, str)}
    return msgspec.structs.replace(row, **whole)


def ranked(line: msgspec.Raw, rank: int) -> bytes:
    """An encoded row of a message that had no rank yet, with this one."""
    return b'%b"rank":%d,"deleted_at":null}' % (bytes(line)[: -len(_UNRANKED)], rank)


def marked(line: bytes, deleted_at: str | None) -> bytes:
    """An encoded row, of either table, that says when its deletion was noticed: a moment of `to_text`, or `None`."""
    told = b"null" if deleted_at is None else b'"%b"' % deleted_at.encode()
    return b'%b"deleted_at":%b}' % (line[: line.rindex(b'"deleted_at":')], told)


def as_fetched(row: R) -> R:
    """The row without what the target alone knows of it; `digest` of ledgers are of those."""
    told: dict[str, Any] = {"deleted_at": None} if isinstance(row, ConversationRow) else {"rank": None, "deleted_at": None}
    return msgspec.structs.replace(row, **told)


def decode_row(table: Table[R], line: bytes | str | msgspec.Raw) -> R:
    """A row of that table, from what `encode_row` gave."""
    return msgspec.json.decode(line, type=table.row)


def digest(encoded: bytes | msgspec.Raw) -> bytes:
    """12 bytes that differ where two encoded rows do, in whatever lines they stand."""
    return hashlib.blake2b(in_one_line(encoded if type(encoded) is bytes else bytes(encoded)), digest_size=12).digest()


def in_one_line(encoded: bytes) -> bytes:
    """JSON without line breaks, which stand between its members only; spaces take their place."""
    return encoded.translate(_BREAKS) if _LF in encoded or _CR in encoded else encoded


def values(row: Row) -> tuple[Value, ...]:
    """A row's values in the order of its columns; JSON as text, times as aware datetimes in UTC."""
    return tuple(_value(getattr(row, name)) for name in row.__struct_fields__)


def _value(value: Any) -> Value:
    if isinstance(value, msgspec.Raw):
        return bytes(value).decode()
    given: Value = value
    return given


def as_dict(row: Row) -> dict[str, Any]:
    """A row as a mapping from column to value: text, bool, int, aware datetime in UTC, or what the JSON holds."""
    return dict(_items(row))


def _items(row: Row) -> Iterator[tuple[str, Any]]:
    for name in row.__struct_fields__:
        value = getattr(row, name)
        yield name, plain(value) if isinstance(value, msgspec.Raw) else value
