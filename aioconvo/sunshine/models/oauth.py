"""Access tokens of Sunshine Conversations, as structs."""

from __future__ import annotations

from aioconvo.core.answers.refusals import Telling

__all__ = ["Token"]


class Token(Telling, kw_only=True):
    """An access token for the app whose owner agreed: the `token` of a client. `token_type` is `Bearer`."""

    access_token: str
    token_type: str | None = None
