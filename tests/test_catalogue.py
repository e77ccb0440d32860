"""The operations are the specification's, and the sandbox knows each."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from operator import attrgetter

import pytest

from aioconvo.cli.choosing import PROVIDERS
from aioconvo.cli.operations import Row, catalogue
from aioconvo.core.operations.declaration import declared
from aioconvo.core.operations.resource import Group, groups
from aioconvo.providers import Provider
from aioconvo.sandbox.exchange import Settings, utc_now
from aioconvo.sandbox.server import PROVIDERS as SANDBOXES

ROWS = catalogue()
CLIENTS = {str(one): one.client(**one.sandbox.credentials) for one in Provider}


def test_every_provider_has_operations_and_each_has_a_name_of_its_own() -> None:
    assert [name for name in PROVIDERS if any(row["provider"] == name for row in ROWS)] == list(Provider)
    assert len({(row["provider"], row["operation"]) for row in ROWS}) == len(ROWS)


def _groups(provider: Provider) -> Iterator[type[Group]]:
    """The classes of a provider's modules that declare operations."""
    package = importlib.import_module(f"aioconvo.{provider}")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for one in vars(importlib.import_module(found.name)).values():
            if isinstance(one, type) and issubclass(one, Group) and one.__module__ == found.name and declared(one):
                yield one


@pytest.mark.parametrize("provider", Provider)
def test_every_class_with_operations_has_its_line_in_the_client(provider: Provider) -> None:
    kinds = dict(groups(provider.client)).values()
    assert [one.__name__ for one in _groups(provider) if one not in kinds] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["python"])
def test_python_name_is_where_the_method_is(row: Row) -> None:
    function = attrgetter(row["python"].partition(".")[2])(CLIENTS[row["provider"]])
    assert function.__doc__
    assert row["operation"] in function.__doc__


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["python"])
def test_the_sandbox_has_the_same_route(row: Row) -> None:
    table = SANDBOXES[row["provider"]](Settings(1, 1, 0, utc_now())).table
    found = table.find(row["method"], re.sub(r"\{\w+\}", "x", row["path"]))
    assert isinstance(found, tuple)
    assert (found[0].operation, found[0].template) == (row["operation"], row["path"])
