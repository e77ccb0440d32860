"""Positions as texts: those of every version go on, those of another list or tenant are refused by name."""

from __future__ import annotations

import json
import pathlib

from tests.paging.positions import CUTS, LISTS, clients, lists, walk_from

_FIRST = json.loads((pathlib.Path(__file__).parent / "positions_0_1.json").read_text())


async def test_positions_of_the_first_version_go_on_where_they_stood() -> None:
    """For all providers, lists, cuts: what version 0.1.0 stored gives just the rest."""
    async with clients(account="one of ours") as made:
        listed = lists(made)
        assert list(listed) == list(LISTS)
        assert [(one["list"], one["limit"]) for one in _FIRST] == [(name, cut) for name in LISTS for cut in CUTS]
        for one in _FIRST:
            found = await walk_from(listed[one["list"]], one["position"])
            assert found == one["rest"], (one["list"], one["limit"])
