"""Ids, query values, headers and bodies stay in their places: read at a raw socket (R19, R20).

5,000 cases from a fixed seed on the built URL, 1,000 of them over the wire too; in the campaign 20,000 on both.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec
import pytest

import aioconvo
from aioconvo import convore, smooch, smscx, sunshine, ultracart
from aioconvo.core.access import settings
from aioconvo.core.access.auth import BasicAuth, BearerAuth, HeaderAuth, JWTAuth
from aioconvo.core.calls.client import APIClient
from aioconvo.core.operations.operation import Operation, Request, raw_request
from aioconvo.core.wire.pool import SessionPool
from tests.campaign import FULL
from tests.faults.server import Answer, FaultServer, Seen

CASES = 20_000 if FULL else 5_000
OVER_THE_WIRE = CASES if FULL else 1_000
SEED = 20261121

PIECES = (
    *("..", ".", "...", "%2e%2e", "%2E.", ".%2e", "%252e", "/", "//", "%2F", "%2f..%2f", "\\", "..\\", "%5c", "..;", ";a=b"),
    *(
        "?",
        "?x=1",
        "&",
        "&y=2",
        "=",
        "#",
        "#f",
        "%23",
        "%3F",
        "@",
        "@evil.test",
        ":",
        ":80",
        "http://evil.test/",
        "//evil.test",
    ),
    *("\0", "%00", "\r", "\n", "\r\n", "%0d%0a", "\r\nX-Evil: 1", "\n\nGET / HTTP/1.1", " HTTP/1.1\r\nHost: evil", "\t", " "),
    *(
        "\x7f",
        "\x85",
        "\u2028",
        "\u2029",
        "\u560a\u560d",
        "\u010a",
        "\u202e",
        "\u200f",
        "\ufeff",
        "\ud800",
        "\udcff",
        "é",
        "é",
        "💩",
    ),
    *(
        "{",
        "}",
        "{id}",
        "$",
        "`",
        "'",
        '"',
        "<",
        ">",
        "|",
        "^",
        "~",
        "+",
        "%",
        "%zz",
        "%u002e",
        "a",
        "id-7",
        "0",
        "\uff0e\uff0e\uff0f",
    ),
)
BARE = re.compile(r"(?:[A-Za-z0-9_.~-]|%[0-9A-F]{2})+")
OWN_HEADERS = {
    *("host", "accept", "accept-encoding", "user-agent", "authorization", "content-type", "content-length"),
    "x-ultracart-api-version",
}


def _operations(module: Any) -> list[Operation[Any]]:
    return list(module.OPERATIONS)


def _clients(base_url: str, pool: SessionPool) -> list[tuple[APIClient, list[Operation[Any]]]]:
    common: Any = {"base_url": base_url, "pool": pool}
    return [
        (aioconvo.SmscxClient(token="t", **common), _operations(smscx)),
        (aioconvo.SunshineClient(app_id="a", token="t", **common), _operations(sunshine)),
        (aioconvo.SmoochClient(app_id="a", token="t", **common), _operations(smooch)),
        (aioconvo.ConvoreClient(api_key="t", **common), _operations(convore)),
        (aioconvo.UltraCartClient(token="t", **common), _operations(ultracart)),
    ]


class Nasty:
    """Texts that were made to break out of their place."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 -- the same cases each time

    def text(self) -> str:
        if self.random.random() < 0.01:
            return self.random.choice(PIECES) * self.random.randint(1_000, 8_000)
        if self.random.random() < 0.1:
            return "".join(chr(self.random.randrange(0x300)) for _ in range(self.random.randint(0, 12)))
        return "".join(self.random.choices(PIECES, k=self.random.choice((0, 1, 1, 2, 2, 3, 5))))

    def value(self) -> Any:
        return self.random.choice((self.text, self.text, lambda: [self.text(), self.text()], self.random.random))()


@dataclasses.dataclass
class Case:
    operation: Operation[Any]
    ids: list[str]
    query: list[tuple[str, Any]]
    body: dict[str, Any] | None
    header: str | None

    @classmethod
    def made(cls, nasty: Nasty, operations: list[Operation[Any]]) -> Case:
        operation = nasty.random.choice(operations)
        body = {nasty.text(): nasty.text(), "text": nasty.text()} if operation.method != "GET" else None
        return cls(
            operation,
            [nasty.text() for _ in operation.parameters],
            [(nasty.text(), nasty.value()) for _ in range(nasty.random.randint(0, 2))],
            body,
            nasty.text() if nasty.random.random() < 0.3 else None,
        )

    def request(self) -> Request[Any]:
        return self.operation.request(*self.ids, query=self.query, body=self.body)

    def pairs(self) -> list[tuple[str, str]]:
        many = ((name, value if isinstance(value, list) else [value]) for name, value in self.query)
        return [(name, str(value)) for name, values in many for value in values]


def _assert_in_place(case: Case, target: str) -> None:
    """The target has the template's segments, each id in its own, and our query."""
    path, mark, query = target.partition("?")
    template = case.operation.path.split("/")
    segments = path.split("/")
    assert len(segments) == len(template)
    ids = iter(case.ids)
    for segment, expected in zip(segments, template, strict=True):
        if expected.startswith("{"):
            assert BARE.fullmatch(segment)
            assert segment not in {".", ".."}
            assert unquote(segment) == next(ids)
        else:
            assert segment == expected
    assert "#" not in target
    assert target.isascii()
    assert target.isprintable()
    assert " " not in target
    assert bool(mark) == bool(query)
    assert parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=10) == case.pairs()


def _may_be_refused(case: Case) -> bool:
    """Whether something in the case has no place in a request at all."""
    parts = [*case.ids, *(text for pair in case.pairs() for text in pair), *(case.body or {}), *(case.body or {}).values()]
    surrogate = any(re.search("[\ud800-\udfff]", part) for part in parts)
    return surrogate or any(one in {"", ".", ".."} or re.search(r"[\x00-\x1f\x7f-\x9f]", one) for one in case.ids)


def _tried(client: APIClient, case: Case) -> str | None:
    """The target as it would go over the wire; `None` when the call was refused."""
    try:
        request = case.request()
    except aioconvo.InvalidRequestError:
        assert _may_be_refused(case), case
        return None
    assert not _may_be_refused(case)
    url = client._destination.url(request)
    assert url.raw_fragment == ""
    assert (url.scheme, url.raw_authority) == ("http", "127.0.0.1:9")
    return url.raw_path_qs


def test_no_value_leaves_its_place_in_the_url(record_property: Any) -> None:
    """R19: 20,000 cases over the operations of all five providers, on the URL that aiohttp is given."""
    nasty, outcomes = Nasty(SEED), Counter[str]()
    clients = _clients("http://127.0.0.1:9", SessionPool())
    for _ in range(CASES):
        client, operations = nasty.random.choice(clients)
        case = Case.made(nasty, operations)
        target = _tried(client, case)
        if target is not None:
            prefix = client.base_url.removeprefix("http://127.0.0.1:9")
            _assert_in_place(case, target.removeprefix(prefix))
        outcomes["refused" if target is None else "in place"] += 1
    figure = f"{CASES} cases: {outcomes['in place']} in place, {outcomes['refused']} refused, 0 elsewhere"
    assert outcomes["in place"] > CASES / 4
    record_property("figure", figure)
    print(figure)  # noqa: T201 -- the figure


def _assert_whole(seen: Seen, case: Case, request: Request[Any], header: str | None) -> None:
    """One request line, our headers and no others, each once, and a body as long as it says."""
    method, target, version = seen.line.split(" ")
    assert (method, version) == (case.operation.method, "HTTP/1.1")
    _assert_in_place(case, target)
    names = [line.partition(":")[0].lower() for line in seen.header_lines]
    assert len(set(names)) == len(names)
    assert set(names) <= OWN_HEADERS | ({"x-nasty"} if header is not None else set())
    if header is not None:
        assert seen.headers["x-nasty"] == header.strip()
    assert seen.body == (request.body or b"")
    assert seen.headers.get("content-length", "0") == str(len(seen.body))
    if case.body is not None and not case.operation.form:
        assert msgspec.json.decode(seen.body) == case.body
    elif case.body is not None:
        pairs = parse_qsl(seen.body.decode("ascii"), keep_blank_values=True, errors="strict")
        assert pairs == [(name, value) for name, value in case.body.items()]


async def test_no_value_adds_to_the_request_on_the_wire(record_property: Any) -> None:
    """R19, R20: ids, query, headers and bodies at a raw socket: one line, no header added, lengths right."""
    nasty, outcomes = Nasty(SEED + 1), Counter[str]()
    async with FaultServer(lambda _seen: Answer(400)) as server, SessionPool() as pool:
        clients = _clients(server.base_url, pool)
        for _ in range(OVER_THE_WIRE):
            client, operations = nasty.random.choice(clients)
            case = Case.made(nasty, operations)
            sent = len(server.seen)
            try:
                request = case.request()
                if case.header is not None:
                    client = client.with_options(headers={"X-Nasty": case.header})
                with pytest.raises(aioconvo.BadRequestError):
                    await client.send(request)
            except (aioconvo.InvalidRequestError, aioconvo.ConfigurationError):
                assert len(server.seen) == sent
                outcomes["refused"] += 1
                continue
            assert len(server.seen) == sent + 1
            _assert_whole(server.seen[-1], case, request, case.header)
            outcomes["whole"] += 1
        assert server.connections == 1  # nothing that was sent confused the framing
    figure = (
        f"{OVER_THE_WIRE} cases: {outcomes['whole']} whole on the wire, {outcomes['refused']} refused, 0 header lines added"
    )
    record_property("figure", figure)
    print(figure)  # noqa: T201 -- the figure


async def test_the_escape_hatch_sends_the_path_as_it_is_or_not_at_all(record_property: Any) -> None:
    """R19: `client.request` with any path and method."""
    nasty, outcomes = Nasty(SEED + 2), Counter[str]()
    count = CASES // 4
    async with FaultServer(lambda _seen: Answer(400)) as server, SessionPool() as pool:
        client = aioconvo.ConvoreClient(api_key="t", base_url=server.base_url, pool=pool)
        for number in range(count):
            path = "/" + nasty.text() if nasty.random.random() < 0.9 else nasty.text()
            method = nasty.random.choice(("GET", "POST", "GET\r\n", "G T", nasty.text()))
            try:
                request = raw_request("convore", method, path)
            except aioconvo.InvalidRequestError:
                outcomes["refused"] += 1
                continue
            assert client._destination.url(request).raw_path_qs == path
            assert not {unquote(part) for part in path.split("/")} & {".", ".."}
            outcomes["as it is"] += 1
            if number < OVER_THE_WIRE:
                with pytest.raises(aioconvo.BadRequestError):
                    await client.send(request)
                assert server.seen[-1].line == f"{method.upper()} {path} HTTP/1.1"
        assert server.connections == 1
    figure = f"{count} paths: {outcomes['as it is']} sent as they are, {outcomes['refused']} refused"
    record_property("figure", figure)
    print(figure)  # noqa: T201 -- the figure


def test_no_header_or_credential_breaks_out_of_its_line(record_property: Any) -> None:
    """R20: 10,000 header names, header values and credentials: one printable line, or refused."""
    nasty, outcomes = Nasty(SEED + 3), Counter[str]()
    for _ in range(2_500):
        text = nasty.text()
        made: list[Any] = [
            lambda text=text: settings.headers({"X-A": text}),
            lambda text=text: settings.headers({text: "a"}),
            lambda text=text: BearerAuth(text).headers(0),
            lambda text=text: BasicAuth("key", text).headers(0),
            lambda text=text: HeaderAuth("X-API-KEY", text).headers(0),
            lambda text=text: JWTAuth("key", text).headers(0),
        ]
        for make in made:
            try:
                headers = make()
            except aioconvo.ConfigurationError:
                outcomes["refused"] += 1
                continue
            [(name, value)] = headers.items()
            assert re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [ -~]*", f"{name}: {value}")
            outcomes["one line"] += 1
    figure = f"{outcomes.total()} headers: {outcomes['one line']} one line, {outcomes['refused']} refused"
    record_property("figure", figure)
    print(figure)  # noqa: T201 -- the figure
