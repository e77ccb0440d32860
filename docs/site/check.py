"""Looks at the site that was built: what its maker's strict mode does not see.

Run as `python docs/site/check.py SITE`. Every page is in the navigation, every public name in the reference, every link, anchor
and picture leads somewhere, and no page loads anything from another host.
"""

from __future__ import annotations

import html.parser
import importlib
import re
import sys
import urllib.parse
import zlib
from collections.abc import Iterator
from pathlib import Path

from aioconvo.providers import Provider

__all__ = ["faults"]

_PAGES = Path("docs/pages")
_PACKAGES = ["aioconvo", *(f"aioconvo.{one}" for one in ("bot", "events", "export", "inbox", "otel", "sandbox", *Provider))]
_NO_ENTRY = {"OPERATIONS", "__version__"}  # a list and a text, which pages show in other ways
_LOADS = {"script", "link", "img", "iframe", "source", "video", "audio"}


class _Page(html.parser.HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
        for name, value in attrs:
            if value and name in {"id", "name"}:
                self.anchors.add(value)
            elif value and name in {"href", "src"}:
                self.targets.append((tag, value))


def faults(site: Path) -> Iterator[str]:
    """What is wrong with it, a line each."""
    yield from _navigation()
    yield from _names(site)
    read = {path: _Page(path.read_text("utf-8")) for path in site.resolve().rglob("*.html") if path.name != "404.html"}
    for path, page in read.items():
        for tag, target in page.targets:
            if (wrong := _wrong(path, tag, target, read)) is not None:
                yield f"{path.relative_to(site.resolve())}: {wrong}"


def _navigation() -> Iterator[str]:
    told = set(re.findall(r"[\w./-]+\.md", Path("mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]))
    there = {str(path.relative_to(_PAGES)) for path in _PAGES.rglob("*.md")}
    yield from (f"mkdocs.yml: no such page: {one}" for one in sorted(told - there))
    yield from (f"mkdocs.yml: not in the navigation: {one}" for one in sorted(there - told))


def _names(site: Path) -> Iterator[str]:
    compressed = (site / "objects.inv").read_bytes().split(b"\n", 4)[4]
    documented = {line.partition(" py:")[0] for line in zlib.decompress(compressed).decode().splitlines()}
    for package in _PACKAGES:
        for name in importlib.import_module(package).__all__:
            if f"{package}.{name}" not in documented and name not in _NO_ENTRY:
                yield f"not in the reference: {package}.{name}"


def _wrong(path: Path, tag: str, target: str, read: dict[Path, _Page]) -> str | None:
    parts = urllib.parse.urlsplit(target)
    if parts.scheme or parts.netloc:
        return f"loads {target}" if tag in _LOADS else None
    place = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
    if place.is_dir():
        place /= "index.html"
    if not place.exists():
        return f"leads nowhere: {target}"
    anchor = urllib.parse.unquote(parts.fragment)
    if anchor and place in read and anchor not in read[place].anchors:
        return f"has no such anchor: {target}"
    return None


if __name__ == "__main__":
    found = sorted(set(faults(Path(sys.argv[1]))))
    print("\n".join(found) or "Nothing is wrong.")
    sys.exit(bool(found))
