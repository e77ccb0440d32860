"""The shape of the package: imports point down only, names are told once, files and functions stay small."""

from __future__ import annotations

import ast
import functools
import importlib
import pathlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

import aioconvo
from aioconvo import inbox
from aioconvo.core.operations.resource import Group
from aioconvo.providers import Provider
from tests.conftest import LONG_ONES

PACKAGE = pathlib.Path(aioconvo.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
PROVIDERS = set(map(str, Provider))

# Each knows what stands before it in this list, and itself; those of one line know nothing of each other.
ROOMS: list[set[str]] = [
    {"core/errors", "core/clock", "core/log", "core/file_lock", "core/names", "core/numbers", "core/version", "core"},
    {"core/json"},
    {"core/access"},
    {"core/redis"},
    {"core/encoding"},
    {"core/operations"},
    {"core/answers"},
    {"core/retry"},
    {"core/limits"},
    {"core/wire"},
    {"core/paging"},
    {"core/calls"},
    {"providers", "moved"},
    {"inbox"},
    {"events"},
    PROVIDERS,
    {"bot"},
    {"otel"},
    {"export"},
    {"sandbox"},
    {""},  # the public names
    {"cli"},
    {"__main__"},
]
PLACE = {room: place for place, rooms in enumerate(ROOMS) for room in rooms}
PURE = ("core/json", "core/encoding", "core/operations", "core/answers", "core/retry", "core/paging")
NOT_PURE = {"core/paging/paginator.py", "core/paging/walks.py"}  # what awaits pages
INPUT_AND_OUTPUT = {
    *("aiohttp", "anyio", "asyncio", "concurrent", "io", "logging", "multiprocessing", "os", "pathlib", "random", "select"),
    *("shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time"),
}

FILES_ABOVE_500_LINES: dict[str, str] = {}
FUNCTIONS_ABOVE_50_LINES: dict[str, str] = {}


@functools.cache
def _room(module: str) -> str:
    """The room of a module: a folder, one in `core`, or a file at the top."""
    parts = module.split(".")[1:]
    return "/".join(parts[: 2 if parts[:1] == ["core"] else 1])


def _module(file: pathlib.Path) -> str:
    parts = ["aioconvo", *file.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def _tree(file: pathlib.Path) -> ast.Module:
    return ast.parse(file.read_text())


def _walk_imports(file: pathlib.Path) -> Iterator[str]:
    """Every module a file imports, also late and for types only, by its full name."""
    package = _module(file) if file.name == "__init__.py" else _module(file).rpartition(".")[0]
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, [base, node.module]))
            yield from (f"{source}.{name.name}" for name in node.names)


MODULES = {_module(file): file for file in FILES}


@functools.cache
def _imported(module: str) -> frozenset[str]:
    return frozenset(_walk_imports(MODULES[module]))


@functools.cache
def _ours(module: str) -> set[str]:
    """The modules of the package that a module imports."""
    found = {name if name in MODULES else name.rpartition(".")[0] for name in _imported(module)}
    return found & MODULES.keys()


@functools.cache
def _reached(module: str) -> set[str]:
    """All that a module imports, and what that imports, and so on; the faces of folders load nothing for who passes through."""
    reached, left = {module}, [module]
    while left:
        new = _ours(left.pop()) - reached
        reached |= new
        left += new
    return reached


def _may_know(room: str, known: str) -> bool:
    return known == room or PLACE[known] < PLACE[room] or ROOMS[0] >= {known, room}


def test_imports_point_up_the_list_of_rooms() -> None:
    reached = [(module, name) for module in MODULES for name in _reached(module)]
    assert not [(module, name) for module, name in reached if not _may_know(_room(module), _room(name))]


def test_no_import_leads_back() -> None:
    known = [(module, name) for module in MODULES for name in _ours(module) if name != module]
    assert not [(module, name) for module, name in known if module in _reached(name)]


def _part(module: str) -> str:
    """A folder inside of a room such as `export/ledger`, as one; else the file."""
    parts = MODULES[module].relative_to(PACKAGE).parts
    return "/".join(parts[:2]) if len(parts) > 2 else "/".join(parts)


def test_no_folder_of_a_room_leads_back_to_itself() -> None:
    known: dict[str, set[str]] = {}
    for module in MODULES:
        known.setdefault(_part(module), set()).update({_part(name) for name in _ours(module)} - {_part(module)})
    while ends := {part for part, others in known.items() if not others & known.keys()}:
        known = {part: others for part, others in known.items() if part not in ends}
    assert not known


def test_only_the_wire_knows_aiohttps_client() -> None:
    knowing = {module for module in MODULES if any(name.split(".")[0] == "aiohttp" for name in _imported(module))}
    outside = {module for module in knowing if _room(module) not in {"core/wire", "sandbox", "cli"}}
    assert outside == {"aioconvo.bot.adapters.aiohttp"}  # its server
    client = {"aiohttp.ClientSession", "aiohttp.TCPConnector", "aiohttp.request", "aiohttp.client"}
    assert not any(_imported(module) & client for module in outside)


PURE_FILES = [
    name for name in (str(file.relative_to(PACKAGE)) for file in FILES) if name.startswith(PURE) and name not in NOT_PURE
]


def test_the_pure_rooms_do_no_input_and_output() -> None:
    for module in set[str]().union(*(_reached(_module(PACKAGE / name)) for name in PURE_FILES)):
        outside = {one for one in _imported(module) if not one.startswith("aioconvo")}
        assert not {one.split(".")[0] for one in outside} & INPUT_AND_OUTPUT, module
        assert not [one for one in outside if one.startswith("urllib.request")]


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then the rest (RUF022)."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def test_public_names_are_sorted_and_exist() -> None:
    for told, file in MODULES.items():
        module = importlib.import_module(told)
        names = getattr(module, "__all__", None)
        if names is None:
            library = _room(told).partition("/")[0] in {"core", "inbox"} | PROVIDERS
            declares = any(isinstance(one, type) and issubclass(one, Group) for one in vars(module).values())
            private = not library or declares or file.name in {"__init__.py", "version.py"}
            assert private, f"{told} does not say what is public in __all__"
            continue
        if "__all__" in vars(module):  # else it is found out
            assert list(names) == sorted(set(names), key=_as_ruff_sorts), told
        assert not [name for name in names if not hasattr(module, name)], told


FOLDERS = [module for module, file in MODULES.items() if file.name == "__init__.py" and "= names_of(" in file.read_text()]


@pytest.mark.parametrize("folder", FOLDERS)
def test_type_checkers_see_the_names_of_a_folder(folder: str) -> None:
    """What a folder looks up when it is touched is what it imports for them, and each name is in one place."""
    tree = _tree(MODULES[folder])
    seen = [
        node for branch in tree.body if isinstance(branch, ast.If) for node in branch.body if isinstance(node, ast.ImportFrom)
    ]
    given = next(node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "names_of")
    modules = [str(one.value) for one in given.args[1:] if isinstance(one, ast.Constant)]
    homes = {one.arg: one.value.value for one in given.keywords if isinstance(one.value, ast.Constant)}
    whole = {"." * node.level + (node.module or "") for node in seen if node.names[0].name == "*"}
    single = {name.asname: "." * node.level + (node.module or "") for node in seen for name in node.names if name.asname}
    assert {name: home for name, home in homes.items() if home not in whole} == single
    assert whole == {*modules, *homes.values()} - set(single.values())
    if folder.endswith(".models"):
        assert set(modules) == {f".{one.name}" for one in pkgutil.iter_modules(importlib.import_module(folder).__path__)}
    homes_of = [importlib.import_module(one, folder) for one in modules]
    named = {(name, id(getattr(home, name))) for home in homes_of for name in home.__all__}
    assert len(named) == len({name for name, _ in named})


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
    assert set(inbox.__all__) == {*inbox._HOMES, "Provider"} <= set(dir(inbox))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = inbox.Nothing


def _loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)  # noqa: S603
    return set(told.stdout.split())


def test_the_bare_import_is_light() -> None:
    loaded = _loaded_by("import aioconvo")
    assert not loaded & {"aiohttp", "msgspec", "anyio", "asyncio", "typer", "rich"}
    ours = {name.removeprefix("aioconvo.") for name in loaded if name.startswith("aioconvo")}
    assert ours == {"aioconvo", "core", "core.version", "moved", "providers"}


def test_rooms_are_there_without_an_import_of_their_own() -> None:
    """Type checkers take `aioconvo.sunshine.Author` for granted, whatever was imported before."""
    loaded = _loaded_by("import aioconvo\nfor room in aioconvo._ROOMS: getattr(aioconvo, room)")
    assert {f"aioconvo.{room}" for room in aioconvo._ROOMS} <= loaded
    assert set(dir(aioconvo)) >= aioconvo._ROOMS >= PROVIDERS


def test_one_provider_does_not_load_another() -> None:
    loaded = _loaded_by("import aioconvo\naioconvo.SunshineClient")
    assert {name.split(".")[1] for name in loaded if name.startswith("aioconvo.")} == {"core", "sunshine", "moved", "providers"}


def test_the_inbox_of_one_provider_does_not_load_another() -> None:
    loaded = _loaded_by("import aioconvo\naioconvo.SunshineClient(app_id='a', key_id='k', secret='s').inbox")
    rooms = {name.split(".")[1] for name in loaded if name.startswith("aioconvo.")}
    assert rooms == {"core", "sunshine", "inbox", "moved", "providers"}


def test_values_are_made_in_one_way() -> None:
    made = {_room(module) for module in MODULES if _imported(module) & {"dataclasses", "dataclasses.dataclass"}}
    assert made <= {"sandbox", "cli"}


def test_files_stay_under_500_lines() -> None:
    lines = {str(file.relative_to(PACKAGE)): len(file.read_text().splitlines()) for file in FILES}
    assert {name: count for name, count in lines.items() if count > 500}.keys() == FILES_ABOVE_500_LINES.keys()


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


def test_functions_stay_under_50_lines() -> None:
    lines = {
        f"{module}.{name}": _code_lines(node)
        for module, file in MODULES.items()
        for name, node in _defined(_tree(file))
        if not isinstance(node, ast.ClassDef)
    }
    assert {name: count for name, count in lines.items() if count > 50}.keys() == FUNCTIONS_ABOVE_50_LINES.keys()


def test_each_exception_has_a_reason() -> None:
    assert all(FILES_ABOVE_500_LINES.values())
    assert all(FUNCTIONS_ABOVE_50_LINES.values())


def _public(file: pathlib.Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """What a file defines for others; of overloads the one that all are."""
    for name, node in _defined(_tree(file)):
        if not any(part.startswith("_") for part in name.split(".")) and not any(
            isinstance(one, ast.Name) and one.id == "overload" for one in node.decorator_list
        ):
            yield name, node


def test_everything_public_has_a_docstring() -> None:
    for module, file in MODULES.items():
        assert ast.get_docstring(_tree(file)), f"{module} has no docstring"
        assert not [name for name, node in _public(file) if not ast.get_docstring(node)], module


def test_the_long_tests_that_run_first_are_there() -> None:
    assert [one for one in LONG_ONES if not (pathlib.Path(__file__).parent / one).exists()] == []
