"""Looks at the site in a browser: what only shows there.

Run as `python docs/site/look.py SITE`. Pages of each kind, light and dark, on a desk and on a phone: nothing is wider than the
screen, nothing is asked of another host, no script fails, and axe finds nothing. All of it from disk, as readers of a folder
open it.
"""

from __future__ import annotations

import importlib.resources
import itertools
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["faults"]

_CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome", "chrome"])), None)
_PAGES = ["index", "reference/operations", "reference/convore-models", "reference/effects"]
_WIDTHS = (390, 1280)
_FINDINGS = (
    "axe.run(document, {resultTypes: ['violations']})"
    ".then(found => found.violations.map(one => [one.id, one.nodes[0].target.join(' ')]))"
)


def faults(site: Path) -> Iterator[str]:
    """What is wrong with it, a line each."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- where there is a browser

    script = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    with sync_playwright() as started:
        browser: Any = started.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        for scheme, width in itertools.product(("light", "dark"), _WIDTHS):
            page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800}, reduced_motion="reduce")
            told: list[str] = []
            page.on(
                "request", lambda request, told=told: told.append(f"asks for {request.url}") if _is_away(request.url) else None
            )
            page.on("pageerror", lambda error, told=told: told.append(f"a script fails: {error}"))
            for name in _PAGES:
                page.goto(f"{site.resolve().as_uri()}/{name}.html")
                page.wait_for_load_state("networkidle")
                told += _seen(page, width, script)
                yield from (f"{name}, {scheme}, {width} px: {one}" for one in told)
                told.clear()
            page.close()
        browser.close()


def _is_away(url: str) -> bool:
    return url.startswith(("http:", "https:", "ws:", "wss:"))


def _seen(page: Any, width: int, script: str) -> Iterator[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        yield f"{wide} px wide"
    page.evaluate(script)
    yield from (f"axe finds {kind}, first at {place}" for kind, place in page.evaluate(_FINDINGS))


if __name__ == "__main__":
    if _CHROMIUM is None:
        print("Nobody looked: Chromium is not installed.")
        sys.exit()
    found = sorted(set(faults(Path(sys.argv[1]))))
    print("\n".join(found) or "Nothing is wrong to see.")
    sys.exit(bool(found))
