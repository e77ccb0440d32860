"""A message as the report's transcripts hold it. Pure."""

from __future__ import annotations

import html.parser
from typing import Any

import msgspec

from aioconvo.export.schema import MessageRow

__all__ = ["MOST_CHARACTERS", "page_json", "page_row", "plain_text"]

MOST_CHARACTERS = 10_000
_UNSEEN = {"head", "script", "style", "template", "title"}
_BREAKS = {
    "article",
    "blockquote",
    "br",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "p",
    "pre",
    "section",
    "table",
    "tr",
}


def page_json(value: Any) -> str:
    """JSON that may stand inside a script element of HTML: whatever it holds, it can neither end nor begin markup."""
    text = msgspec.json.encode(value).decode()
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def page_row(row: MessageRow) -> str:
    """What the page's script reads as one message; of a text at most 10,000 characters, and how many were cut."""
    text = row.text or plain_text(row.html or "")
    attachments = msgspec.json.decode(row.attachments, type=list[dict[str, Any]])
    return page_json(
        [
            None if row.sent_at is None else row.sent_at.timestamp(),
            row.direction or "unknown",
            row.author_name or row.author_address,
            row.channel,
            row.status,
            row.kind,
            row.subject,
            text[:MOST_CHARACTERS],
            max(0, len(text) - MOST_CHARACTERS),
            [(item.get("name"), item.get("url")) for item in attachments],
        ]
    )


def plain_text(markup: str) -> str:
    """The text of a piece of HTML, as lines; of longer pieces the first 100,000 characters are read."""
    reader = _Reader()
    reader.feed(markup[: 10 * MOST_CHARACTERS])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(html.parser.HTMLParser):
    """Keeps what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data if data.strip() else " ")
