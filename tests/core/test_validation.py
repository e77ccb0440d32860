"""Checks of arguments, made before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET

from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations import validation

UUID = "0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b"


@pytest.mark.parametrize(
    ("check", "arguments"),
    [
        (validation.exactly_one, {"a": 1, "b": None}),
        (validation.exactly_one, {"a": UNSET, "b": ""}),
        (validation.exactly_one, {"a": 0, "b": None, "c": UNSET}),
        (validation.not_both, {"a": 1, "b": None}),
        (validation.not_both, {"a": None, "b": UNSET}),
        (validation.between, {"name": "n", "value": None, "low": 1, "high": 2}),
        (validation.between, {"name": "n", "value": 1, "low": 1, "high": 2}),
        (validation.between, {"name": "n", "value": 2, "low": 1, "high": 2}),
        (validation.not_negative, {"name": "n", "value": 0, "unit": "pages"}),
        (validation.not_negative, {"name": "n", "value": None, "unit": "pages"}),
        (validation.length_between, {"name": "n", "value": "ab", "low": 1, "high": 2}),
        (validation.length_between, {"name": "n", "value": None, "low": 1, "high": 2}),
        (validation.length_between, {"name": "n", "value": UNSET, "low": 1, "high": 2}),
        (validation.at_most, {"name": "n", "value": [], "high": 0}),
        (validation.is_uuid, {"name": "n", "value": UUID}),
        (validation.is_uuid, {"name": "n", "value": UUID.upper()}),
        (validation.is_uuid, {"name": "n", "value": None}),
        (validation.is_uuid, {"name": "n", "value": UNSET}),
    ],
)
def test_what_passes(check: Any, arguments: dict[str, Any]) -> None:
    check(**arguments)


@pytest.mark.parametrize(
    ("check", "arguments", "words"),
    [
        (validation.exactly_one, {"a": 1, "b": 2}, "exactly one of a or b; got a and b"),
        (validation.exactly_one, {"a": None, "b": UNSET}, "exactly one of a or b; got none"),
        (validation.not_both, {"a": 1, "b": 2, "c": None}, "a and b exclude each other"),
        (validation.between, {"name": "n", "value": 0, "low": 1, "high": 2}, "n must be 1 to 2; got 0"),
        (validation.between, {"name": "n", "value": 3, "low": 1, "high": 2}, "n must be 1 to 2; got 3"),
        (validation.between, {"name": "n", "value": float("nan"), "low": 1, "high": 2}, "n must be 1 to 2"),
        (validation.between, {"name": "n", "value": "canary", "low": 1, "high": 2}, "n must be 1 to 2; got str"),
        (validation.not_negative, {"name": "n", "value": -1, "unit": "pages"}, "n must be 0 or more pages; got -1"),
        (validation.not_negative, {"name": "n", "value": 2.5, "unit": "pages"}, "n must be 0 or more pages; got 2.5"),
        (validation.not_negative, {"name": "n", "value": "canary", "unit": "pages"}, "n must be 0 or more pages; got str"),
        (validation.not_negative, {"name": "n", "value": True, "unit": "pages"}, "n must be 0 or more pages; got True"),
        (validation.not_negative, {"name": "n", "value": False, "unit": "pages"}, "n must be 0 or more pages; got False"),
        (validation.not_negative, {"name": "n", "value": -(10**5_000), "unit": "pages"}, "got a number without bounds"),
        (validation.between, {"name": "n", "value": True, "low": 1, "high": 2}, "n must be 1 to 2; got True"),
        (validation.between, {"name": "n", "value": 10**5_000, "low": 1, "high": 2}, "got a number without bounds"),
        (
            validation.length_between,
            {"name": "n", "value": "canary", "low": 1, "high": 2},
            "n must have 1 to 2 characters; got 6",
        ),
        (validation.length_between, {"name": "n", "value": "", "low": 1, "high": 2}, "got 0"),
        (validation.at_most, {"name": "n", "value": [1, 2], "high": 1, "unit": "items"}, "n must have 0 to 1 items; got 2"),
        (validation.is_uuid, {"name": "n", "value": ""}, "n must be a UUID"),
        (validation.is_uuid, {"name": "n", "value": "canary"}, "n must be a UUID"),
        (validation.is_uuid, {"name": "n", "value": UUID.replace("-", "")}, "n must be a UUID"),
        (validation.is_uuid, {"name": "n", "value": "{" + UUID + "}"}, "n must be a UUID"),
        (validation.is_uuid, {"name": "n", "value": UUID + "\n"}, "n must be a UUID"),
        (validation.is_uuid, {"name": "n", "value": "\uff10" + UUID[1:]}, "n must be a UUID"),
        (validation.is_uuid, {"name": "n", "value": 5}, "n must be a UUID"),
    ],
)
def test_what_is_refused(check: Any, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequestError, match=words) as caught:
        check(**arguments)
    assert "canary" not in str(caught.value)
