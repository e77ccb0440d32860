"""Folders that load the module of a name when the name is first touched."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from aioconvo import convore, smscx, sunshine, ultracart
from aioconvo.sunshine import events
from aioconvo.ultracart import pbx

STEPS = {
    "import aioconvo.convore": "",
    "import aioconvo.convore.models": "models",
    "aioconvo.convore.models.ApiKey": "models.admin",
    "aioconvo.convore.Organization": "",
    "from aioconvo.convore.models import messages": "models.messages models.participants",
    "aioconvo.convore.Attachment": "",
    "aioconvo.convore.ConvoreClient; hasattr(aioconvo.convore, '_Nothing')": (
        "client conversations events events.operations messages models.conversations models.events pages"
    ),
}


def test_no_more_is_loaded_than_it_takes() -> None:
    """In a process of its own, where nothing is loaded yet."""
    program = ["import sys, aioconvo", "known = set()"]
    for step in STEPS:
        new = "one.startswith('aioconvo.convore.') and one not in known"
        told = f"print(*sorted(one[17:] for one in sys.modules if {new}))"
        program += ["try:", f"    {step}", "except AttributeError: pass", told, "known |= sys.modules.keys()"]
    ended = subprocess.run([sys.executable, "-c", "\n".join(program)], capture_output=True, text=True, check=True)  # noqa: S603
    assert dict(zip(STEPS, ended.stdout.splitlines(), strict=True)) == STEPS


@pytest.mark.parametrize("folder", [convore, smscx, sunshine, ultracart, pbx, sunshine.models, events])
def test_every_name_is_there(folder: object) -> None:
    names = folder.__all__  # type: ignore[attr-defined] # found out when it is asked for
    assert set(names) <= set(dir(folder))
    assert all(getattr(folder, name) is getattr(folder, name) for name in names)
    assert list(names) == sorted(set(names))


@pytest.mark.parametrize("name", ["Nothing", "_read", "__path_hooks__"])
def test_a_name_that_is_not_there(name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'aioconvo.convore' has no attribute '{name}'"):
        getattr(convore, name)


def test_names_can_be_imported_all_at_once() -> None:
    names: dict[str, object] = {}
    exec("from aioconvo.smooch import *", names)  # noqa: S102 -- our own
    assert set(importlib.import_module("aioconvo.smooch").__all__) <= names.keys()
