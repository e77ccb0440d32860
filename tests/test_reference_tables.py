"""The tables of the documentation that are made of the declarations: their methods and ours, effects and their reasons."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from aioconvo.cli.operations import catalogue
from aioconvo.core.operations.resource import methods
from aioconvo.providers import Provider

FILE = Path(__file__).parents[1] / "docs" / "site" / "reference.py"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The pages that the site is made of, but those that are slow."""
    spec = importlib.util.spec_from_file_location("reference_pages", FILE)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {"names": module._names(), "effects": module._effects()}


def test_every_method_of_theirs_has_its_row(pages: dict[str, str]) -> None:
    rows = set(re.findall(r"^\| `(\w+)` \| \[`([\w.]+)`\]", pages["names"], re.MULTILINE))
    plain = {(theirs.replace("_", ""), ours) for theirs, ours in rows}
    assert plain == {(row["operation"].replace("_", "").lower(), row["python"]) for row in catalogue()}
    assert ("create_user", "sunshine.users.create") in rows


def test_every_effect_stands_there_with_a_reason_where_the_method_tells_another(pages: dict[str, str]) -> None:
    rows = {
        name: (effect, why)
        for name, effect, why in re.findall(r"^\| `([\w.]+)` \| [A-Z]+ \| (\w+) \| (.*) \|$", pages["effects"], re.MULTILINE)
    }
    usual = {"GET": "read", "PUT": "idempotent", "PATCH": "idempotent", "DELETE": "idempotent", "POST": "unsafe"}
    for provider in Provider:
        for one in methods(provider.client):
            effect, why = rows[one.operation.python]
            assert effect == one.operation.effect
            assert bool(why) == (effect != usual[one.operation.method])
