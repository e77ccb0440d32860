"""What tells events apart, and what keeps them in order: keys and lanes. Pure.

A key is a digest, so that stores and logs hold no phone number and nothing that somebody wrote.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable

import msgspec

from aioconvo.core.json.codec import compact
from aioconvo.providers import Provider

__all__ = ["bytes_key", "digest", "key_of", "lane_of", "message_key", "message_keys", "told_by"]

_encode = msgspec.json.Encoder().encode
_blank = hashlib.blake2b(digest_size=16)  # a copy costs less than a new one
_MESSAGE = "message"
_LARGE = 1 << 16


def key_of(provider: Provider, account: str, *parts: object) -> str:
    """The key of an event that these values stand for: texts, numbers, `None`."""
    return _keyed(account, (provider, *parts))


def _keyed(account: str, told: tuple[object, ...]) -> str:
    try:
        text = _encode(told)
    except UnicodeEncodeError:  # halves of emojis
        text = json.dumps(told).encode()
    hashed = _blank.copy()
    hashed.update(text)
    return f"{account}:{hashed.hexdigest()}"


def digest(text: str) -> str:
    """What stands for a text that nobody is to read, such as a phone number."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


@functools.cache
def message_keys(provider: Provider) -> Callable[[str, str], str]:
    """What makes the keys of a provider's messages, of the names of their accounts and their ids; see `message_key`."""
    begun = _blank.copy()
    begun.update(_encode((provider, _MESSAGE))[:-1] + b",")

    def key(account: str, message_id: str) -> str:
        hashed = begun.copy()
        try:
            hashed.update(_encode((message_id,))[1:])
        except UnicodeEncodeError:
            return key_of(provider, account, _MESSAGE, message_id)
        return f"{account}:{hashed.hexdigest()}"

    return key


def message_key(provider: Provider, account: str, message_id: str) -> str:
    """The key of the event that a message was written, whatever road it came by: webhook, poll, socket or inbox."""
    return message_keys(provider)(account, message_id)


def bytes_key(provider: Provider, account: str, raw: bytes) -> str:
    """The key of an event that has nothing of its own but its JSON, however that is spaced."""
    return key_of(provider, account, told_by(raw))


def told_by(raw: bytes) -> str:
    """A text that differs where JSON says something else, but not where it is spaced otherwise (that of 64 kB and more is)."""
    return compact(raw).decode("utf-8", "replace") if len(raw) < _LARGE else hashlib.blake2b(raw).hexdigest()


def lane_of(account: str, *parts: str) -> str:
    """The lane of what these ids stand for."""
    return f"{account}:{':'.join(parts)}"
