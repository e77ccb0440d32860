"""Old names of modules and of what is public lead to where that is now; those that programs import say so."""

from __future__ import annotations

import importlib
import pathlib
import subprocess
import sys

import pytest

from aioconvo import inbox, moved
from aioconvo.core.retry import headers
from aioconvo.providers import Provider


@pytest.mark.parametrize("old", sorted(moved._MOVED.keys() - moved._PUBLIC))
def test_modules_of_old_names_are_found(old: str) -> None:
    for home in moved._MOVED[old].split():
        module = importlib.import_module(f"aioconvo.{home}")
        for name in getattr(module, "__all__", ()):
            assert getattr(importlib.import_module(f"aioconvo.{old}"), name) is getattr(module, name)


def test_a_folder_that_took_the_name_of_a_module_has_what_that_had() -> None:
    assert importlib.import_module("aioconvo.core.retry").retry_after is headers.retry_after


@pytest.mark.parametrize("old", sorted(moved._PUBLIC))
def test_what_programs_import_says_where_it_is_now(old: str) -> None:
    script = f"import warnings; warnings.simplefilter('error'); import aioconvo.{old}"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: S603
    assert f"DeprecationWarning: aioconvo.{old} is aioconvo.{moved._MOVED[old]} now; the old name goes with 0.3" in told.stderr


@pytest.mark.parametrize("provider", Provider)
def test_the_inboxes_of_providers_say_where_they_are_now(provider: Provider) -> None:
    name = f"{provider.word}Inbox"
    with pytest.deprecated_call(match=f"aioconvo.inbox.{name} is aioconvo.{provider}.inbox.{name} now"):
        assert getattr(inbox, name) is provider.inbox


RENAMED = [(module, name, now) for module, names in moved._RENAMED.items() for name, now in names.items()]


@pytest.mark.parametrize(("module", "name", "now"), RENAMED)
def test_names_that_changed_say_what_they_are_now(module: str, name: str, now: str) -> None:
    home, _, called = now.rpartition(".")
    with pytest.deprecated_call(match=rf"aioconvo\.{module}\.{name} is aioconvo\.{now} now; the old name goes with 0\.3"):
        found = getattr(importlib.import_module(f"aioconvo.{module}"), name)
    assert found is getattr(importlib.import_module(f"aioconvo.{home}"), called)


@pytest.mark.parametrize("module", sorted(moved._HELD_OPERATIONS))
def test_operations_are_found_where_they_were_constants(module: str) -> None:
    provider, _, noun = module.partition(".")
    held = importlib.import_module(f"aioconvo.{module}")
    with pytest.deprecated_call(match=rf"aioconvo\.{module}\.OPERATIONS is in aioconvo\.{provider}\.OPERATIONS now"):
        operations = held.OPERATIONS
    assert operations
    constants = {one.python.rpartition(".")[2].upper().rstrip("_"): one for one in operations if noun != "client"}
    for name in constants.keys() - vars(held).keys():
        with pytest.deprecated_call(match="the old name goes with 0.3"):
            assert getattr(held, name) is constants[name]
    with pytest.raises(AttributeError, match="has no attribute 'NOTHING'"):
        _ = held.NOTHING


@pytest.mark.parametrize(
    "name", ["core.client", "core.session", "export.ledger", "inbox.convore", "smooch.messages", "core.limits"]
)
def test_modules_of_a_program_are_its_own(name: str, tmp_path: pathlib.Path) -> None:
    package, _, module = name.partition(".")
    (tmp_path / package).mkdir()
    (tmp_path / package / f"{module}.py").write_text("MINE = 1")
    (tmp_path / package / "__init__.py").touch()
    script = f"import aioconvo, {name} as own; assert own.MINE == 1; assert '__getattr__' not in vars(own)"
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, cwd=tmp_path)  # noqa: S603 -- this Python


def test_what_never_was_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"aioconvo\.core\.nothing"):
        importlib.import_module("aioconvo.core.nothing")
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = importlib.import_module("aioconvo.core.codec").nothing
