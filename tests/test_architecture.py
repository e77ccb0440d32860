"""The shape of the package: imports point down only, names are told once, files and functions stay small."""

from __future__ import annotations

import ast
import importlib
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

import aioconvo
from aioconvo import inbox
from aioconvo.core.operations.resource import Group

PACKAGE = pathlib.Path(aioconvo.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
PROVIDERS = {"smscx", "sunshine", "smooch", "convore", "ultracart"}
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))

# Room -> the rooms it may know besides itself. Lower rooms know nothing of higher ones, and nobody knows the cli.
MAY_KNOW: dict[str, set[str]] = {
    "core": set(),
    **{provider: {"core"} for provider in PROVIDERS},
    "inbox": {"core"} | PROVIDERS,
    "export": {"core", "inbox"} | PROVIDERS,
    "webhooks": {"core"} | PROVIDERS,
    "bot": {"core", "inbox", "webhooks"} | PROVIDERS,
    "sandbox": {"core"},
    "cli": {"core", "inbox", "export", "webhooks", "bot", "sandbox", ""} | PROVIDERS,
    "": {"core", "inbox", "export", "webhooks", "bot"} | PROVIDERS,  # the public names
    "otel": {"core"},
    "providers": set(),  # names, and what is loaded by them
    "__main__": {"cli"},
}

# `client.inbox` is a property of each client; its import is deferred, so that a provider alone stays light.
UPWARD = {f"aioconvo.{provider}.client": f"aioconvo.inbox.{provider}" for provider in PROVIDERS}

FILES_ABOVE_500_LINES = {
    "sunshine/models.py": "one struct after another, no logic; the API's nouns stay in one place",
}
FUNCTIONS_ABOVE_50_LINES: dict[str, str] = {}


def _room(file: pathlib.Path) -> str:
    parts = file.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else parts[0].removesuffix(".py").replace("__init__", "")


def _module(file: pathlib.Path) -> str:
    parts = ["aioconvo", *file.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(file: pathlib.Path) -> Iterator[str]:
    """Every module a file imports, also late and for types only, by its full name."""
    package = _module(file) if file.name == "__init__.py" else _module(file).rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, [base, node.module]))
            yield from (f"{source}.{name.name}" for name in node.names)


@each_file
def test_imports_point_down(file: pathlib.Path) -> None:
    room = _room(file)
    for name in _imported(file):
        if name.partition(".")[0] != "aioconvo" or name.startswith(("aioconvo.__version__", "aioconvo.providers")):
            continue
        if _module(file) in UPWARD and name.rpartition(".")[0] == UPWARD[_module(file)]:
            continue
        known = name.split(".")[1] if name.count(".") else ""
        known = known if (PACKAGE / known).is_dir() else ""
        assert known == room or known in MAY_KNOW[room], f"{_module(file)} must not import {name}"


def test_only_the_session_and_its_connections_know_aiohttps_client() -> None:
    knowing = {str(file.relative_to(PACKAGE)) for file in FILES if any(n.split(".")[0] == "aiohttp" for n in _imported(file))}
    elsewhere = {name for name in knowing if not name.startswith(("sandbox/", "cli/"))}
    assert elsewhere == {"core/wire/connection.py", "core/wire/connector.py", "core/wire/pool.py"}


@pytest.mark.parametrize(
    "name",
    [
        "errors",
        "operation",
        "codec",
        "drift",
        "retry",
        "limits",
        "auth",
        "inflate",
        "pagers",
        "echo",
        "hidden",
        "framing",
        "proxies",
    ],
)
def test_the_pure_rooms_do_no_input_and_output(name: str) -> None:
    imported = {module.partition(".")[0] for module in _imported(PACKAGE / "core" / f"{name}.py")}
    assert not imported & {"asyncio", "anyio", "aiohttp", "socket", "ssl", "time", "random", "os", "threading"}


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then the rest (RUF022)."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


@each_file
def test_public_names_are_sorted_and_exist(file: pathlib.Path) -> None:
    module = importlib.import_module(_module(file))
    names = getattr(module, "__all__", None)
    if names is None:
        library = _room(file) in {"core", "inbox"} | PROVIDERS
        declares = any(isinstance(one, type) and issubclass(one, Group) for one in vars(module).values())
        assert not library or declares or file.name in {"__init__.py", "version.py"}, "a module says what is public in __all__"
        return
    assert list(names) == sorted(set(names), key=_as_ruff_sorts)
    for name in names:
        assert hasattr(module, name), name


def test_every_public_name_loads() -> None:
    for name in aioconvo.__all__:
        assert getattr(aioconvo, name) is not None
    assert set(aioconvo.__all__) <= set(dir(aioconvo))
    assert set(aioconvo._HOMES) == set(aioconvo.__all__) - {"__version__"}
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = aioconvo.Nothing


def test_every_name_of_the_inbox_loads() -> None:
    for name in inbox.__all__:
        assert getattr(inbox, name) is not None
    assert set(inbox.__all__) == set(inbox._HOMES) <= set(dir(inbox))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = inbox.Nothing


def _loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)  # noqa: S603
    return set(told.stdout.split())


def test_the_bare_import_is_light() -> None:
    loaded = _loaded_by("import aioconvo")
    assert not loaded & {"aiohttp", "msgspec", "anyio", "asyncio", "typer", "rich"}
    assert {name for name in loaded if name.startswith("aioconvo")} == {"aioconvo", "aioconvo.core", "aioconvo.core.version"}


def test_rooms_are_there_without_an_import_of_their_own() -> None:
    """Type checkers take `aioconvo.sunshine.Author` for granted, whatever was imported before."""
    loaded = _loaded_by("import aioconvo\nfor room in aioconvo._ROOMS: getattr(aioconvo, room)")
    assert {f"aioconvo.{room}" for room in aioconvo._ROOMS} <= loaded
    assert set(dir(aioconvo)) >= aioconvo._ROOMS >= PROVIDERS


def test_one_provider_does_not_load_another() -> None:
    loaded = _loaded_by("import aioconvo\naioconvo.SunshineClient")
    assert {name.split(".")[1] for name in loaded if name.startswith("aioconvo.")} == {"core", "sunshine"}


def test_the_inbox_of_one_provider_does_not_load_another() -> None:
    loaded = _loaded_by("import aioconvo\naioconvo.SunshineClient(app_id='a', key_id='k', secret='s').inbox")
    rooms = {name.split(".")[1] for name in loaded if name.startswith("aioconvo.")}
    assert rooms == {"core", "sunshine", "inbox", "providers"}
    assert not {f"aioconvo.inbox.{provider}" for provider in PROVIDERS - {"sunshine"}} & loaded


@each_file
def test_files_stay_under_500_lines(file: pathlib.Path) -> None:
    name = str(file.relative_to(PACKAGE))
    lines = len(file.read_text().splitlines())
    assert (lines > 500) == (name in FILES_ABOVE_500_LINES), f"{name} has {lines} lines"


def _defined(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """Functions and classes with their dotted names, those inside functions left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield f"{prefix}{node.name}", node
            yield from _defined(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.If | ast.Try):
            yield from _defined(node, prefix)


def _code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0


@each_file
def test_functions_stay_under_50_lines(file: pathlib.Path) -> None:
    for name, node in _defined(ast.parse(file.read_text())):
        if not isinstance(node, ast.ClassDef):
            long = f"{_module(file)}.{name}" in FUNCTIONS_ABOVE_50_LINES
            assert (_code_lines(node) > 50) == long, f"{name} has {_code_lines(node)} lines"


def test_the_exceptions_are_still_needed() -> None:
    assert {str(file.relative_to(PACKAGE)) for file in FILES} >= FILES_ABOVE_500_LINES.keys()
    assert all(FILES_ABOVE_500_LINES.values())
    assert all(FUNCTIONS_ABOVE_50_LINES.values())


@each_file
def test_everything_public_has_a_docstring(file: pathlib.Path) -> None:
    tree = ast.parse(file.read_text())
    assert ast.get_docstring(tree)
    for name, node in _defined(tree):
        if not any(part.startswith("_") for part in name.split(".")) and not any(
            isinstance(one, ast.Name) and one.id == "overload" for one in getattr(node, "decorator_list", ())
        ):
            assert ast.get_docstring(node), f"{name} has no docstring"
