"""No credential leaves its origin: redirects and links of every form, counted at a stranger's listener (R17, R18)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import trustme

import aioconvo
from aioconvo.core.wire.pool import SessionPool
from tests.faults.foreign import KINDS, SECRET, TOKEN_ANSWER, Kind, foreign_server, forms_of, is_token_call
from tests.faults.server import Answer, FaultServer, Seen, Step

STATUSES = (300, 301, 302, 303, 304, 307, 308)


class Redirector:
    """Sends every request elsewhere; token calls too when `token_calls`."""

    def __init__(self) -> None:
        self.status = 302
        self.location = ""
        self.token_calls = False

    def __call__(self, seen: Seen) -> Step:
        if is_token_call(seen) and not self.token_calls:
            return TOKEN_ANSWER
        return Answer(self.status, b"", [("Location", self.location + seen.target)])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def contexts(authority: trustme.CA) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's side and the trusting client's."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server_side)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    return server_side, trusting


async def _refused(kind: Kind, client: Any, origin: FaultServer, redirector: Redirector, location: str) -> int:
    """Try every status with a read and with a call with outside effects; how many calls were made."""
    redirector.location = location
    calls = 0
    for redirector.status in STATUSES:
        for call in (kind.call, kind.effects):
            before = len([seen for seen in origin.seen if not is_token_call(seen) or redirector.token_calls])
            with pytest.raises(aioconvo.UnexpectedRedirectError) as caught:
                await call(client)
            after = len([seen for seen in origin.seen if not is_token_call(seen) or redirector.token_calls])
            assert (caught.value.status, caught.value.attempts, after - before) == (redirector.status, 1, 1)
            assert SECRET not in str(caught.value) + repr(caught.value)
            calls += 1
    return calls


def _assert_untouched(foreign: FaultServer, origin: FaultServer) -> None:
    assert (foreign.connections, len(foreign.seen)) == (0, 0)
    # The test has teeth only where the origin did get the secret.
    wire = b"".join(seen.head + seen.body for seen in origin.seen)
    assert any(form in wire for form in (*forms_of(SECRET), b"Bearer eyJ"))


@pytest.mark.parametrize("name", KINDS)
async def test_no_redirect_is_followed(name: str, contexts: Any, record_property: Any) -> None:
    """R17: status x {other port, other name, other host, scheme-relative, userinfo, downgrade} x this kind of credential."""
    kind, redirector, calls = KINDS[name], Redirector(), 0
    server_side, trusting = contexts
    async with FaultServer(redirector) as origin, foreign_server() as foreign:
        neighbour = FaultServer(lambda _seen: Answer(), host="127.0.0.2")
        neighbour.port = origin.port
        async with neighbour, SessionPool() as pool:
            port = foreign.port
            for location in (
                f"http://127.0.0.1:{port}",
                f"http://localhost:{port}",
                f"//127.0.0.1:{port}",
                f"http://127.0.0.1:{origin.port}@127.0.0.1:{port}",
                neighbour.base_url,
            ):
                client = kind.make(origin.base_url, pool)
                calls += await _refused(kind, client, origin, redirector, location)
                if kind.fetches_token:
                    redirector.token_calls = True
                    calls += await _refused(kind, kind.make(origin.base_url, pool), origin, redirector, location)
                    redirector.token_calls = False
        _assert_untouched(foreign, origin)
        assert neighbour.connections == 0
    async with FaultServer(redirector, context=server_side) as origin, foreign_server() as foreign:
        async with SessionPool(ssl=trusting) as pool:
            client = kind.make(origin.base_url, pool)
            calls += await _refused(kind, client, origin, redirector, foreign.base_url)
        _assert_untouched(foreign, origin)
    record_property("figure", f"{calls} redirects refused, 0 requests at the stranger")
    print(f"{name}: {calls} redirects refused, 0 requests and 0 connections at the stranger")  # noqa: T201 -- the figure


# Links in answers: of whatever form, only a cursor is taken from them.


def tricks(port: int, origin: str) -> Iterator[str]:
    """Links to a stranger in every form that ever fooled a client; `{}` is where the query goes."""
    stranger = f"127.0.0.1:{port}"
    host = urlsplit(origin).netloc
    yield f"http://{stranger}/v2/x?{{}}"
    yield f"http://localhost:{port}/v2/x?{{}}"
    yield f"//{stranger}/v2/x?{{}}"
    yield f"///{stranger}/v2/x?{{}}"
    yield f"http:{stranger}/v2/x?{{}}"
    yield f"http://{host}@{stranger}/v2/x?{{}}"
    yield f"http://user:pass@{stranger}/v2/x?{{}}"
    yield f"https://{stranger}/v2/x?{{}}"
    yield f"ftp://{stranger}/v2/x?{{}}"
    yield "file:///etc/passwd?{}"
    yield "javascript:alert(1)?{}"
    yield "data:text/html,x?{}"
    yield f"http://{host}.localhost:{port}/v2/x?{{}}"
    yield f"http://{host}%2f@{stranger}/v2/x?{{}}"
    yield f"http:\\\\{stranger}\\v2\\x?{{}}"
    yield f"\\\\{stranger}\\v2\\x?{{}}"
    yield f"http://{host}\\@{stranger}/v2/x?{{}}"
    yield f"http://127\u30020\uff0e0\uff611:{port}/v2/x?{{}}"
    yield f"http://\u2488\u24ea.test:{port}/v2/x?{{}}"
    yield f"http://a\uff0f{stranger}/v2/x?{{}}"
    yield f"http://[::ffff:127.0.0.1]:{port}/v2/x?{{}}"
    yield f"http://[evil:{port}/v2/x?{{}}"
    yield f"http://2130706433:{port}/v2/x?{{}}"
    yield f"http://127.1:{port}/v2/x?{{}}"
    yield f" http://{stranger}/v2/x?{{}}"
    yield f"http://{stranger}\r\nHost: evil\r\n/v2/x?{{}}"
    yield f"http://{stranger}\t/v2/x?{{}}"
    yield "?{}"
    yield ""


Walk = tuple[str, str, str]
SUNSHINE_WALKS: list[Walk] = [("conversations", "page[after]", "next"), ("messages", "page[before]", "prev")]


def _sunshine_list(client: aioconvo.SunshineClient, noun: str) -> Any:
    return client.messages.list("c") if noun == "messages" else client.conversations.list(user_id="u")


@pytest.mark.parametrize(("noun", "parameter", "direction"), SUNSHINE_WALKS)
async def test_of_sunshines_links_only_the_cursor_is_used(
    noun: str, parameter: str, direction: str, record_property: Any
) -> None:
    """R18: pages whose `meta` has no cursors, so that the links are read."""
    link = ""

    def script(seen: Seen) -> Step:
        if parameter in parse_qs(urlsplit(seen.target).query):
            return Answer(body=msgspec.json.encode({noun: [], "meta": {"hasMore": False}}))
        return Answer(body=msgspec.json.encode({noun: [], "meta": {"hasMore": True}, "links": {direction: link}}))

    walked = refused = 0
    async with FaultServer(script) as origin, foreign_server() as foreign, SessionPool() as pool:
        client = aioconvo.SunshineClient(app_id="a", key_id="KANARI-key", secret=SECRET, base_url=origin.base_url, pool=pool)
        for form in tricks(foreign.port, origin.base_url):
            link, before = form.replace("{}", f"{parameter}=5f1c0ffee"), len(origin.seen)
            try:
                await _sunshine_list(client, noun).collect()
            except aioconvo.PaginationError:
                refused += 1
                assert len(origin.seen) - before == 1
            else:
                walked += 1
                assert len(origin.seen) - before == 2
                told = urlsplit(origin.seen[-1].target)
                assert parse_qs(told.query)[parameter] == ["5f1c0ffee"]
                assert told.path == urlsplit(origin.seen[-2].target).path
        assert (foreign.connections, len(foreign.seen)) == (0, 0)
    assert walked > 15
    figure = f"{walked} walked on at home by cursor, {refused} refused, 0 requests at the stranger"
    record_property("figure", figure)
    print(f"sunshine {noun}: {figure}")  # noqa: T201 -- the figure


async def test_smoochs_links_are_never_followed(record_property: Any) -> None:
    """R18: `next` and `previous` lead anywhere; the walk goes by time, at home."""
    link = ""

    def script(seen: Seen) -> Step:
        after = [] if "before=" in seen.target else [{"_id": f"m{n}", "received": 1000.0 + n} for n in range(100)]
        return Answer(body=msgspec.json.encode({"messages": after, "next": link, "previous": link}))

    walks = 0
    async with FaultServer(script) as origin, foreign_server() as foreign, SessionPool() as pool:
        client = aioconvo.SmoochClient(app_id="a", key_id="KANARI-key", secret=SECRET, base_url=origin.base_url, pool=pool)
        for form in tricks(foreign.port, origin.base_url):
            link = form.replace("{}", "before=1")
            assert len(await client.messages.list("u").collect()) == 100
            assert origin.seen[-1].target == "/v1.1/apps/a/appusers/u/messages?before=1000.001"
            walks += 1
        assert len(origin.seen) == 2 * walks
        assert (foreign.connections, len(foreign.seen)) == (0, 0)
    record_property("figure", f"{walks} walks, 0 requests at the stranger")
    print(f"smooch: {walks} walks, 0 requests at the stranger")  # noqa: T201 -- the figure


async def test_convores_cursors_that_are_urls_stay_values(record_property: Any) -> None:
    """R18: a cursor that is a URL is sent back as a value, to our own origin."""
    cursor = ""

    def script(seen: Seen) -> Step:
        more = {} if "cursor=" in seen.target else {"next_cursor": cursor}
        return Answer(body=msgspec.json.encode({"data": []} | more))

    walks = 0
    async with FaultServer(script) as origin, foreign_server() as foreign, SessionPool() as pool:
        client = aioconvo.ConvoreClient(api_key=SECRET, base_url=origin.base_url, pool=pool)
        for form in filter(None, tricks(foreign.port, origin.base_url)):
            cursor = form.replace("{}", "cursor=1")
            assert await client.conversations.list().collect() == []
            told = urlsplit(origin.seen[-1].target)
            assert told.path == urlsplit(origin.seen[-2].target).path
            assert parse_qs(told.query)["cursor"] == [cursor]
            walks += 1
        assert len(origin.seen) == 2 * walks
        assert (foreign.connections, len(foreign.seen)) == (0, 0)
    record_property("figure", f"{walks} cursors sent back as values, 0 requests at the stranger")
    print(f"convore: {walks} cursors sent back as values, 0 requests at the stranger")  # noqa: T201 -- the figure
