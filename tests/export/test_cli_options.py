"""Options of the export command beyond what is exported: how calls are made, what is looked at again, and what it says then."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from hypothesis import given, strategies as st
from typer.testing import CliRunner

import aioconvo
from aioconvo.cli import choosing
from aioconvo.cli.app import app
from aioconvo.cli.connection import Connection
from aioconvo.cli.verdicts import ways_out
from aioconvo.export import ExportError, open_sink, plan, rows
from tests.export.processes import Served, sandbox

runner = CliRunner()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox("--conversations", 12, "--messages", 30) as running:
        yield running


def _export(served: Served, provider: str, target: object, *options: object, expected: int = 0, **environ: str) -> str:
    command = ["export", provider, "--to", str(target), *map(str, options)]
    result = runner.invoke(app, command, env={**served.environ, "COLUMNS": "400", **environ})
    assert result.exit_code == expected, result.output
    return result.output


# How calls are made.


def test_limits_and_retries_are_those_of_the_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIOCONVO_ULTRACART_SIMPLE_KEY", "key")
    asked = Connection(max_retries=7, rate_limit=2.5, max_body=1000, proxy="none")
    client = asked.client("ultracart", asked.pool())
    quota = aioconvo.UltraCartClient.default_limits
    assert client.limits == aioconvo.Limits(rates=(*quota.rates, aioconvo.RateLimit(2, 0.8)), concurrency=1)
    assert client.portable_options["retry"].max_retries == 7
    assert client.pool.max_body == 1000
    slow = Connection(rate_limit=0.1, proxy="none").client("ultracart", asked.pool())
    assert slow.limits.rates[-1] == aioconvo.RateLimit(1, 10.0)


def test_a_body_that_is_too_large_for_the_option(served: Served, tmp_path: Path) -> None:
    told = _export(served, "convore", tmp_path / "out.sqlite", "--max-body", 3000, "--max-retries", 0, expected=1)
    assert "3000 bytes" in told
    assert "NOT COMPLETE: some answers cannot be used" in told
    assert _export(served, "convore", tmp_path / "out.sqlite", "--max-body", "1M").count("complete") >= 1


def test_proxies_come_from_the_option_or_the_environment(served: Served, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        target, options = tmp_path / "out.sqlite", ("--max-retries", 0)
        through = {"HTTP_PROXY": nowhere, "http_proxy": nowhere, "no_proxy": "", "NO_PROXY": ""}
        proxied = Served(served.root, {**served.environ, **through})
        assert "APIConnectionError" in _export(proxied, "convore", target, *options, expected=1)
        assert "APIConnectionError" in _export(served, "convore", target, *options, "--proxy", nowhere, expected=1)
        assert "APIConnectionError" in _export(served, "convore", target, *options, expected=1, AIOCONVO_PROXY=nowhere)
        _export(proxied, "convore", target, *options, "--proxy", "none")
        _export(proxied, "convore", target, *options, no_proxy="127.0.0.1", NO_PROXY="127.0.0.1")
    assert "proxy" in _export(served, "convore", target, "--proxy", "nonsense", expected=2)
    to_dask = ("--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", "--proxy", nowhere)
    assert "set AIOCONVO_PROXY where they run" in _export(served, "convore", target, *to_dask, expected=2)


WRONG = [
    (("--rate-limit", "0"), "no number above 0"),
    (("--rate-limit", "nan"), "no number above 0"),
    (("--rate-limit", "fast"), "'fast' is no number"),
    (("--max-retries", "-1"), "--max-retries"),
    (("--max-body", "0"), "'0' is no size"),
    (("--max-body", "12Q"), "'12Q' is no size"),
    (("--overlap", "soon"), "'soon' is no length of time"),
    (("--overlap", "-1h"), "no length of time"),
    (("--overlap", "9999999999d"), "no length of time"),
    (("--refresh-days", "-1"), "--refresh-days"),
    (("--concurrency", "0"), "--concurrency"),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=[" ".join(one) for one, _ in WRONG])
def test_wrong_values_are_refused(options: tuple[str, ...], words: str, served: Served, tmp_path: Path) -> None:
    assert words in _export(served, "convore", tmp_path / "out.sqlite", *options, expected=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("0", 0), ("90s", 90), ("1.5m", 90), ("2h", 7200), ("2 H", 7200), ("3d", 259_200)]
)
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert choosing.duration(text) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "size"), [("500", 500), ("2k", 2048), ("64M", 64 << 20), ("64MB", 64 << 20), ("1GiB", 1 << 30), ("7B", 7)]
)
def test_sizes(text: str, size: int) -> None:
    assert choosing.size(text) == size


@given(st.text())
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for read in (choosing.duration, choosing.size, choosing.rate, choosing.moment, choosing.words):
        with contextlib.suppress(typer.BadParameter):
            read(text)


# What is looked at again.

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("whole_to", "bound", "refreshed_from", "since"),
    [
        (NOW, None, None, NOW - HOUR),
        (NOW, None, NOW - DAY, NOW - DAY),
        (NOW - 2 * DAY, None, NOW - DAY, NOW - 2 * DAY - HOUR),  # nothing that may be missing is left out for it
        (NOW, NOW - HOUR, NOW - DAY, NOW - HOUR),
        (None, None, NOW - DAY, None),  # it was never walked whole
    ],
)
def test_a_refresh_reads_from_then(
    whole_to: dt.datetime | None, bound: dt.datetime | None, refreshed_from: dt.datetime | None, since: dt.datetime | None
) -> None:
    assert plan.new_walk_since(whole_to, bound, HOUR, reads_new=True, refreshed_from=refreshed_from) == since


def test_a_refresh_is_not_from_before_times() -> None:
    assert plan.refreshed_from(NOW, 2 * DAY) == NOW - 2 * DAY
    for time in (choosing.days(1e300), dt.timedelta.max):
        assert time is not None
        assert plan.refreshed_from(NOW, time) == dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("days", [1, 0.3, 100_000])
def test_conversations_of_these_days_are_walked_again(days: float, served: Served, tmp_path: Path) -> None:
    target = tmp_path / "out.sqlite"
    _export(served, "ultracart", target)
    assert "0 conversations walked, 0 messages new" in _export(served, "ultracart", target)
    last: dict[str, dt.datetime] = {}
    for row in rows(str(target)):
        at = dt.datetime.fromisoformat(str(row["sent_at"]))
        last[row["conversation_id"]] = max(at, last.get(row["conversation_id"], at))
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    expected = sum(at >= since for at in last.values())
    assert 0 < expected <= 12
    told = _export(served, "ultracart", target, "--refresh-days", days)
    assert f"{expected} conversations walked, 0 messages new" in told
    assert "0 conversations walked" in _export(served, "ultracart", target)


def test_the_overlap_is_the_options(served: Served, tmp_path: Path) -> None:
    target = tmp_path / "out.sqlite"
    _export(served, "ultracart", target, "--overlap", "2h")
    _export(served, "ultracart", target, "--overlap", "0")


# What it says.


def test_a_wrong_key_is_not_promised_to_help_by_itself(served: Served, tmp_path: Path) -> None:
    told = _export(served, "convore", tmp_path / "out.sqlite", expected=1, AIOCONVO_CONVORE_API_KEY="wrong")
    assert "AuthenticationError" in told
    assert "NOT COMPLETE: the API refuses the credentials" in told
    assert "same export command fetches" not in told
    verified = runner.invoke(app, ["verify", str(tmp_path / "out.sqlite")])
    assert verified.exit_code == 1
    assert "NOT COMPLETE: the API refuses the credentials" in verified.output


AGAIN = "the same export command fetches what is missing"


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ([], [AGAIN]),
        ([None], [AGAIN]),
        (["APIConnectionError", "InternalServerError"], [AGAIN]),
        (["AuthenticationError", None], ["the API refuses the credentials"]),
        (["PaymentRequiredError"], ["the API refuses the credentials or the account"]),
        (["NotFoundError"], ["the API does not know some ids"]),
        (["NotFoundError", None], ["the API does not know some ids", AGAIN]),
        (["BadRequestError"], ["the API refuses some requests"]),
        (["RateLimitError"], ["a quota is used up"]),
        (["ResponseDecodeError", "PaginationError"], ["some answers cannot be used"]),
    ],
)
def test_each_cause_has_its_way_out(faults: list[str | None], words: list[str]) -> None:
    told = ways_out(faults)
    assert len(told) == len(words)
    assert all(one.startswith(start) for one, start in zip(told, words, strict=True))


# Paths.


@pytest.mark.parametrize("target", ["-", "jsonl:-", "sqlite:-"])
def test_standard_output_is_no_target(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (["export", "convore", "--to", target], ["verify", target], ["report", target, "--out", "x.html"]):
        result = runner.invoke(app, arguments, env={"AIOCONVO_CONVORE_API_KEY": "k"})
        assert (result.exit_code, "targets are files, and - is none" in result.output) == (2, True), result.output
    assert not list(tmp_path.iterdir())


ELSEWHERE = ["s3://bucket/x", "sqlite:s3://bucket/x", "gs://bucket/out.sqlite", "parquet:hdfs://host/x", "file:///tmp/out.db"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_what_is_not_on_this_machine_is_refused_by_name(
    target: str, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scheme = target.rpartition("://")[0].rpartition(":")[2]
    told = _export(served, "convore", target, expected=2)
    assert f"{scheme}:// is none" in told
    for command in (["verify", target], ["report", target, "--out", "page.html"]):
        result = runner.invoke(app, command)
        assert (result.exit_code, f"{scheme}:// is none" in result.output) == (2, True)
    with pytest.raises(ExportError, match=f"{scheme}:// is none" if target.startswith(scheme) else "no kind"):
        open_sink(Path(target))
    assert list(tmp_path.iterdir()) == []


def test_a_tilde_is_the_home_directory(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(home))
    (home / "users.txt").write_text("user-1\n")
    for target in ("sqlite:~/out.sqlite", "jsonl:~/archive", "~/out.db"):
        _export(served, "smooch", target, "--users-from", "smooch:~/users.txt")
        assert runner.invoke(app, ["verify", target]).exit_code == 0
    assert runner.invoke(app, ["report", "~/out.db", "--out=~/page.html"]).exit_code == 0
    assert {path.name for path in home.iterdir()} >= {"out.sqlite", "archive", "out.db", "page.html"}
    assert list(here.iterdir()) == []


def test_names_that_begin_with_a_tilde_are_names(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _export(served, "convore", "~nobody-of-that-name.sqlite")
    assert Path("~nobody-of-that-name.sqlite").is_file()


def test_without_a_home_directory_a_tilde_is_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.expanduser", lambda text: text)
    assert "no home directory" in _export(served, "convore", "sqlite:~/out.sqlite", expected=2)
    told = _export(served, "smooch", "out.sqlite", "--users-from", "smooch:~/users.txt", expected=2)
    assert "no home directory" in told
