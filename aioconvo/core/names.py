"""The names of a folder, which load the module that has them when they are first touched.

    if TYPE_CHECKING:
        from .drafts import *
        from .messages import *
    else:
        __getattr__, __dir__ = names_of(__name__, ".drafts", ".messages")

A new class is then told in one place: its module, in `__all__`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

__all__ = ["names_of"]


def names_of(folder: str, *modules: str, **homes: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a folder that gives the names in `__all__` of these modules, and its modules themselves.

    `homes` tells in which modules single names are, so that no other is loaded to find them. Otherwise those that are loaded
    already are asked first, then one after the other.
    """

    def find(name: str) -> Any:
        if name == "__all__":
            return sorted(known())
        if name not in homes and not name.startswith("_") and name.islower() and (module := _module(folder, name)) is not None:
            return module
        places = [homes[name]] if name in homes else [] if name.startswith("_") else _by_cost(folder, modules)
        for place in places:
            home = importlib.import_module(place, folder)
            if name in homes or _gives(home, name):
                value = getattr(home, name)
                setattr(sys.modules[folder], name, value)
                return value
        raise AttributeError(f"module {folder!r} has no attribute {name!r}")

    def known() -> set[str]:
        found = (importlib.import_module(one, folder).__all__ for one in modules)
        return {*homes, *(name for names in found for name in names)}

    return find, lambda: sorted({*vars(sys.modules[folder]), *known()})


def _gives(module: ModuleType, name: str) -> bool:
    """Whether a module has that name for others; a folder of this kind is asked for it, as its list would load all of it."""
    told = vars(module).get("__all__")
    return hasattr(module, name) if told is None else name in told


def _by_cost(folder: str, modules: Sequence[str]) -> list[str]:
    """The modules, those that are loaded first."""
    return sorted(modules, key=lambda one: f"{folder}{one}" not in sys.modules)


def _module(folder: str, name: str) -> ModuleType | None:
    try:
        return importlib.import_module(f".{name}", folder)
    except ModuleNotFoundError as missing:
        if missing.name != f"{folder}.{name}":
            raise
        return None
