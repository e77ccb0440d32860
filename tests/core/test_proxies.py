"""What the environment says of proxies, as a table, and what of it leaves this process."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, strategies as st
from yarl import URL

import aioconvo
from aioconvo.core.wire.proxies import proxies_of

A, B, C = "http://a.test:1", "http://b.test:2", "http://c.test:3"


def _proxy(variables: Mapping[str, str], url: str) -> str | None:
    found = proxies_of(variables).of(URL(url))
    return None if found is None else str(found).rstrip("/")


@pytest.mark.parametrize(
    ("variables", "of_https", "of_http"),
    [
        ({}, None, None),
        ({"HTTPS_PROXY": A}, A, None),
        ({"https_proxy": A}, A, None),
        ({"HTTP_PROXY": A}, None, A),
        ({"http_proxy": A}, None, A),
        ({"ALL_PROXY": A}, A, A),
        ({"all_proxy": A}, A, A),
        ({"HTTPS_PROXY": A, "HTTP_PROXY": B, "ALL_PROXY": C}, A, B),
        ({"HTTPS_PROXY": A, "ALL_PROXY": C}, A, C),
        ({"https_proxy": A, "HTTPS_PROXY": B}, A, None),
        ({"https_proxy": "", "HTTPS_PROXY": B}, None, None),
        ({"https_proxy": " ", "ALL_PROXY": C}, C, C),
        ({"HTTPS_PROXY": "a.test:1"}, A, None),
        ({"HTTPS_PROXY": f" {A}/ "}, A, None),
        ({"HTTPS_PROXY": "https://a.test:1"}, "https://a.test:1", None),
        ({"HTTPS_PROXY": "http://u:p%40@a.test:1"}, "http://u:p%40@a.test:1", None),
        ({"HTTPS_PROXY": "http://[::1]:3128"}, "http://[::1]:3128", None),
        # A CGI program gets a client's header `Proxy` as HTTP_PROXY.
        ({"HTTP_PROXY": A, "REQUEST_METHOD": "GET"}, None, None),
        ({"HTTP_PROXY": A, "REQUEST_METHOD": ""}, None, None),
        ({"HTTP_PROXY": A, "REQUEST_METHOD": "GET", "ALL_PROXY": C}, C, C),
        ({"http_proxy": A, "HTTPS_PROXY": B, "REQUEST_METHOD": "GET"}, B, A),
        ({"Https_Proxy": A, "PROXY": B, "HTTPS_PROXY_": C}, None, None),
    ],
)
def test_which_variable_counts(variables: dict[str, str], of_https: str | None, of_http: str | None) -> None:
    assert _proxy(variables, "https://api.example.com/x") == of_https
    assert _proxy(variables, "http://api.example.com/x") == of_http


@pytest.mark.parametrize(
    ("no_proxy", "without", "through"),
    [
        ("*", ["https://api.example.com", "http://10.0.0.1", "https://[fd00::1]"], []),
        ("example.com", ["https://example.com", "https://api.example.com", "https://EXAMPLE.com."], ["https://badexample.com"]),
        (".example.com", ["https://example.com", "https://api.example.com"], ["https://badexample.com"]),
        ("*.example.com", ["https://api.example.com", "https://a.b.example.com"], ["https://example.com"]),
        ("EXAMPLE.com.", ["https://api.example.com"], ["https://example.org"]),
        ("*example.com", ["https://badexample.com", "https://example.com"], ["https://example.com.org"]),
        ("api-*.example.com", ["https://api-eu.example.com"], ["https://api.example.com"]),
        ("com", ["https://example.com"], ["https://example.org"]),
        ("example.com:8443", ["https://example.com:8443", "https://a.example.com:8443"], ["https://example.com"]),
        ("example.com:443", ["https://example.com"], ["https://example.com:8443", "http://example.com"]),
        ("*.example.com:443", ["https://a.example.com"], ["http://a.example.com"]),
        ("a.test, b.test", ["https://a.test", "https://b.test"], ["https://c.test"]),
        ("a.test b.test,,  c.test ", ["https://a.test", "https://b.test", "https://c.test"], ["https://d.test"]),
        ("10.1.2.3", ["https://10.1.2.3"], ["https://10.1.2.30", "https://9.10.1.2"]),
        ("10.0.0.0/8", ["https://10.1.2.3", "http://10.255.255.255:81"], ["https://11.0.0.1", "https://10.example.com"]),
        ("10.1.2.3/8", ["https://10.200.0.1"], ["https://11.0.0.1"]),
        ("10.0.0.0/8:81", [], ["https://10.1.2.3"]),
        ("10.1.2.3:8080", ["https://10.1.2.3:8080"], ["https://10.1.2.3"]),
        ("192.168.*", ["https://192.168.7.7"], ["https://192.169.7.7"]),
        ("2.3", [], ["https://10.1.2.3"]),
        ("::1", ["https://[::1]"], ["https://[::2]", "https://0.0.0.1"]),
        ("[::1]", ["https://[0:0:0:0:0:0:0:1]"], ["https://[::2]"]),
        ("[::1]:8443", ["https://[::1]:8443"], ["https://[::1]"]),
        ("fd00::/8", ["https://[fdab::1]"], ["https://[fe80::1]", "https://10.0.0.1"]),
        ("0.0.0.0/0", ["https://10.1.2.3"], ["https://[::1]", "https://example.com"]),
        ("localhost,127.0.0.1", ["http://localhost:8000", "http://127.0.0.1:8000"], ["http://127.0.0.2"]),
        ("bücher.example", ["https://xn--bcher-kva.example", "https://api.bücher.example"], ["https://bucher.example"]),
        ("*.bücher.example", ["https://api.xn--bcher-kva.example"], ["https://bücher.example"]),
        ("", [], ["https://example.com", "http://localhost"]),
        (",", [], ["https://example.com"]),
    ],
)
def test_what_is_reached_without(no_proxy: str, without: list[str], through: list[str]) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        variables = {"ALL_PROXY": A, name: no_proxy}
        assert [_proxy(variables, url) for url in without] == [None] * len(without)
        assert [_proxy(variables, url) for url in through] == [A] * len(through)


def test_the_exceptions_in_lower_case_go_before_those_in_upper_case() -> None:
    assert _proxy({"ALL_PROXY": A, "no_proxy": "", "NO_PROXY": "*"}, "https://example.com") == A


@given(no_proxy=st.text(max_size=60), host=st.from_regex(r"[a-z0-9]{1,9}(\.[a-z]{1,9}){0,3}", fullmatch=True))
def test_any_text_is_read_and_a_host_that_is_named_is_reached_without(no_proxy: str, host: str) -> None:
    assert _proxy({"ALL_PROXY": A, "no_proxy": no_proxy}, f"https://{host}") in {None, A}
    assert _proxy({"ALL_PROXY": A, "no_proxy": f"{no_proxy},{host}"}, f"https://{host}") is None


@pytest.mark.parametrize(
    "value",
    ["socks5://u:KANARI@p.test:1", "http://u:KANARI@", "http://p.test:99999/KANARI", "http://p.test/KANARI", "http://KANARI p"],
)
@pytest.mark.parametrize("name", ["https_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_variable_that_names_no_proxy_is_told_by_its_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _clear(monkeypatch)
    monkeypatch.setenv(name, value)
    with pytest.raises(aioconvo.ConfigurationError, match=f"the variable {name} must be a URL") as caught:
        aioconvo.SessionPool(proxy="env")
    assert "KANARI" not in repr(caught.value)
    aioconvo.SessionPool()


def _clear(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "request_method"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_what_is_shown_holds_no_proxy() -> None:
    found = proxies_of({"HTTPS_PROXY": "http://user:KANARI@p.test:1", "NO_PROXY": "a.test"})
    assert repr(found) == "<Proxies for https, 1 exceptions>"
