"""Print declared source for operations that have none: `nox -s draft -- convore drafts`.

The second word is a group of operations, words of a path, or the name of one operation; without it the groups are listed.
What is printed is a beginning: give it better names and words, put its structs where they belong, and then it is yours.
"""

from __future__ import annotations

import argparse
import pathlib
import shutil
import subprocess
import sys

from tests.specs.kept import PROVIDERS

from .module import draft, missing


def main() -> None:
    """Print a draft, or what there is to draft; or write drafts of all that is missing."""
    parser = argparse.ArgumentParser(prog="nox -s draft --", description=__doc__)
    parser.add_argument("provider", choices=[*PROVIDERS, "all"])
    parser.add_argument("what", nargs="?")
    parser.add_argument("--into", type=pathlib.Path, metavar="DIRECTORY", help="write a file for each group of what is missing")
    asked = parser.parse_args()
    if asked.into is not None:
        _write(PROVIDERS if asked.provider == "all" else (asked.provider,), asked.into)
        return
    found = missing(asked.provider, asked.what)
    if asked.what is None:
        print(*(f"{group}: {', '.join(one.name for one in of_it)}" for group, of_it in found.items()), sep="\n")
    elif not found:
        more = ", ".join(missing(asked.provider))
        parser.error(f"nothing of {asked.provider} is missing under that word; these groups have something: {more}")
    else:
        print(formatted(draft(asked.provider, asked.what, found[asked.what])), end="")


def _write(providers: tuple[str, ...], directory: pathlib.Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for provider in providers:
        for group, operations in missing(provider).items():
            text = formatted(draft(provider, group, operations))
            (directory / f"{provider}_{group}.py").write_text(text, encoding="utf-8")


def formatted(source: str) -> str:
    """Source in the project's format."""
    ruff = shutil.which("ruff") or f"{sys.prefix}/bin/ruff"
    for command in (["check", "--fix", "--select", "I,F401", "--quiet", "-"], ["format", "-"]):
        done = subprocess.run([ruff, *command], input=source, capture_output=True, text=True, check=True)  # noqa: S603 -- our formatter
        source = done.stdout
    return source


if __name__ == "__main__":
    main()
