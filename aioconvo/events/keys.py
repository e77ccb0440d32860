"""What tells events apart, and what keeps them in order: keys and lanes. Pure.

A key is a digest, so that stores and logs hold no phone number and nothing that somebody wrote.
"""

from __future__ import annotations

import hashlib

import msgspec

from aioconvo.core.json.codec import compact
from aioconvo.providers import Provider

__all__ = ["bytes_key", "digest", "key_of", "lane_of", "message_key"]

_encode = msgspec.json.Encoder().encode
_MESSAGE = "message"


def key_of(provider: Provider, account: str, *parts: object) -> str:
    """The key of an event that these values stand for: texts, numbers, `None`."""
    return f"{account}:{hashlib.blake2b(_encode((provider, *parts)), digest_size=16).hexdigest()}"


def digest(text: str) -> str:
    """What stands for a text that nobody is to read, such as a phone number."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def message_key(provider: Provider, account: str, message_id: str) -> str:
    """The key of the event that a message was written, whatever road it came by: webhook, poll, socket or inbox."""
    return key_of(provider, account, _MESSAGE, message_id)


def bytes_key(provider: Provider, account: str, raw: bytes) -> str:
    """The key of an event that has nothing of its own but its JSON, however that is spaced."""
    return key_of(provider, account, compact(raw).decode("utf-8", "replace"))


def lane_of(account: str, *parts: str) -> str:
    """The lane of what these ids stand for."""
    return ":".join((account, *parts))
