"""Pickles that were written before modules moved go on to be read, as the same kinds with the same values."""

from __future__ import annotations

import base64
import json
import pathlib
import pickle
from collections.abc import Iterable
from typing import Any

import pytest

import aioconvo
from tests.kept.values import pickles, values

HERE = pathlib.Path(__file__).parent
KEPT: dict[str, str] = json.loads((HERE / "pickles.json").read_text())
NOW: dict[str, Any] = dict(values())
WRITTEN_NOW = pickles()


def _load(name: str, kept: dict[str, str]) -> Any:
    return pickle.loads(base64.b64decode(kept[name]))  # noqa: S301 -- our own, from beside this file


def _facts(value: Any) -> object:
    """All that a value tells, without the types that only its modules name."""
    if isinstance(value, aioconvo.AioconvoError):
        return type(value), str(value), {name: one for name, one in vars(value).items() if name != "call"}
    if isinstance(value, aioconvo.Operation):
        return value.python, value.name, value.method, value.path, value.effect
    if isinstance(value, aioconvo.Response):
        return _facts(value.operation), value.data, value.status, dict(value.headers), value.body, value.attempts
    if isinstance(value, aioconvo.Page):
        return list(value), value.has_more, value.position, _facts(value.response)
    return value


def _rooms(names: Iterable[str]) -> list[str]:
    return sorted({name.rpartition(".")[0] for name in names})


@pytest.mark.parametrize("room", _rooms(KEPT))
def test_a_kept_pickle_is_read_as_the_same_value(room: str) -> None:
    for name in (name for name in KEPT if name.rpartition(".")[0] == room):
        loaded = _load(name, KEPT)
        assert _facts(loaded) == _facts(NOW[name]), name
        assert aioconvo.raw_json(loaded) == aioconvo.raw_json(NOW[name]), name
        if "drifted" not in name:  # that is of a type made for it
            assert type(loaded) is type(NOW[name]), name


@pytest.mark.parametrize("room", _rooms(NOW))
def test_what_is_written_now_is_read_again(room: str) -> None:
    for name in (name for name in NOW if name.rpartition(".")[0] == room):
        assert _facts(_load(name, WRITTEN_NOW)) == _facts(NOW[name]), name
