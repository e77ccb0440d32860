"""Access tokens of SMS.CX, as structs."""

from __future__ import annotations

from aioconvo.core.answers.refusals import Telling

__all__ = ["Token"]


class Token(Telling, kw_only=True):
    """An access token; `scope` is a list with spaces between, `expires_in` is in seconds."""

    access_token: str
    # The three below are documented as always there, but only the token itself is needed. What an application whose tokens
    # never expire gets as `expires_in` is unconfirmed.
    expires_in: int | None = None
    token_type: str | None = None
    scope: str | None = None
