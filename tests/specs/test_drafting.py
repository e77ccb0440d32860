"""What the draft tool prints is Python that declares the operations as they are specified."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aioconvo.core.operations.declaration import declared
from aioconvo.core.operations.markers import Place
from aioconvo.core.operations.signature import Declared
from tests.specs.comparing import differences
from tests.specs.declarations import of_signature
from tests.specs.drafting.known import Models
from tests.specs.drafting.module import draft, missing
from tests.specs.drafting.names import class_name, groups, method_name, noun, plural, python_name, singular, words
from tests.specs.drafting.paging import pages_of
from tests.specs.facts import Operation, Shape
from tests.specs.kept import PROVIDERS, facts

ROOT = Path(__file__).parents[2]
GROUPS_AT_MOST = 6
each_provider = pytest.mark.parametrize("provider", PROVIDERS)


def pasted(provider: str, group: str, source: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Declared]:
    """The operations of a draft that somebody made a module of the provider's package."""
    name = f"aioconvo.{provider}.{group}_draft"
    module: Any = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(source, name, "exec"), vars(module))  # noqa: S102 -- what the tool printed
    return declared(getattr(module, module.__all__[0]))


def meant(one: Declared, theirs: Operation, shapes: dict[str, Shape]) -> Iterator[str]:
    """The differences that a draft makes on purpose, as patterns: people decide about them."""
    yield r"answer\.[\w$]+: optional in the specification"  # what a method gives, or the items of a page
    yield r"header .*: not an argument"  # the client sends it
    yield r"body.*[.\[(].*[.\[(].*: (no limit|any text) here, .*"  # a struct checks nothing: its docstring says the limits
    if one.at(Place.WHOLE):
        yield r"body\.\w+: (no limit|any text) here, .*"
    pages = pages_of(theirs, shapes)
    for name in () if pages is None else pages.asked:
        yield rf"query {re.escape(name)}: not an argument"  # the pager asks with it
    if pages is not None and pages.size:
        yield rf"query {re.escape(pages.size)}: 1\.\.\d* here, .*"  # a page of no items leads nowhere
    for field in msgspec.structs.fields(one.owner.envelope):
        yield rf"answer\.{field.encode_name}: not (declared|in the specification)"


def drawn(provider: str) -> dict[str, list[Operation]]:
    """Groups that lack operations, some of each provider: `nox -s draft -- all --into DIRECTORY` drafts them all."""
    found = missing(provider)
    return {group: found[group] for group in list(found)[:: max(1, -(-len(found) // GROUPS_AT_MOST))]}


@each_provider
def test_a_draft_declares_what_is_specified(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = facts(provider)
    for group, operations in drawn(provider).items():
        found = pasted(provider, group, draft(provider, group, operations, reuse=False), monkeypatch)
        assert sorted(one.operation.name for one in found.values()) == sorted(one.name for one in operations)
        for one in found.values():
            ours = of_signature(one)
            theirs = told.operations[ours.operation.line]
            on_purpose = re.compile("|".join(f"(?:{text})" for text in meant(one, theirs, told.shapes)))
            left = [text for text in differences(ours, theirs, told.shapes) if not on_purpose.fullmatch(text)]
            assert left == [], ours.operation.line


@each_provider
def test_a_draft_takes_the_structs_that_are_there(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for group, operations in list(missing(provider).items())[:1]:
        assert pasted(provider, group, draft(provider, group, operations), monkeypatch)


def test_what_declared_operations_use_stands_for_the_schemas() -> None:
    models = Models("sunshine")
    assert models.struct("textMessage") == "TextContent"  # one kind of a union
    assert models.struct("message") == "Message"
    assert models.struct("appKey") == "AppKey"
    assert models.struct("twilio") is None
    assert models.enum("AnyConversationType", ("sdkGroup", "personal")) == "ConversationType"
    assert models.enum("AnyConversationType", ("sdkGroup",)) is None
    assert models.union(["TicketClosed", "TransferToEmail", "ConversationEndedByUser"]) == "ActivityContent"


def test_a_draft_of_drafts() -> None:
    source = draft("convore", "drafts", groups(facts("convore").operations.values())["drafts"])
    assert "from aioconvo.convore.models import Message" in source
    assert "class Message(" not in source
    created = '"POST /v1/drafts", Effect.UNSAFE, name="create_draft", expect=names("draft", "id")'
    assert f"    @operation({created})\n    async def create(\n" in source
    assert 'expect=lambda draft_id: names("draft", "id", draft_id)' in source
    assert "        subject: str | UnsetType | None = UNSET,\n" in source
    assert "    ) -> Draft:\n" in source
    assert re.search(r'@listing\("GET /v1/drafts", draft_pager, name="list_drafts"\)\n    def list\(', source)
    assert "do not edit" not in source.lower()


@pytest.mark.skipif(shutil.which("ruff", path=f"{sys.prefix}/bin") is None, reason="ruff is in the extra `lint`")
def test_drafts_pass_the_linter(tmp_path: Path) -> None:
    ruff = f"{sys.prefix}/bin/ruff"
    for provider in PROVIDERS:
        for group, operations in drawn(provider).items():
            (tmp_path / f"{provider}_{group}.py").write_text(draft(provider, group, operations), encoding="utf-8")
    config = ["--config", str(ROOT / "pyproject.toml"), "--quiet"]
    subprocess.run([ruff, "check", *config, "--fix", "--select", "I,F401", str(tmp_path)], check=True)  # noqa: S603 -- the linter
    subprocess.run([ruff, "format", *config, str(tmp_path)], check=True)  # noqa: S603 -- the linter
    # In a package of the project they are neither without one nor are their `...` needless.
    command = [ruff, "check", *config, "--extend-ignore", "INP001,PIE790", "--output-format", "concise", str(tmp_path)]
    told = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 -- the linter
    assert told.stdout == ""


@pytest.mark.parametrize(
    ("name", "group", "lists", "expected"),
    [
        ("list_drafts", "drafts", True, "list"),
        ("get_draft", "drafts", False, "get"),
        ("send_draft", "drafts", False, "send"),
        ("get_groups_list", "groups", True, "list"),
        ("add_contacts_to_group", "groups", False, "add_contacts"),
        ("insert_pbx_address", "pbx_address", False, "create"),
        ("get_pbx_addresses", "pbx_address", True, "list"),
        ("CreateAppKey", "app_keys", False, "create"),
        ("import", "messages", False, "import_"),
        ("PassControl", "switchboard_actions", False, "pass_control"),
    ],
)
def test_methods_are_named_in_the_projects_style(name: str, group: str, lists: bool, expected: str) -> None:
    one = Operation(method="GET", path="/a", name=name)
    assert method_name(one, group, lists=lists, taken=()) == expected
    assert method_name(one, group, lists=lists, taken=(expected,)) != expected


@pytest.mark.parametrize(
    ("name", "split", "python", "kind"),
    [
        ("subscribeSDKClient", ["subscribe", "sdk", "client"], "subscribe_sdk_client", "SubscribeSdkClient"),
        ("from", ["from"], "from_", "From"),
        ("filter[userId]", ["filter", "user", "id"], "filter_user_id", "FilterUserId"),
        ("3dSecure", ["3d", "secure"], "n3d_secure", "N3dSecure"),
        ("_id", ["id"], "id", "Id"),
    ],
)
def test_names_of_the_wire_become_names_of_python(name: str, split: list[str], python: str, kind: str) -> None:
    assert words(name) == split
    assert python_name(name) == python
    assert class_name(name) == kind


@pytest.mark.parametrize(
    ("one", "many"),
    [("draft", "drafts"), ("address", "addresses"), ("activity", "activities"), ("key", "keys"), ("box", "boxs")],
)
def test_one_and_many(one: str, many: str) -> None:
    assert plural(one) == many
    assert singular(many) == one
    assert noun(f"pbx_{many}") == f"pbx {one}"


def test_an_api_without_groups_of_its_own_is_grouped_by_its_paths() -> None:
    paths = ("/conversation/pbx/address", "/conversation/pbx/address/{id}", "/conversation/departments")
    told = [Operation(method="GET", path=path, name="x", group="Conversation") for path in paths]
    assert {group: len(found) for group, found in groups(told).items()} == {"pbx_address": 2, "departments": 1}
