"""Disks that fill up and places that cannot be written: a clear error, and what was there before stays whole.

AIOCONVO_CAMPAIGN=full does it with every kind of target.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from aioconvo.export import rows
from tests.campaign import FULL
from tests.export.processes import Served, doubled, finish, run, sandbox, start

resource = pytest.importorskip("resource", reason="limits of files are set with POSIX")

each_kind = pytest.mark.parametrize("kind", ["sqlite", "jsonl", "parquet", "duckdb"] if FULL else ["sqlite", "jsonl"])


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox("--conversations", 30, "--messages", 60) as running:
        yield running


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own that holds 1 MiB."""
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False)  # noqa: S603 -- our own directory
    if made.returncode:
        pytest.skip("this system lets nobody mount a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)  # noqa: S603, S607 -- as above


def _remount(place: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)  # noqa: S603, S607 -- as above


def _held(target: str) -> tuple[dict[str, set[str]], int]:
    found, twice = doubled(rows(target))
    assert not twice
    return found, sum(map(len, found.values()))


@each_kind
def test_a_full_disk(kind: str, served: Served, small_disk: Path) -> None:
    target = f"{kind}:{small_disk / 'out'}"
    told = finish(start(served, "export", "convore", "--to", target), expected=1)
    assert "the disk is full" in told
    stored = served.ids("convore")
    with contextlib.suppress(Exception):  # nothing was committed where not even the tables found room
        held, _ = _held(target)
        assert all(ids <= stored[conversation] for conversation, ids in held.items())
    _remount(small_disk, "size=64m")
    run(served, "export", "convore", "--to", target)
    assert _held(target)[0] == stored


def test_files_that_may_not_grow(served: Served, tmp_path: Path) -> None:
    """A limit on the size of files: what was committed before it was reached is there, and the same command goes on."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))

    target = f"sqlite:{tmp_path / 'out.sqlite'}"
    told = finish(start(served, "export", "convore", "--to", target, preexec_fn=limit), expected=1)
    assert "disk" in told
    _, count = _held(target)
    assert count < 30 * 60
    run(served, "export", "convore", "--to", target)
    assert _held(target)[0] == served.ids("convore")


@each_kind
def test_a_place_that_is_read_only(kind: str, served: Served, small_disk: Path) -> None:
    _remount(small_disk, "ro")
    told = run(served, "export", "convore", "--to", f"{kind}:{small_disk / 'out'}", expected=1)
    assert "read-only" in told or "permission" in told or "cannot be opened" in told


@each_kind
def test_a_place_that_is_no_directory(kind: str, served: Served, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    told = run(served, "export", "convore", "--to", f"{kind}:{tmp_path / 'file' / 'out'}", expected=1)
    assert str(tmp_path / "file") in told
    assert "is a file, not a directory" in told or "exists" in told
    assert (tmp_path / "file").read_text() == "kept"
