"""Reading the providers' structs without trusting them.

An answer that drifted leaves `UNSET` where a value must be and `None` where one may be, and `Unknown` in place of an item of
a list or a union; what is there is of the kind it should be. `UNSET` is false like `None` and the empty text, so that
`native.text or None` is a text or nothing. `Unknown` has no members: it is looked for first.
"""

from __future__ import annotations

import hashlib

from aioconvo.core.json.codec import compact, encode

__all__ = ["MADE", "make_id", "text_in"]

MADE = "~"


def text_in(native: object, name: str) -> str | None:
    """The member of that name as plain text, where there is such a member, and text in it."""
    value: object = getattr(native, name, None)
    return str(value) if isinstance(value, str) and value else None


def make_id(native: object) -> str:
    """An id for what came without one, made from its JSON; it begins with `~`."""
    return MADE + hashlib.blake2b(compact(encode(native)), digest_size=12).hexdigest()
