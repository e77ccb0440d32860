"""What is declared, and how; or a new specification: `nox -s specs`, `nox -s specs -- take PROVIDER FILE`."""

from __future__ import annotations

import argparse
import json
import pathlib

from .deviations import explained, on_purpose
from .kept import PROVIDERS, take
from .report import found, not_declared, table


def main() -> None:
    """Print the report, of one provider with what is missing and what differs; or take a new specification."""
    parser = argparse.ArgumentParser(prog="nox -s specs --", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    show = commands.add_parser("show", help="what a provider's package does not declare, and what differs unexplained")
    show.add_argument("provider", choices=PROVIDERS)
    new = commands.add_parser("take", help="make an OpenAPI document the specification; prints what changed")
    new.add_argument("provider", choices=PROVIDERS)
    new.add_argument("file", type=pathlib.Path)
    asked = parser.parse_args()
    if asked.command == "take":
        told = take(asked.provider, json.loads(asked.file.read_text(encoding="utf-8")))
    elif asked.command == "show":
        left, unused = explained(found(asked.provider), on_purpose().get(asked.provider, ()))
        told = [f"not declared: {one}" for one in not_declared(asked.provider)]
        told += [f"differs: {one}" for one in left] + [f"explains nothing: {one}" for one in unused]
    else:
        told = list(table(PROVIDERS))
    print(*told, sep="\n")


if __name__ == "__main__":
    main()
