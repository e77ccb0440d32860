"""Settings are checked before anything is sent, and the message names the fix."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given, strategies as st

import aioconvo
from aioconvo.core.access import settings
from aioconvo.core.access.environment import Environment
from aioconvo.core.errors import ConfigurationError


@pytest.mark.parametrize(
    ("url", "origin", "prefix"),
    [
        ("https://api.example.com", "https://api.example.com", ""),
        ("https://api.example.com/", "https://api.example.com", ""),
        ("https://api.example.com:8443/sc/", "https://api.example.com:8443", "/sc"),
        ("HTTPS://API.example.com/a/b", "https://api.example.com", "/a/b"),
        ("https://api.example.com.", "https://api.example.com.", ""),
        ("https://[2001:db8:1111:2222:3333:4444:5555:6666]:8443", "https://[2001:db8:1111:2222:3333:4444:5555:6666]:8443", ""),
        ("http://localhost:1", "http://localhost:1", ""),
        ("http://127.0.0.1:1/x", "http://127.0.0.1:1", "/x"),
        ("http://127.9.9.9", "http://127.9.9.9", ""),
        ("http://[::1]:1", "http://[::1]:1", ""),
    ],
)
def test_base_urls(url: str, origin: str, prefix: str) -> None:
    found, path = settings.base_url(url, allow_http=False)
    assert (str(found).rstrip("/"), path) == (origin, prefix)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://api.example.com", "allow_http"),
        ("http://localhost.evil.com", "allow_http"),
        ("http://127.0.0.1.evil.com", "allow_http"),
        ("http://10.0.0.1", "allow_http"),
        ("ftp://x", "https://"),
        ("//api.example.com", "https://"),
        ("api.example.com", "https://"),
        ("file:///etc/passwd", "https://"),
        ("", "https://"),
        ("https://", "host|URL"),
        ("https://user:canary@host", "only scheme"),
        ("https://user@host", "only scheme"),
        ("https://host?canary=1", "only scheme"),
        ("https://host#canary", "only scheme"),
        ("https://host:99999", "no URL"),
        ("https://host:port", "no URL"),
        ("https://]\u00ec\u00f4..#@?", "no URL"),
        ("https://.example.com", "no URL"),
        ("https://api..example.com", "no URL"),
        (f"https://{64 * 'a'}.example.com", "no URL"),
        (None, "no URL"),
        (5, "no URL"),
    ],
)
def test_base_urls_that_are_refused(url: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        settings.base_url(url, allow_http=False)
    assert "canary" not in str(caught.value)


def test_http_by_consent() -> None:
    assert settings.base_url("http://10.0.0.1/x", allow_http=True)[1] == "/x"


@given(st.text(max_size=30))
def test_any_base_url_is_taken_or_refused(text: str) -> None:
    try:
        origin, prefix = settings.base_url("https://" + text, allow_http=False)
    except ConfigurationError:
        return
    assert origin.scheme == "https"
    assert origin.user is None
    assert not prefix.endswith("/")


@pytest.mark.parametrize(
    ("given_headers", "words"),
    [
        ({"X A": "b"}, "no header name"),
        ({"": "b"}, "no header name"),
        ({"X-A\r\nX-B": "b"}, "no header name"),
        ({"X-A:": "b"}, "no header name"),
        ({"X-A": 5}, "the value of header X-A must be text; got int"),
        ({"X-A": b"canary"}, "the value of header X-A must be text; got bytes"),
        ({"X-A": "canary\r\nX-B: c"}, "may carry"),
        ({"X-A": "canary\0"}, "may carry"),
        ({"X-A": "canaryé"}, "may carry"),
        ({"authorization": "canary"}, "client itself"),
        ({"Host": "canary"}, "client itself"),
        ({"Content-Length": "1"}, "client itself"),
        ({"TRANSFER-ENCODING": "chunked"}, "client itself"),
        ({"Accept-Encoding": "br"}, "client itself"),
    ],
)
def test_headers_that_are_refused(given_headers: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        settings.headers(given_headers)
    assert "canary" not in str(caught.value)


def test_merged_headers_are_never_doubled() -> None:
    merged = settings.merge_headers({"Accept": "a", "User-Agent": "b"}, {"user-agent": "mine", "X-A": "c"})
    assert merged == {"Accept": "a", "user-agent": "mine", "X-A": "c"}


@pytest.mark.parametrize("value", [None, "", "  ", "\n"])
def test_texts_that_must_be_there(value: str | None) -> None:
    with pytest.raises(ConfigurationError, match="app_id is missing: give the id"):
        settings.text("app_id", value, "the id")


def test_words_to_choose_from() -> None:
    assert settings.one_of("scope", "app", ("app", "account")) == "app"
    with pytest.raises(ConfigurationError, match=r"^scope must be app or account; got 'user'$"):
        settings.one_of("scope", "user", ("app", "account"))
    with pytest.raises(ConfigurationError, match=r"^scope must be app, account or integration; got None$"):
        settings.one_of("scope", cast("Any", None), ("app", "account", "integration"))


@pytest.mark.parametrize(("value", "kind"), [(5, "int"), (b"canary", "bytes")])
def test_texts_that_are_none_are_refused(value: Any, kind: str) -> None:
    with pytest.raises(ConfigurationError, match=f"app_id must be text; got {kind}") as caught:
        settings.text("app_id", value, "the id")
    assert "canary" not in str(caught.value)


def test_the_environment() -> None:
    variables = {"AIOCONVO_X_KEY": " k ", "AIOCONVO_X_EMPTY": " ", "AIOCONVO_X_BASE_URL": "https://h", "AIOCONVO_Y_A": "b"}
    env = Environment("x", variables)
    assert env.name("KEY") == "AIOCONVO_X_KEY"
    assert env.get("KEY") == "k"
    assert env.get("EMPTY") is None
    assert env.get("A") is None
    env.require(("KEY", "your key"))
    assert env.given("KEY", "EMPTY", "A", "BASE_URL") == {"key": "k", "base_url": "https://h"}
    with pytest.raises(ConfigurationError, match="set AIOCONVO_X_EMPTY to your key"):
        env.require(("EMPTY", "your key"))
    with pytest.raises(ConfigurationError, match=r"^set AIOCONVO_X_EMPTY to a and AIOCONVO_X_A to b, or AIOCONVO_X_C$"):
        env.require(("EMPTY", "a"), ("KEY", "k"), ("A", "b"), instead=", or AIOCONVO_X_C")


_KEY = "abc.DEF-123_=/+"
PASTED = [
    ("Bearer {}", "begins with 'Bearer'; give what comes after it"),
    ("bearer  {}", "begins with 'bearer'"),
    ("Basic {}", "begins with 'Basic'"),
    ("Authorization: Bearer {}", "begins with 'Authorization: Bearer'"),
    ("X-API-KEY: {}", "begins with 'X-API-KEY:'"),
    ('"{}"', "quotation marks; give it without"),
    ("'{}'", "quotation marks"),
    ("`{}`", "quotation marks"),
    ('"{}', "quotation marks"),
    ("\u201c{}\u201d", "quotation marks"),
    ("\u2018{}\u2019", "quotation marks"),
    ("\u00ab{}\u00bb", "quotation marks"),
    ("Bearer:{}", "begins with 'Bearer:'"),
    ("\ufeff{}", "maybe one that is not seen"),
    ("{}\u200b", "maybe one that is not seen"),
    (" {}", "a space or a line break; give it without"),
    ("{} ", "a space"),
    ("{}\n", "a line break"),
    ("{}\tx", "a space or a line break"),
    ("{} x", "a space"),
]
KEYED: dict[str, Callable[[str], object]] = {
    "api_key": lambda key: aioconvo.ConvoreClient(api_key=key),
    "api_key of SMS.CX": lambda key: aioconvo.SmscxClient(api_key=key),
    "token": lambda key: aioconvo.SmscxClient(token=key),
    "application_id": lambda key: aioconvo.SmscxClient(application_id=key, application_secret="s"),
    "application_secret": lambda key: aioconvo.SmscxClient(application_id="a", application_secret=key),
    "key_id": lambda key: aioconvo.SunshineClient(app_id="a", key_id=key, secret="s"),
    "secret": lambda key: aioconvo.SmoochClient(app_id="a", key_id="k", secret=key, auth="jwt"),
    "token in place of a key": lambda key: aioconvo.SunshineClient(app_id="a", token=key),
    "simple_key": lambda key: aioconvo.UltraCartClient(simple_key=key),
    "client_id": lambda key: aioconvo.UltraCartClient(client_id=key, refresh_token="r"),
    "refresh_token": lambda key: aioconvo.UltraCartClient(client_id="a", refresh_token=key),
}


@pytest.mark.parametrize("kind", KEYED)
def test_keys_with_more_than_the_key_are_refused(kind: str) -> None:
    KEYED[kind](_KEY)
    for form, words in PASTED:
        with pytest.raises(ConfigurationError, match=words) as caught:
            KEYED[kind](form.format(_KEY))
        assert str(caught.value).startswith(kind.split(" ", maxsplit=1)[0])
        assert _KEY not in str(caught.value)


_FOR_A_KEY = ("KEY_ID", "SECRET", "TOKEN")
MISSING: list[tuple[type[Any], dict[str, str], tuple[str, ...]]] = [
    (aioconvo.SmscxClient, {}, ("API_KEY", "TOKEN", "APPLICATION_ID", "APPLICATION_SECRET")),
    (aioconvo.SmscxClient, {"APPLICATION_ID": "a"}, ("APPLICATION_SECRET",)),
    (aioconvo.SunshineClient, {}, ("APP_ID", *_FOR_A_KEY)),
    (aioconvo.SunshineClient, {"APP_ID": "a"}, _FOR_A_KEY),
    (aioconvo.SunshineClient, {"SECRET": "s"}, ("APP_ID", "KEY_ID", "TOKEN")),
    (aioconvo.SunshineClient, {"TOKEN": "t"}, ("APP_ID",)),
    (aioconvo.SmoochClient, {}, ("APP_ID", *_FOR_A_KEY)),
    (aioconvo.SmoochClient, {"KEY_ID": "k"}, ("APP_ID", "SECRET", "TOKEN")),
    (aioconvo.ConvoreClient, {}, ("API_KEY",)),
    (aioconvo.UltraCartClient, {}, ("SIMPLE_KEY", "TOKEN", "CLIENT_ID", "REFRESH_TOKEN")),
    (aioconvo.UltraCartClient, {"REFRESH_TOKEN": "r"}, ("CLIENT_ID",)),
]


@pytest.mark.parametrize(("client", "given", "names"), MISSING)
def test_every_variable_that_is_missing_is_named(client: type[Any], given: dict[str, str], names: tuple[str, ...]) -> None:
    prefix = f"AIOCONVO_{client.provider.upper()}_"
    with pytest.raises(ConfigurationError) as caught:
        client.from_env(environ={prefix + name: value for name, value in given.items()})
    assert set(re.findall(rf"{prefix}(\w+)", str(caught.value))) == set(names)


@pytest.mark.parametrize(
    ("client", "key"),
    [(aioconvo.SmscxClient, "API_KEY"), (aioconvo.ConvoreClient, "API_KEY"), (aioconvo.UltraCartClient, "SIMPLE_KEY")],
)
def test_a_variable_names_the_account_where_there_is_no_app_id(client: type[Any], key: str) -> None:
    prefix = f"AIOCONVO_{client.provider.upper()}_"
    environ = {prefix + key: "k"}
    assert client.from_env(environ=environ).account is None
    environ[prefix + "ACCOUNT"] = "tenant-7"
    assert client.from_env(environ=environ).account == "tenant-7"
    assert client.from_env(environ=environ, account="given").account == "given"


def test_the_real_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIOCONVO_TESTED_KEY", "k")
    assert Environment("tested").get("KEY") == "k"


@pytest.mark.parametrize(
    ("name", "holds_a_key"),
    [
        ("Authorization", True),
        ("X-API-Key", True),
        ("x-ultracart-simple-key", True),
        ("Idempotency-Key", False),
        ("X-Keys", False),
        ("X-Request-Id", False),
    ],
)
def test_headers_that_hold_keys(name: str, holds_a_key: bool) -> None:
    assert settings.is_key_header(name) is holds_a_key
