"""What a provider's words lose because the request said it, and what they keep."""

from __future__ import annotations

import base64
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
    assert without_echo("x" * 1000, []) == "x" * 400
    assert without_echo("x " * 197 + "is Lovelace", ["Ada Lovelace"]) == "x " * 197 + "is…"[:3]


def test_words_about_very_much_text_are_dropped() -> None:
    assert without_echo("anything", ["y" * 40_001]) == "…"


@pytest.mark.parametrize("sign", ["100 %", "\\u0041", "&amp;"])
def test_a_text_counts_in_every_spelling_that_is_looked_for(sign: str) -> None:
    """Four thousand emoji have 48,000 characters in a URL and in JSON, which would hold up the event loop for long."""
    text = "🙂<" * 4_000
    assert without_echo("a text is too long", [text]) == "a text is too long"
    assert without_echo(f"a text is too long: {sign}", [text] * 5) == "…"
    assert without_echo(f"a text is too long: {sign}", ["plain words", "a - b"]) == f"a text is too long: {sign}"


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
