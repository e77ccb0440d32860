"""What a provider's words lose because the request said it, and what they keep."""

from __future__ import annotations

import asyncio
import base64
import gc
import random
import re
import sys
from collections.abc import Callable, Generator, Iterable
from types import FrameType
from typing import Any
from unittest import mock

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

import aioconvo
from aioconvo.convore import ConvoreClient
from aioconvo.core.access.auth import BasicAuth, HeaderAuth, JWTAuth
from aioconvo.core.access.hidden import without_frames
from aioconvo.core.calls import echo
from aioconvo.core.calls.echo import sent_texts, without_echo
from aioconvo.core.json.mend import drive
from aioconvo.core.operations.operation import Effect, Operation
from tests.campaign import examples
from tests.conftest import Wire

POST: Operation[Any] = Operation("x.things.post", "PostThing", "POST", "/v2/things/{id}", None, Effect.UNSAFE)
FORM: Operation[Any] = Operation("x.token", "Token", "POST", "/oauth/token", None, Effect.READ, form=True)
TEXT = 'Dear "Ada", the söng costs 5 % more'


def _left(words: str, texts: Iterable[str]) -> str:
    return drive(without_echo([words], texts))[0]


def test_every_text_of_a_request_is_found() -> None:
    body = {"type": "text", "to": [{"phone": 4915550007777, "vip": True}], "text": TEXT, "none": None}
    request = POST.request("a/b", query=[("q", "who & what")], body=body)
    credentials = BasicAuth("key", "s:ecret").headers(0)
    pair = base64.b64encode(b"key:s:ecret").decode()
    assert list(sent_texts(request, credentials)) == ["a/b", "who & what", pair, "key", "s:ecret", "4915550007777", TEXT]
    form = FORM.request(body={"grant_type": "refresh_token", "refresh_token": "r 1"})
    assert list(sent_texts(form, HeaderAuth("X-API-KEY", "k1").headers(0))) == ["k1", "r 1"]
    assert list(sent_texts(POST.request("a"), {"Authorization": "Basic no-base64"})) == ["a", "no-base64", ""]


def test_numbers_are_texts_as_they_are_sent() -> None:
    body = {"price": 1.5, "id": 2**70, "raw": msgspec.Raw(b'[1e400, 5.00, "x", null, ' + b"9" * 5_000 + b"]")}
    told = ["1.5", str(2**70), "1e400", "5.00", "x", "9" * 5_000]
    assert list(sent_texts(POST.request("a", body=body), {})) == ["a", *told]


def test_a_body_that_cannot_be_parsed_is_one_text() -> None:
    """It is what the caller calls raw JSON."""
    for raw in (b'{"text": "Ada Lovelace"', b"[" * 100_000 + b'"Ada Lovelace"'):
        texts = list(sent_texts(POST.request("a", body={"raw": msgspec.Raw(raw)}), {}))
        assert _left("who is Ada Lovelace?", texts) == "who is …?"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("text is too long", "text is too long"),
        (f"cannot send {TEXT}!", "cannot send …!"),
        (f"cannot send {TEXT.upper()}!", "cannot send …!"),
        ("cannot send 'Dear \"Ada\", the...'", "cannot send '…...'"),
        ('{\\"text\\": \\"the s\\u00f6ng costs\\"}', '{\\"text\\": \\"…\\"}'),
        ("bad text=the%20s%C3%B6ng%20costs", "bad text=…"),
        ("no user Bob here, nor Bobby", "no user … here, nor Bobby"),
        ("no ok", "no ok"),
    ],
)
def test_what_words_lose(words: str, left: str) -> None:
    assert _left(words, [TEXT, "Bob", "ok", ""]) == left


def test_long_words_are_cut_and_what_is_cut_shows_no_rest() -> None:
    assert _left("x" * 1000, []) == "x" * 300
    assert _left("x " * 147 + "is Lovelace", ["Ada Lovelace"]) == "x " * 147 + "is…"[:3]


ADDRESSES = ["https://hooks.example.com/secret-path", "http://www.example.com/other", "https://www.example.com"]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("see https://docs.provider.io/errors", "see https://docs.provider.io/errors"),
        ("see http://docs.provider.io/errors", "see http://docs.provider.io/errors"),
        ("see HTTPS://WWW.PROVIDER.IO", "see HTTPS://WWW.PROVIDER.IO"),
        ("see https:\\/\\/docs.provider.io", "see https:\\/\\/docs.provider.io"),
        ("see https%3A%2F%2Fdocs.provider.io", "see https%3A%2F%2Fdocs.provider.io"),
        (
            "cannot reach https://hooks.example.com/secret-path, see https://docs.provider.io",
            "cannot reach https://…, see https://docs.provider.io",
        ),
        ("cannot reach https%3A%2F%2Fhooks.example.com%2Fsecret-path", "cannot reach https%3A%2F%2F…"),
        ("cannot reach http://www.example.com/other", "cannot reach http://www…"),
        ("cannot reach HTTP://EXAMPLE.COM/OTHER", "cannot reach HTTP://…"),
    ],
)
def test_the_beginning_of_an_address_is_no_repetition(words: str, left: str) -> None:
    assert _left(words, ADDRESSES) == left


@pytest.mark.parametrize("letters", ["ΟΔΟΣ ΟΔΟΣ", "gassen und wege", "ПРИВЕТ, МИР"])
def test_letters_of_any_case_and_kind(letters: str) -> None:
    for said in (letters, letters.upper(), letters.lower()):
        assert _left(f"no: {letters}!", [said]) == "no: …!"


def test_a_letter_that_grows_when_it_is_made_small_shifts_nothing() -> None:
    assert _left("İİİ no: Ankara'ya gel!", ["ANKARA'YA GEL"]) == "İİİ no: …!"
    assert _left("İİİ no: abc!", ["İSTANBUL'DA", "abc"]) == "İİİ no: …!"


def _steps(work: Callable[[], object]) -> int:
    """How many instructions of Python the work takes."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    gc.disable()  # what is collected may run code of others
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
        gc.enable()
    return count


def _slices(work: Generator[None, None, list[str]]) -> tuple[list[int], str]:
    """How many instructions of Python each slice of the work takes, and what is left of the words."""
    left: list[str] = []

    def step() -> None:
        try:
            next(work)
        except StopIteration as end:
            left.extend(end.value)

    slices = []
    while not left:
        slices.append(_steps(step))
    return slices, left[0]


def _prose(length: int, seed: int = 7) -> str:
    words = ("the", "order", "number", "was", "sent", "on", "Monday", "to", "your", "address", "in", "Lübeck")
    chosen = random.Random(seed)  # noqa: S311 -- no secret
    return " ".join(chosen.choice(words) + str(chosen.randrange(999)) for _ in range(length // 7))[:length]


WIDE = _prose(308, seed=8)
SAID: dict[str, Callable[[int], list[str]]] = {
    "prose": lambda length: [_prose(length)],
    "one letter": lambda length: ["t" * length],
    "many short ones": lambda length: [f"n{number:05}" for number in range(length // 6)],
    "many long ones": lambda length: [f"+49 151 {number:08}" for number in range(length // 16)],
    "itself": lambda length: [WIDE * (length // len(WIDE))],
}


@pytest.mark.parametrize("kind", SAID)
def test_the_work_grows_with_the_texts_and_comes_in_small_slices(kind: str) -> None:
    """It was a search of up to 40,000 letters for each of 400 runs, at one go."""

    some, ten_times = (_slices(without_echo([WIDE], SAID[kind](length)))[0] for length in (10_000, 100_000))
    assert len(ten_times) <= 11 * len(some)
    assert len(ten_times) > 100_000 / echo._PORTION / 2
    assert max(some + ten_times) < 50_000


@pytest.mark.parametrize(
    "body",
    [
        {"text": "y" * 80_000},
        {"text": "".join(f"{number} 🙂\n" for number in range(4_000))},
        {"to": [f"+49 151 {number:08}" for number in range(1_200)]},
        {"to": [{"phone": f"+49151{number:08}", "name": f"name {number}"} for number in range(600)]},
        {"ids": list(range(1_000_000, 1_002_400))},
    ],
    ids=["one text", "characters that are escaped", "many texts", "many objects", "numbers"],
)
def test_a_large_body_is_looked_through_in_small_slices(body: Any) -> None:
    words = "no canary here \\ & % " + _prose(300)
    texts = sent_texts(POST.request("a", body={**body, "secret": "canary here"}), {})
    slices, left = _slices(without_echo([words], texts))
    assert len(slices) > 8
    assert max(slices) < 50_000
    assert left.startswith("no … \\ & % ")


def test_an_answer_of_any_length_costs_no_more() -> None:
    texts = [_prose(1_000)]
    short, long = (_steps(lambda words=words: _left(words, texts)) for words in ("y" * 308, "y" * 39_000))  # type: ignore[misc]
    assert short == long


@pytest.mark.parametrize("words", ["no: the canary-text, no", "no \\ % &: the canary-text, no"])
def test_what_lies_on_the_edge_of_a_slice_is_found(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for portion in (96, 240):
        monkeypatch.setattr(echo, "_PORTION", portion)
        for before in range(2 * portion):
            for texts in (["." * before + "canary-text" + ";" * portion], ["." * before, "canary-text", ";" * portion]):
                assert _left(words, texts) == words.replace("canary-text", "…")


def _naive(words: str, texts: list[str]) -> str:
    """The words without what they repeat, as simple as it can be said."""
    small, hidden = words.lower(), set[int]()
    for start in range(len(words) - 7):
        if any(small[start : start + 8] in text.lower() for text in texts):
            hidden.update(range(start, start + 8))
    for text in (text.lower() for text in texts if 3 <= len(text) < 8):
        for start in range(len(words) - len(text) + 1):
            edges = small[start - 1 : start] + small[start + len(text) : start + len(text) + 1]
            if small.startswith(text, start) and not re.search(r"\w", edges):
                hidden.update(range(start, start + len(text)))
    return re.sub("\0+", "…", "".join("\0" if at in hidden else letter for at, letter in enumerate(words)))


_LETTERS = st.text(alphabet="abAB é.", max_size=40)


@settings(max_examples=examples(300))
@given(words=_LETTERS, texts=st.lists(_LETTERS, max_size=4), repeats=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30))))
def test_exactly_what_repeats_is_lost(words: str, texts: list[str], repeats: list[tuple[int, int]]) -> None:
    for which, start in repeats[:3]:
        words += texts[which][start : start + 11] if which < len(texts) else " "
    with mock.patch.object(echo, "_PORTION", 24):
        assert _left(words, texts) == _naive(words, texts)


@settings(max_examples=examples(180))
@given(before=st.text(max_size=20), text=st.text(alphabet='abc é\\"<&%', min_size=8, max_size=30), after=st.text(max_size=500))
def test_no_run_of_a_text_stays(before: str, text: str, after: str) -> None:
    left = _left(before + text + after, [text]).lower()
    assert not any(text[start : start + 8].lower() in left for start in range(len(text) - 7))


async def test_other_tasks_run_while_much_is_looked_through(wire: Wire) -> None:
    """Neither the 1,000,000 characters that were sent nor the 39,000 of the answer show, and neither holds the loop."""
    text = _prose(1_000_000)
    wire.answers("POST", {"error": {"message": f"cannot send {text[500_000:539_000]}"}}, status=400)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with ConvoreClient(api_key="k", base_url=wire.base_url) as client:
        beside = asyncio.create_task(others())
        with pytest.raises(aioconvo.BadRequestError) as caught:
            await client.messages.send(channel_id="c1", to=["ada@example.org"], body=text)
        beside.cancel()
    assert caught.value.reason == "HTTP 400: cannot send …"
    assert turns > 100


def test_frames_go_from_the_whole_chain() -> None:
    def fail() -> None:
        try:
            dict[str, str]()["a"]
        except KeyError as first:
            raise LookupError from first

    with pytest.raises(LookupError) as caught:
        fail()
    error = without_frames(caught.value)
    assert error.__traceback__ is None
    assert isinstance(error.__cause__, KeyError)
    assert error.__cause__.__traceback__ is None


def test_signed_headers_show_their_names_only() -> None:
    headers = JWTAuth("key", "secret").headers(0)
    assert repr(headers) == "<Headers Authorization>"
    assert headers["Authorization"].startswith("Bearer ey")
