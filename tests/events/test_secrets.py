"""Secrets are compared in constant time, whatever is given; nothing else touches them."""

from __future__ import annotations

import ast
import pathlib
import random
import statistics
import time

import pytest

import aioconvo
from aioconvo import ConfigurationError
from aioconvo.events.headers import values_of
from aioconvo.events.secrets import Secrets
from tests.campaign import FULL

ROOT = pathlib.Path(aioconvo.__file__).parent
SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCD"
_COMPARES = 200_000 if FULL else 800  # of each wrong secret
_NOISE = 4.5  # the t of Welch's test; above it two times differ


def _compares(tree: ast.AST) -> list[ast.Compare]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]


def test_nothing_but_a_constant_time_compare_touches_a_secret() -> None:
    """By `==`, `in` and the like a secret could be found out character by character."""
    files = [ROOT / "events" / "secrets.py", ROOT / "events" / "webhook.py", *ROOT.glob("*/events/webhook.py")]
    assert len(files) == 5
    for file in files:
        for compare in _compares(ast.parse(file.read_text())):
            told = ast.unparse(compare)
            names = {node.id for node in ast.walk(compare) if isinstance(node, ast.Name)}
            names |= {node.attr for node in ast.walk(compare) if isinstance(node, ast.Attribute)}
            secret = names & {"_secrets", "secrets", "secret", "token", "tokens", "given", "one", "values"}
            harmless = told in {"len(one) < least", "len(values) != 1", "given is None"}
            assert harmless or not secret, (file.name, told)
    calls = [node for node in ast.walk(ast.parse(files[0].read_text())) if isinstance(node, ast.Call)]
    assert [ast.unparse(call.func) for call in calls].count("hmac.compare_digest") == 1


def test_every_secret_is_compared_even_after_one_that_fits() -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, own: bytes) -> bool:
        compared.append((given, own))
        return given == own

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hmac.compare_digest", compare)
        secrets = Secrets("secrets", ["first", "second", "third"], "one")
        assert secrets.match(b"first")
        assert [own for _, own in compared] == [b"first", b"second", b"third"]
        assert not secrets.match(b"other")


def test_what_is_given_may_be_anything() -> None:
    secrets = Secrets("secrets", [SECRET], "one")
    for given in (b"", b"\0", b"\xff" * 40, b"x" * (1 << 20), SECRET[:-1].encode(), SECRET.upper().encode()):
        assert not secrets.match(given)
    assert secrets.match(SECRET.encode())
    with pytest.raises(ConfigurationError, match="fewer than 43"):
        Secrets("tokens", [SECRET], "one", least=43)


def test_headers_that_are_no_text_are_values_all_the_same() -> None:
    assert values_of({"X-API-Key": 7}, "x-api-key") == [b"7"]
    assert values_of([(b"X-API-KEY", bytearray(b"a")), ("x-api-key", "\u20ac")], "x-api-key") == [b"a", "\u20ac".encode()]
    assert values_of({}, "x-api-key") == values_of([("x-api-ke", "a")], "x-api-key") == []


def test_the_time_does_not_tell_where_a_secret_is_wrong() -> None:
    secrets = Secrets("secrets", [SECRET], "one")
    wrong = [SECRET[:place] + "#" + SECRET[place + 1 :] for place in range(len(SECRET))]
    given = [one.encode() for one in wrong]
    rounds = _COMPARES // 200
    samples: list[list[float]] = [[] for _ in given]
    places = list(range(len(given)))
    for _ in range(rounds):
        random.shuffle(places)  # what stands at one place of each round would be measured with it
        for place in places:
            one = given[place]
            began = time.perf_counter_ns()
            for _ in range(200):
                secrets.match(one)
            samples[place].append(time.perf_counter_ns() - began)
    if not FULL:  # real time is no matter of the suite
        return
    # Each secret lies elsewhere in memory, which makes times of equal ones differ, too: so halves are compared, by medians.
    medians = [statistics.median(one) for one in samples]
    early, late = medians[: len(medians) // 2], medians[len(medians) // 2 :]
    spread = (statistics.variance(early) + statistics.variance(late)) / len(early)
    assert abs(statistics.fmean(early) - statistics.fmean(late)) / spread**0.5 < _NOISE
    assert max(medians) / min(medians) < 1.05
