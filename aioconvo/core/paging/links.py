"""Links that an answer holds. Only what stands in them is used: whatever host one names, nothing is ever sent there."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

__all__ = ["query_value"]


def query_value(link: str, parameter: str) -> str | None:
    """The value of a parameter of the query, the last one where it comes more than once."""
    try:
        return parse_qs(urlsplit(link).query).get(parameter, [None])[-1]
    except ValueError:  # no URL at all
        return None
