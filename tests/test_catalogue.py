"""The operations are the specification's, and the sandbox knows each."""

from __future__ import annotations

import pytest

import aioconvo
from aioconvo.cli.choosing import PROVIDERS
from aioconvo.cli.operations import Row, catalogue
from aioconvo.sandbox.exchange import Settings, utc_now
from aioconvo.sandbox.server import PROVIDERS as SANDBOXES

ROWS = catalogue()
CLIENTS = {
    "smscx": aioconvo.SmscxClient(api_key="k"),
    "sunshine": aioconvo.SunshineClient(app_id="a", key_id="k", secret="s"),
    "smooch": aioconvo.SmoochClient(app_id="a", key_id="k", secret="s"),
    "convore": aioconvo.ConvoreClient(api_key="k"),
    "ultracart": aioconvo.UltraCartClient(simple_key="k"),
}
COUNTS = {"smscx": 8, "sunshine": 11, "smooch": 6, "convore": 7, "ultracart": 12}


def test_counts() -> None:
    assert {name: sum(row["provider"] == name for row in ROWS) for name in PROVIDERS} == COUNTS
    assert len({(row["provider"], row["operation"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["python"])
def test_python_name_is_where_the_method_is(row: Row) -> None:
    provider, resource, method = row["python"].split(".")
    function = getattr(getattr(CLIENTS[provider], resource), method)
    assert function.__doc__
    assert row["operation"] in function.__doc__


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["python"])
def test_the_sandbox_has_the_same_route(row: Row) -> None:
    routes = SANDBOXES[row["provider"]](Settings(1, 1, 0, utc_now())).routes
    found = {route.operation: (route.method, route.template) for route in routes}
    assert found[row["operation"]] == (row["method"], row["path"])
