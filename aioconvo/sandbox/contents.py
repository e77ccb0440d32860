"""Seeded message contents, in the members that Sunshine (under `content`) and Smooch (at top level) have in common."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from .data import line, number, person, pick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RICH_KINDS: Final = ("image", "file", "carousel", "list", "location", "form", "formResponse", "template")
_EVERY: Final = 3  # every third message is a rich one
_INBOUND_ONLY: Final = {"location", "formResponse"}
_EITHER_WAY: Final = {"text", "image", "file"}
_ITEMS: Final = ("Rain jacket", "Desk lamp", "Camping kettle", "Bike light")
_TOWNS: Final = (("Lyon", 45.764, 4.8357), ("Porto", 41.1579, -8.6291), ("Graz", 47.0707, 15.4395))


@dataclasses.dataclass(frozen=True, slots=True)
class Seeded:
    """A seeded message: from a customer (`inbound`) or the business, and its `content` with `type`."""

    inbound: bool
    content: dict[str, Any]


def seeded(seed: int, conversation: int, index: int, kinds: tuple[str, ...] = RICH_KINDS) -> Seeded:
    """The content of a message by its place; a conversation of 24 messages has each of the kinds."""
    rich = index % _EVERY == _EVERY - 1
    kind = kinds[(index // _EVERY + conversation) % len(kinds)] if rich else "text"
    draw = number(seed, "content", conversation, index)
    inbound = kind in _INBOUND_ONLY or (kind in _EITHER_WAY and draw % 2 == 0)
    text = line(seed, "content", conversation, index, inbound=inbound)
    return Seeded(inbound, {"type": kind, **_MAKERS[kind](seed, draw, text)})


def _text(_seed: int, _draw: int, text: str) -> dict[str, Any]:
    return {"text": text}


def _image(_seed: int, draw: int, text: str) -> dict[str, Any]:
    url = f"https://media.example.com/images/{draw % 10_000:04d}.jpg"
    return {"text": text, "mediaUrl": url, "mediaType": "image/jpeg", "mediaSize": draw % 900_000}


def _file(_seed: int, draw: int, _text: str) -> dict[str, Any]:
    url = f"https://media.example.com/files/invoice-{draw % 10_000:04d}.pdf"
    return {"mediaUrl": url, "mediaType": "application/pdf", "mediaSize": draw % 900_000}


def _carousel(_seed: int, _draw: int, _text: str) -> dict[str, Any]:
    return {"items": [_item(name) for name in _ITEMS[:3]]}


def _list(_seed: int, _draw: int, _text: str) -> dict[str, Any]:
    return {"items": [_item(name) for name in _ITEMS], "actions": [_link("All offers", "offers")]}


def _template(_seed: int, _draw: int, _text: str) -> dict[str, Any]:
    language = {"policy": "deterministic", "code": "en"}
    return {"template": {"namespace": "sandbox", "name": "order_update", "language": language}}


def _item(name: str) -> dict[str, Any]:
    slug = name.lower().replace(" ", "-")
    return {
        "title": name,
        "description": f"{name}, in stock",
        "mediaUrl": f"https://media.example.com/items/{slug}.png",
        "mediaType": "image/png",
        "size": "compact",
        "actions": [{"type": "postback", "text": "Order", "payload": f"order:{slug}"}, _link("Details", slug)],
    }


def _link(text: str, slug: str) -> dict[str, Any]:
    return {"type": "link", "text": text, "uri": f"https://shop.example.com/{slug}"}


def _location(seed: int, draw: int, _text: str) -> dict[str, Any]:
    town, latitude, longitude = pick(_TOWNS, seed, "town", draw)
    return {
        "text": location_text(latitude, longitude),
        "coordinates": {"lat": latitude, "long": longitude},
        "location": {"address": f"{draw % 90 + 1} Station Road, {town}", "name": f"Parcel shop {town}"},
    }


def location_text(latitude: float, longitude: float) -> str:
    """The text both APIs make up for a location."""
    return f"Location shared:\nhttps://maps.google.com/maps?q={latitude},{longitude}"


def _fields() -> list[dict[str, Any]]:
    return [
        {"type": "text", "name": "full_name", "label": "Your name?"},
        {"type": "email", "name": "email", "label": "Your email?"},
        {"type": "select", "name": "size", "label": "Parcel size?"},
    ]


def _form(_seed: int, _draw: int, _text: str) -> dict[str, Any]:
    fields = _fields()
    fields[0] |= {"placeholder": "First and last name", "minSize": 1, "maxSize": 30}
    fields[2]["options"] = [{"name": "small", "label": "Small"}, {"name": "large", "label": "Large"}]
    return {"submitted": False, "blockChatInput": False, "fields": fields}


def _form_response(seed: int, draw: int, _text: str) -> dict[str, Any]:
    fields, customer = _fields(), person(seed, draw % 1000)
    fields[0]["text"] = customer.name
    fields[1]["email"] = customer.email
    fields[2]["select"] = [{"name": "small", "label": "Small"}]
    return {"fields": fields, "textFallback": f"Your name? {customer.name}\nYour email? {customer.email}"}


_MAKERS: Final[Mapping[str, Callable[[int, int, str], dict[str, Any]]]] = {
    "text": _text,
    "image": _image,
    "file": _file,
    "carousel": _carousel,
    "list": _list,
    "location": _location,
    "form": _form,
    "formResponse": _form_response,
    "template": _template,
}
