"""What a provider's words lose because the request said it, and what they keep."""

from __future__ import annotations

import base64
import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from aioconvo.core.auth import BasicAuth, HeaderAuth, JWTAuth
from aioconvo.core.echo import sent_texts, without_echo
from aioconvo.core.hidden import without_frames
from aioconvo.core.operation import Effect, Operation

POST: Operation[Any] = Operation("x.things.post", "PostThing", "POST", "/v2/things/{id}", None, Effect.UNSAFE)
FORM: Operation[Any] = Operation("x.token", "Token", "POST", "/oauth/token", None, Effect.READ, form=True)
TEXT = 'Dear "Ada", the söng costs 5 % more'


def test_every_text_of_a_request_is_found() -> None:
    body = {"type": "text", "to": [{"phone": 4915550007777, "vip": True}], "text": TEXT, "none": None}
    request = POST.request("a/b", query=[("q", "who & what")], body=body)
    credentials = BasicAuth("key", "s:ecret").headers(0)
    pair = base64.b64encode(b"key:s:ecret").decode()
    assert sent_texts(request, credentials) == ["a/b", "who & what", "4915550007777", TEXT, pair, "key", "s:ecret"]
    form = FORM.request(body={"grant_type": "refresh_token", "refresh_token": "r 1"})
    assert sent_texts(form, HeaderAuth("X-API-KEY", "k1").headers(0)) == ["r 1", "k1"]
    assert sent_texts(POST.request("a"), {"Authorization": "Basic no-base64"}) == ["a", "no-base64", ""]


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
    assert without_echo(words, [TEXT, "Bob", "ok", ""]) == left


def test_long_words_are_cut_and_what_is_cut_shows_no_rest() -> None:
    assert without_echo("x" * 1000, []) == "x" * 300
    assert without_echo("x " * 147 + "is Lovelace", ["Ada Lovelace"]) == "x " * 147 + "is…"[:3]


def test_words_about_very_much_text_are_dropped() -> None:
    assert without_echo("anything", ["y" * 12_001]) == "…"


@pytest.mark.parametrize("sign", ["100 %", "\\u0041", "&amp;"])
def test_a_text_counts_in_every_spelling_that_is_looked_for(sign: str) -> None:
    """Three thousand emoji have 36,000 characters in a URL and in JSON, which would hold up the event loop for long."""
    texts = [f"{number}" + "🙂<" * 600 for number in range(5)]
    assert without_echo("a text is too long", texts) == "a text is too long"
    assert without_echo(f"a text is too long: {sign}", texts) == "…"
    assert without_echo(f"a text is too long: {sign}", ["plain words", "a - b"]) == f"a text is too long: {sign}"


def test_a_body_too_large_to_look_through_drops_the_words() -> None:
    assert sent_texts(POST.request("a", body={"text": "y" * 48_001}), {}) is None
    assert without_echo("anything", None) == "…"


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
    assert without_echo(words, ADDRESSES) == left


@pytest.mark.parametrize("letters", ["ΟΔΟΣ ΟΔΟΣ", "gassen und wege", "ПРИВЕТ, МИР"])
def test_letters_of_any_case_and_kind(letters: str) -> None:
    for said in (letters, letters.upper(), letters.lower()):
        assert without_echo(f"no: {letters}!", [said]) == "no: …!"


def test_a_letter_that_grows_when_it_is_made_small_shifts_nothing() -> None:
    assert without_echo("İİİ no: Ankara'ya gel!", ["ANKARA'YA GEL"]) == "İİİ no: …!"
    assert without_echo("İİİ no: abc!", ["İSTANBUL'DA", "abc"]) == "İİİ no: …!"


def _steps(work: Callable[[], object]) -> int:
    """How many instructions of Python the work takes."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


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
def test_the_work_grows_with_the_texts_and_stays_small(kind: str) -> None:
    """It was a search of up to 40,000 letters for each of 400 runs."""
    some, all_ = (_steps(lambda length=length: without_echo(WIDE, SAID[kind](length))) for length in (3_000, 11_900))  # type: ignore[misc]
    texts = SAID[kind](11_900)
    assert _steps(lambda: without_echo(WIDE, texts)) < 150_000
    assert all_ < 5 * some
    assert _steps(lambda: without_echo(WIDE, SAID[kind](39_000))) < _steps(lambda: SAID[kind](39_000)) + 30


def test_an_answer_of_any_length_costs_no_more() -> None:
    texts = [_prose(1_000)]
    short, long = (_steps(lambda words=words: without_echo(words, texts)) for words in ("y" * 308, "y" * 39_000))  # type: ignore[misc]
    assert short == long


@settings(max_examples=180, deadline=None)
@given(before=st.text(max_size=20), text=st.text(alphabet='abc é\\"<&%', min_size=8, max_size=30), after=st.text(max_size=500))
def test_no_run_of_a_text_stays(before: str, text: str, after: str) -> None:
    left = without_echo(before + text + after, [text]).lower()
    assert not any(text[start : start + 8].lower() in left for start in range(len(text) - 7))


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
