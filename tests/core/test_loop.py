"""The one loop every call goes through: what is tried again, how often, and what is raised in the end."""

from __future__ import annotations

import asyncio
import email.utils
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import aiohttp
import pytest
from yarl import URL

import aioconvo
from aioconvo.core import errors
from aioconvo.core.access.auth import Auth, HeaderAuth
from aioconvo.core.access.token import AccessToken, TokenAuth
from aioconvo.core.answers.refusals import ErrorWords
from aioconvo.core.calls import options as client_options
from aioconvo.core.calls.client import APIClient
from aioconvo.core.json.model import Envelope
from aioconvo.core.limits.rule import RateLimit
from aioconvo.core.operations.operation import Effect, Operation
from aioconvo.core.retry.policy import RetryPolicy
from aioconvo.core.wire.pool import RawResponse, SessionPool
from tests.faults.server import Answer as Reply, FaultServer

EXACT = RetryPolicy(backoff=0.0)


class Thing(Envelope):
    id: str


class ThingClient(APIClient):
    provider: ClassVar[str] = "things"
    default_host: ClassVar[str] = "api.things.test"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._tokens: list[AccessToken] = []  # shared with copies: tokens are fetched by one

    @property
    def fetched(self) -> int:
        return len(self._tokens)

    async def _fetch_token(self) -> AccessToken:
        self._tokens.append(AccessToken(f"t{len(self._tokens) + 1}", 3600.0))
        return self._tokens[-1]

    def _error_words(self, answer: RawResponse) -> ErrorWords:
        return ErrorWords("busy", "try later") if answer.body == b"{}" else ErrorWords()


def _operation(effect: Effect, method: str = "GET", response: Any = Thing) -> Operation[Any]:
    return Operation(f"things.{effect}", "Thing", method, "/things/{id}", response, effect, idempotency_member="key")


READ = _operation(Effect.READ)
PUT = _operation(Effect.IDEMPOTENT, "PUT")
DELETE = _operation(Effect.IDEMPOTENT, "DELETE", None)
POST = _operation(Effect.UNSAFE, "POST")
PAY = _operation(Effect.PAID, "POST")
EVERY = (READ, PUT, POST, PAY)
OUTSIDE = (POST, PAY)
GOOD = {"id": "7"}

Make = Callable[..., ThingClient]


@pytest.fixture
async def pool(clock: Any) -> Any:
    async with SessionPool(clock=clock) as pool:
        yield pool


@pytest.fixture
def make(wire: Any, pool: SessionPool) -> Make:
    def made(auth: Auth | None = None, **options: Any) -> ThingClient:
        return ThingClient(
            base_url=wire.base_url, auth=auth or HeaderAuth("X-Key", "canary-key"), pool=pool, **({"retry": EXACT} | options)
        )

    return made


def _fails(wire: Any, method: str, error: Exception) -> None:
    """The next request with this method is sent and then fails."""
    wire._mock.add(f"{wire.base_url}/things/7", method=method, exception=error)


def _count(wire: Any) -> int:
    """Requests handed to aiohttp, also those that then failed."""
    return sum(len(calls) for calls in wire._mock.requests.values())


def _lost() -> Exception:
    return aiohttp.ServerDisconnectedError()


def _refused() -> Exception:
    key: Any = aiohttp.client_reqrep.ConnectionKey("h", 1, False, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError(111, "refused"))


# Which calls are tried again.


@pytest.mark.parametrize("operation", EVERY, ids=str)
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 522, 400, 401, 403, 404, 409, 422, 501, 302])
async def test_how_often_a_status_is_tried(wire: Any, make: Make, operation: Operation[Any], status: int) -> None:
    tried = status in {425, 429} or (status in {408, 500, 502, 503, 504, 522} and operation.effect.repeatable)
    unsure = status in {408, 500, 502, 503, 504, 522} and not operation.effect.repeatable
    for _ in range(4):
        wire.answers(operation.method, {}, status=status, headers={"X-Request-Id": "r1"})
    with pytest.raises(errors.CallError) as caught:
        await make().call(operation.request("7"))
    assert len(wire.sent) == (4 if tried else 1)
    error = caught.value
    assert isinstance(error, errors.MaybeSentError) is unsure
    assert error.attempts == len(wire.sent)
    assert error.request_id == "r1"
    assert isinstance(error, errors.status_error_type(status))
    assert (error.status, error.code) == (status, "busy")
    assert "try later" in str(error)
    assert "canary" not in str(error) + repr(error)


@pytest.mark.parametrize("operation", EVERY, ids=str)
@pytest.mark.parametrize(
    ("fault", "reached"),
    [
        (_refused, False),
        (lambda: aiohttp.ConnectionTimeoutError("slow"), False),
        (_lost, True),
        (lambda: aiohttp.ClientOSError(104, "reset"), True),
        (lambda: aiohttp.ClientPayloadError("cut"), True),
        (lambda: OSError(5, "io"), True),
        (TimeoutError, True),
    ],
)
async def test_how_often_a_fault_is_tried(
    wire: Any, make: Make, operation: Operation[Any], fault: Any, *, reached: bool
) -> None:
    for _ in range(4):
        _fails(wire, operation.method, fault())
    with pytest.raises(errors.CallError) as caught:
        await make().call(operation.request("7"))
    unsure = reached and not operation.effect.repeatable
    assert _count(wire) == (1 if unsure else 4)
    assert isinstance(caught.value, errors.MaybeSentError if unsure else errors.APIConnectionError)
    assert caught.value.status is None


@pytest.mark.parametrize("timeout", [None, 5.0])
async def test_a_timeout_is_told_as_one(wire: Any, make: Make, timeout: float | None) -> None:  # noqa: ASYNC109
    _fails(wire, "GET", TimeoutError())
    with pytest.raises(errors.APITimeoutError, match="no answer"):
        await make(max_retries=0, timeout=timeout).call(READ.request("7"))


async def test_refused_tls_is_not_tried_again(wire: Any, make: Make) -> None:
    key: Any = aiohttp.client_reqrep.ConnectionKey("h", 1, True, True, None, None, None)
    for operation in (READ, POST):
        _fails(wire, operation.method, aiohttp.ClientConnectorCertificateError(key, ValueError("canary")))
        with pytest.raises(errors.APIConnectionError, match="TLS") as caught:
            await make().call(operation.request("7"))
        assert "canary" not in str(caught.value)
    assert _count(wire) == 2


@pytest.mark.parametrize("operation", EVERY, ids=str)
async def test_a_call_that_never_left_is_tried_until_it_arrives(wire: Any, make: Make, operation: Operation[Any]) -> None:
    _fails(wire, operation.method, _refused())
    wire.answers(operation.method, {}, status=429)
    wire.answers(operation.method, GOOD)
    response = await make().send(operation.request("7"))
    assert response.data.id == "7"
    assert response.attempts == 3


@pytest.mark.parametrize("operation", OUTSIDE, ids=str)
@pytest.mark.parametrize("status", [500, 503])
async def test_a_key_makes_a_call_with_outside_effects_repeatable(
    wire: Any, make: Make, operation: Operation[Any], status: int
) -> None:
    wire.answers("POST", {}, status=status)
    _fails(wire, "POST", _lost())
    wire.answers("POST", GOOD)
    assert (await make().call(operation.request("7", idempotency_key="k"))).id == "7"
    assert _count(wire) == 3


async def test_what_an_answer_says_is_read_only_when_somebody_is_told(
    wire: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noted(name: str, result: Any) -> Callable[..., Any]:
        def note(*_: object) -> Any:
            read.append(name)
            return result

        return note

    client = make()
    monkeypatch.setattr(client, "_error_words", noted("words", ErrorWords("busy", "try later")))
    monkeypatch.setattr("aioconvo.core.calls.answers.sent_texts", noted("texts", []))
    for _ in range(3):
        wire.answers("GET", {}, status=503)
    wire.answers("GET", GOOD)
    await client.call(READ.request("7"))
    assert read == []
    for _ in range(4):
        wire.answers("GET", {}, status=503)
    with pytest.raises(errors.InternalServerError, match="busy: try later"):
        await client.call(READ.request("7"))
    assert read == ["words", "texts"]


async def test_a_keyed_call_that_ran_out_of_tries_is_unsure(wire: Any, make: Make) -> None:
    for _ in range(4):
        wire.answers("POST", {}, status=500)
    with pytest.raises(errors.MaybeSentStatusError) as caught:
        await make().call(POST.request("7", idempotency_key="k"))
    assert isinstance(caught.value, errors.InternalServerError)
    assert caught.value.call.idempotency_key == "k"
    assert caught.value.attempts == 4


@pytest.mark.parametrize("last", [429, 409, 400])
async def test_a_later_refusal_does_not_make_an_earlier_try_certain(wire: Any, make: Make, last: int) -> None:
    wire.answers("POST", {}, status=500)
    for _ in range(3):
        wire.answers("POST", {}, status=last)
    with pytest.raises(errors.MaybeSentError) as caught:
        await make().call(POST.request("7", idempotency_key="k"))
    assert isinstance(caught.value.__cause__, errors.status_error_type(last))


async def test_a_delete_whose_answer_was_lost_is_done_when_the_thing_is_gone(wire: Any, make: Make) -> None:
    _fails(wire, "DELETE", _lost())
    wire.answers("DELETE", {}, status=404)
    assert (await make().send(DELETE.request("7"))).data is None
    wire.answers("DELETE", {}, status=429)  # refused: nothing was deleted
    wire.answers("DELETE", {}, status=404)
    with pytest.raises(errors.NotFoundError):
        await make().call(DELETE.request("7"))


# How long it waits.


@pytest.mark.parametrize("operation", EVERY, ids=str)
async def test_a_429_waits_exactly_as_long_as_asked(wire: Any, make: Make, clock: Any, operation: Operation[Any]) -> None:
    wire.answers(operation.method, {}, status=429, headers={"Retry-After": "7"})
    wire.answers(operation.method, {}, status=429, headers={"X-Rate-Limit-Reset": str(int(clock.now) + 20)})
    date = email.utils.formatdate(clock.now + 60, usegmt=True)
    wire.answers(operation.method, {}, status=429, headers={"Retry-After": date})
    wire.answers(operation.method, GOOD)
    response = await make(retry=RetryPolicy()).send(operation.request("7"))
    assert clock.slept == [7.0, 13.0, 40.0]
    assert response.attempts == 4
    assert response.elapsed == 60.0


@pytest.mark.parametrize("operation", EVERY, ids=str)
async def test_a_wait_above_the_cap_raises_at_once(wire: Any, make: Make, clock: Any, operation: Operation[Any]) -> None:
    wire.answers(operation.method, {}, status=429, headers={"Retry-After": "172800"})
    with pytest.raises(errors.RateLimitError, match="172800 s") as caught:
        await make().call(operation.request("7"))
    assert caught.value.retry_after == 172_800.0
    assert clock.slept == []
    assert len(wire.sent) == 1


async def test_a_quota_reset_is_no_wait_when_the_quota_was_not_the_reason(wire: Any, make: Make, clock: Any) -> None:
    reset = {"X-RateLimit-Reset": str(int(clock.now) + 3000)}
    wire.answers("GET", {}, status=503, headers=reset)
    wire.answers("GET", {}, status=404, headers=reset)
    with pytest.raises(errors.NotFoundError) as caught:
        await make().call(READ.request("7"))
    assert caught.value.retry_after is None
    assert clock.slept == [0.0]


async def test_a_429_holds_back_every_call_of_its_credential_only(wire: Any, make: Make, clock: Any) -> None:
    wire.answers("GET", {}, status=429, headers={"Retry-After": "30"})
    same, other = make(), make(HeaderAuth("X-Key", "another"))
    with pytest.raises(errors.RateLimitError):
        await make(max_retries=0).call(READ.request("7"))
    for _ in range(2):
        wire.answers("GET", GOOD)
    await other.call(READ.request("7"))
    assert clock.slept == []
    await same.call(READ.request("7"))
    assert clock.slept == [30.0]


async def test_backoff_has_full_jitter(wire: Any, make: Make, clock: Any) -> None:
    for _ in range(4):
        wire.answers("GET", {}, status=500)
    with pytest.raises(errors.InternalServerError):
        await make(retry=RetryPolicy()).call(READ.request("7"))
    assert len(clock.slept) == 3
    assert all(0.0 <= slept <= most for slept, most in zip(clock.slept, (0.5, 1.0, 2.0), strict=True))


# The deadline.


@pytest.mark.parametrize(("operation", "kind"), [(READ, errors.InternalServerError), (POST, errors.RateLimitError)], ids=str)
async def test_no_wait_beyond_the_deadline(wire: Any, make: Make, clock: Any, operation: Operation[Any], kind: Any) -> None:
    status = 503 if operation is READ else 429
    wire.answers(operation.method, {}, status=status, headers={"Retry-After": "10"})
    with pytest.raises(kind) as caught:
        await make(deadline=10.0).call(operation.request("7"))
    assert caught.value.retry_after == 10.0
    assert clock.slept == []


async def test_a_keyed_call_without_time_for_another_try_is_unsure(wire: Any, make: Make) -> None:
    wire.answers("POST", {}, status=503, headers={"Retry-After": "10"})
    with pytest.raises(errors.MaybeSentStatusError):
        await make(deadline=5.0).call(POST.request("7", idempotency_key="k"))


@pytest.mark.parametrize("operation", EVERY, ids=str)
async def test_a_deadline_that_passes_before_anything_was_sent(wire: Any, make: Make, operation: Operation[Any]) -> None:
    client = make(deadline=0.01, limits=aioconvo.Limits(concurrency=1))
    state = await client.pool.state()
    await client._entrance(state).enter()  # the only slot is taken
    with pytest.raises(errors.DeadlineExceededError, match=r"deadline of 0\.01 s") as caught:
        await client.call(operation.request("7"))
    assert not isinstance(caught.value, errors.APIConnectionError | errors.MaybeSentError)
    assert wire.sent == []
    client._entrance(state).leave()


async def test_a_deadline_that_passes_after_a_refusal(wire: Any, make: Make, clock: Any) -> None:
    """A 429 says that nothing was carried out, so a deadline that ends the wait for the next try leaves nothing in doubt."""

    async def sleep(_seconds: float) -> None:
        await asyncio.get_running_loop().create_future()

    clock.sleep = sleep
    wire.answers("POST", status=429)
    with pytest.raises(errors.DeadlineExceededError, match=r"deadline of 0\.01 s") as caught:
        await make(deadline=0.01).call(POST.request("7"))
    assert not isinstance(caught.value, errors.APIConnectionError | errors.MaybeSentError)
    assert _count(wire) == 1


async def test_a_deadline_that_passes_between_two_tries_of_a_keyed_call(wire: Any, make: Make, clock: Any) -> None:
    """The first try may have been carried out, the deadline ended in a wait of ours, and the status of the answer is known."""

    async def sleep(_seconds: float) -> None:
        await asyncio.get_running_loop().create_future()

    clock.sleep = sleep
    wire.answers("POST", status=503)
    with pytest.raises(errors.MaybeSentError) as caught:
        await make(deadline=0.01).call(POST.request("7", idempotency_key="k"))
    assert isinstance(caught.value, errors.DeadlineExceededError)
    assert not isinstance(caught.value, errors.APIConnectionError)
    assert caught.value.status == 503


@pytest.mark.parametrize("status", [408, 500, 503, 522])
async def test_a_send_in_doubt_knows_the_status_of_an_earlier_answer(wire: Any, make: Make, status: int) -> None:
    wire.answers("POST", {}, status=status)
    for _ in range(3):
        _fails(wire, "POST", _lost())
    with pytest.raises(errors.MaybeSentError) as caught:
        await make().call(POST.request("7", idempotency_key="k"))
    assert isinstance(caught.value, errors.APIConnectionError)
    assert caught.value.status == status


async def test_a_read_that_breaks_after_an_answer_knows_its_status(wire: Any, make: Make) -> None:
    wire.answers("GET", {}, status=503)
    for _ in range(3):
        _fails(wire, "GET", _lost())
    with pytest.raises(errors.APIConnectionError) as caught:
        await make().call(READ.request("7"))
    assert caught.value.status == 503


@pytest.mark.parametrize("operation", EVERY, ids=str)
async def test_a_deadline_that_passes_on_the_wire(wire: Any, make: Make, operation: Operation[Any]) -> None:
    async def silence(_: URL, **__: Any) -> None:
        await asyncio.Event().wait()

    wire._mock.add(f"{wire.base_url}/things/7", method=operation.method, callback=silence)
    with pytest.raises(errors.CallError) as caught:
        await make(deadline=0.01).call(operation.request("7"))
    read = errors.APIDeadlineError
    assert type(caught.value) is (read if operation.effect.repeatable else errors.maybe_sent_type(read))
    assert isinstance(caught.value, errors.DeadlineExceededError | errors.APITimeoutError)
    assert make().pool.in_use() == 0


async def test_a_refused_call_whose_next_try_never_left_is_not_unsure(
    wire: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make(deadline=0.01, limits=aioconvo.Limits(concurrency=1))
    entrance = client._entrance(await client.pool.state())

    refused = client._refused

    def take_the_slot(*given: Any) -> Any:
        entrance._account.note(0.0, "another task's")  # it takes the place before the next try
        return refused(*given)

    monkeypatch.setattr(client, "_refused", take_the_slot)
    wire.answers("POST", {}, status=429)
    with pytest.raises(errors.DeadlineExceededError):
        await client.call(POST.request("7"))
    assert len(wire.sent) == 1


# What the body says.


@pytest.mark.parametrize("body", [b"<html>oops</html>", b'{"id": "7', b"", b'{"id": "7"} {"id"'])
async def test_a_broken_body_is_asked_for_again_only_by_a_read(wire: Any, make: Make, body: bytes) -> None:
    for _ in range(4):
        wire.answers("GET", body=body, headers={"X-Request-Id": "r1"})
    with pytest.raises(errors.ResponseDecodeError, match="no complete JSON") as caught:
        await make().call(READ.request("7"))
    assert len(wire.sent) == 4
    assert (caught.value.status, caught.value.request_id) == (200, "r1")
    wire.sent.clear()
    wire.answers("POST", body=body, status=201, headers={"X-Request-Id": "r2"})
    with pytest.raises(errors.ResponseDecodeError) as caught:
        await make().call(POST.request("7", idempotency_key="k"))
    assert len(wire.sent) == 1
    assert (caught.value.status, caught.value.request_id) == (201, "r2")


async def test_a_broken_body_and_then_a_good_one(wire: Any, make: Make) -> None:
    wire.answers("GET", body=b'{"id": "')
    wire.answers("GET", GOOD)
    assert (await make().send(READ.request("7"))).attempts == 2


async def test_json_that_is_no_answer_is_not_asked_for_again(wire: Any, make: Make) -> None:
    wire.answers("GET", {"other": 1})
    with pytest.raises(errors.ResponseDecodeError, match="'id' in Thing"):
        await make().call(READ.request("7"))
    assert len(wire.sent) == 1


async def test_an_unusable_encoding_on_a_success(wire: Any, make: Make) -> None:
    wire.answers("GET", body=b"zzz", headers={"Content-Encoding": "br", "X-Request-Id": "r1"})
    with pytest.raises(errors.ResponseDecodeError, match="not asked for") as caught:
        await make().call(READ.request("7"))
    assert caught.value.request_id == "r1"


@pytest.mark.parametrize("headers", [{"Content-Encoding": "br"}, {"Content-Encoding": "gzip"}])
async def test_the_status_counts_when_the_body_of_an_error_cannot_be_read(
    wire: Any, make: Make, headers: dict[str, str]
) -> None:
    wire.answers("POST", body=b"zzz", status=429, headers=headers)
    wire.answers("POST", body=b"zzz", status=503, headers=headers)
    with pytest.raises(errors.MaybeSentStatusError) as caught:
        await make().call(POST.request("7"))
    assert len(wire.sent) == 2
    assert caught.value.body == b""


# Credentials.


async def test_a_refused_token_is_renewed_once(wire: Any, make: Make) -> None:
    client = make(TokenAuth("id"))
    wire.answers("POST", {}, status=401)
    wire.answers("POST", GOOD)
    assert (await client.call(POST.request("7"))).id == "7"
    assert [sent.headers["authorization"] for sent in wire.sent] == ["Bearer t1", "Bearer t2"]
    for _ in range(2):
        wire.answers("GET", {}, status=401)
    with pytest.raises(errors.AuthenticationError):
        await client.call(READ.request("7"))
    assert client.fetched == 3
    assert len(wire.sent) == 4


async def test_a_fixed_credential_is_not_tried_twice(wire: Any, make: Make) -> None:
    wire.answers("GET", {}, status=401)
    with pytest.raises(errors.AuthenticationError):
        await make().call(READ.request("7"))
    assert len(wire.sent) == 1


async def test_one_token_for_many_calls(wire: Any, make: Make) -> None:
    client = make(TokenAuth("id"))
    for _ in range(20):
        wire.answers("GET", GOOD)
    await asyncio.gather(*(client.call(READ.request("7")) for _ in range(20)))
    assert client.fetched == 1


@pytest.mark.parametrize(
    "given",
    [
        {"accept": "x"},
        {"USER-AGENT": "x"},
        {"content-type": "x"},
        {"x-key": "x"},
        {"X-Other": "x"},
        {"accept": "a", "x-KEY": "b"},
    ],
)
async def test_no_header_is_sent_twice(given: dict[str, str]) -> None:
    async with FaultServer(lambda _: Reply(200, b'{"id": "7"}')) as server, SessionPool() as pool:
        client = ThingClient(base_url=server.base_url, auth=HeaderAuth("X-Key", "k"), pool=pool, headers={"Accept": "first"})
        await client.with_options(headers=given).call(POST.request("7", body={"a": 1}))
    (seen,) = server.seen
    names = [line.partition(":")[0].lower() for line in seen.header_lines]
    assert sorted(names) == sorted(set(names))
    always = {"accept": "first", "accept-encoding": "gzip, deflate", "user-agent": f"aioconvo/{aioconvo.__version__}"}
    wanted = always | {name.lower(): value for name, value in given.items()}
    wanted |= {"content-type": "application/json", "x-key": "k"}  # the client's own win
    assert {name: seen.headers[name] for name in wanted} == wanted


# What comes back.


async def test_a_response_tells_how_it_came(wire: Any, make: Make, clock: Any) -> None:
    wire.answers("GET", {}, status=503, headers={"Retry-After": "2"})
    wire.answers("GET", GOOD, status=201, headers={"X-Request-Id": "r9", "X-Left": "3"})
    response = await make().send(READ.request("7"))
    assert (response.status, response.attempts, response.request_id, response.elapsed) == (201, 2, "r9", 2.0)
    assert response.headers["x-left"] == "3"
    assert response.body == b'{"id":"7"}'
    assert response.operation is READ
    assert clock.slept == [2.0]
    assert repr(response) == "<Response 201 to things.read, 10 bytes, 2 attempts>"


async def test_responses_are_captured_also_from_tasks(wire: Any, make: Make) -> None:
    client = make()
    for number in range(6):
        wire.answers("GET", {"id": str(number)})
    with aioconvo.capture_responses() as outer:
        await client.call(READ.request("7"))
        with aioconvo.capture_responses() as inner:
            await client.call(READ.request("7"))
        await asyncio.gather(*(client.call(READ.request("7")) for _ in range(3)))
    await client.call(READ.request("7"))
    assert [response.data.id for response in outer] == ["0", "2", "3", "4"]
    assert [response.data.id for response in inner] == ["1"]


# The escape hatch.


async def test_any_request_can_be_made(wire: Any, make: Make) -> None:
    client = make()
    wire.answers("GET", {"any": ["thing"]})
    response = await client.request("get", "/v9/new%20thing", query={"page[size]": 1, "no": None})
    assert response.data == {"any": ["thing"]}
    assert wire.last.path == "/v9/new%20thing"
    assert wire.last.query == [("page[size]", "1")]
    assert wire.last.headers["x-key"] == "canary-key"
    wire.answers("POST", {"ok": True})
    await client.request("POST", "/v9/x", body={"a": [1]})
    assert wire.last.json() == {"a": [1]}


@pytest.mark.parametrize("operation", [READ, POST], ids=str)
async def test_no_content_where_an_answer_is_due_is_an_error(wire: Any, make: Make, operation: Operation[Any]) -> None:
    wire.answers(operation.method, status=204)
    with pytest.raises(errors.ResponseDecodeError) as caught:
        await make(max_retries=0).call(operation.request("7"))
    assert caught.value.status == 204


async def test_an_empty_body_is_nothing(wire: Any, make: Make) -> None:
    for method, status in (("DELETE", 200), ("DELETE", 204), ("HEAD", 200), ("POST", 202)):
        wire.answers(method, status=status)
        assert (await make().request(method, "/v9/x")).data is None
    assert len(wire.sent) == 4


async def test_half_an_emoji_does_not_cost_the_answer(wire: Any, make: Make) -> None:
    wire.answers("GET", body=b'{"text": "half \\ud83d", "n": 1}')
    response = await make().request("GET", "/v9/x")
    assert response.data == {"text": "half \ufffd", "n": 1}


@pytest.mark.parametrize(
    ("method", "effect", "tries"),
    [
        ("GET", None, 4),
        ("HEAD", None, 4),
        ("POST", None, 1),
        ("PUT", None, 1),
        ("DELETE", None, 1),
        ("POST", Effect.READ, 4),
        ("GET", Effect.UNSAFE, 1),
    ],
)
async def test_what_the_escape_hatch_tries_again(wire: Any, make: Make, method: str, effect: Effect | None, tries: int) -> None:
    for _ in range(4):
        wire.answers(method, {}, status=500)
    with pytest.raises(errors.InternalServerError):
        await make().request(method, "/v9/x", effect=effect)
    assert len(wire.sent) == tries


@pytest.mark.parametrize(
    "path",
    [
        "",
        "v2/x",
        "//evil.test/x",
        "https://evil.test/x",
        "/v2//x",
        "/v2/../x",
        "/v2/./x",
        "/..",
        "/v2/%2e%2e/x",
        "/v2/%2E./x",
        "/v2/x?a=b",
        "/v2/x#f",
        "/v2/a b",
        "/v2/é",
        "/v2/x\r\nX-A: b",
        "/v2/\\x",
        "/v2/{id}",
        "/v2/\x00",
    ],
)
async def test_paths_that_are_refused(wire: Any, make: Make, path: str) -> None:
    with pytest.raises(errors.InvalidRequestError, match="path must"):
        await make().request("GET", path)
    assert wire.sent == []


@pytest.mark.parametrize("method", ["", "GET /x", "GET\r\nX-A: b", "GÉT", "G-T"])
async def test_methods_that_are_refused(make: Make, method: str) -> None:
    with pytest.raises(errors.InvalidRequestError, match="method"):
        await make().request(method, "/x")


# Copies and closing.


async def test_copies_share_the_pool_and_do_not_own_it(wire: Any, clock: Any) -> None:
    client = ThingClient(base_url=wire.base_url, auth=HeaderAuth("X-Key", "k"))
    client.pool.clock = clock
    copy = client.with_options(max_retries=0, timeout=None, headers={"X-Extra": "1"})
    assert copy.pool is client.pool
    wire.answers("GET", {}, status=503)
    async with copy:
        with pytest.raises(errors.InternalServerError):
            await copy.call(READ.request("7"))
    assert len(wire.sent) == 1
    assert not client.pool.closed
    wire.answers("GET", GOOD)
    await client.call(READ.request("7"))
    assert "x-extra" not in wire.last.headers
    await client.aclose()
    await client.aclose()
    assert client.pool.closed
    for closed in (client, copy):
        with pytest.raises(errors.PoolClosedError):
            await closed.call(READ.request("7"))


async def test_a_send_in_doubt_stays_in_doubt_when_the_pool_closes_before_the_next_try() -> None:
    patient = RetryPolicy(backoff=1e6, max_backoff=1e6)
    both_wait = asyncio.Barrier(3)
    told = set[asyncio.Task[Any]]()
    hooks = aioconvo.Hooks(on_retry=lambda _: told.add(asyncio.create_task(both_wait.wait())))
    async with FaultServer(lambda _: Reply(503)) as server, SessionPool() as pool:
        client = ThingClient(base_url=server.base_url, auth=HeaderAuth("X-Key", "k"), pool=pool, retry=patient, hooks=hooks)
        keyed = asyncio.create_task(client.call(POST.request("7", idempotency_key="key-1")))
        read = asyncio.create_task(client.call(READ.request("7")))
        await both_wait.wait()
        await pool.aclose()
        with pytest.raises(errors.MaybeSentError) as caught:
            await keyed
        assert caught.value.call.idempotency_key == "key-1"
        with pytest.raises(errors.PoolClosedError):
            await read
    assert len(server.seen) == 2


async def test_a_send_in_doubt_stays_in_doubt_when_the_pool_closes_while_its_next_try_waits_for_limits() -> None:
    failed = asyncio.Event()
    hooks = aioconvo.Hooks(on_retry=lambda _: failed.set())
    one = aioconvo.Limits(rates=[aioconvo.RateLimit(1, 3600.0)])
    patient = RetryPolicy(backoff=0.0, max_wait=1e6)
    async with FaultServer(lambda _: Reply(503)) as server, SessionPool() as pool:
        own: dict[str, Any] = {"retry": patient, "limits": one, "hooks": hooks}
        client = ThingClient(base_url=server.base_url, auth=HeaderAuth("X-Key", "k"), pool=pool, **own)
        keyed = asyncio.create_task(client.call(POST.request("7", idempotency_key="key-1")))
        await failed.wait()
        read = asyncio.create_task(client.call(READ.request("7")))
        for _ in range(5):
            await asyncio.sleep(0)
        assert client.stats().limited_for > 0
        await pool.aclose()
        with pytest.raises(errors.MaybeSentError) as caught:
            await keyed
        assert isinstance(caught.value, errors.PoolClosedError)
        assert (caught.value.call.idempotency_key, caught.value.status) == ("key-1", 503)
        with pytest.raises(errors.PoolClosedError) as read_end:
            await read
        assert not isinstance(read_end.value, errors.MaybeSentError)
        assert client.stats().errors == {"MaybeSentPoolClosedError": 1, "PoolClosedError": 1}
    assert len(server.seen) == 1


async def test_copies_share_the_limits_of_their_credential(make: Make) -> None:
    client = make(limits=aioconvo.Limits(concurrency=2))
    state = await client.pool.state()
    entrance = client._entrance(state)
    assert client.with_options(timeout=1.0)._entrance(state) is entrance
    assert make(limits=aioconvo.Limits(concurrency=2))._entrance(state) is entrance
    assert make(HeaderAuth("X-Key", "other"), limits=aioconvo.Limits(concurrency=2))._entrance(state) is not entrance


async def test_what_a_credential_did_outlives_its_clients(wire: Any, make: Make, clock: Any) -> None:
    client = make(limits=aioconvo.Limits(rates=[aioconvo.RateLimit(1, 60.0)]))
    for _ in range(3):
        wire.answers("GET", GOOD)
        await client.with_options(timeout=5.0).call(READ.request("7"))
    assert clock.slept == [60.0, 60.0]


async def test_idle_credentials_are_forgotten(make: Make, clock: Any) -> None:
    limits = aioconvo.Limits(rates=[aioconvo.RateLimit(1, 60.0)], concurrency=5)
    pool = make().pool
    state = await pool.state()
    for number in range(500):
        entrance = make(HeaderAuth("X-Key", f"key{number}"), limits=limits)._entrance(state)
        await entrance.enter()
        if number != 3:
            entrance.leave()
        del entrance
        clock.now += 1.0
    kept = pool._memory._kept
    assert 60 <= len(kept) <= 190
    assert len(state.turnstiles) <= 1  # nobody has the others
    assert sum(not one.idle(clock.now) for one in kept.values()) == 60  # the last minute's, and the one that is inside


async def test_a_pool_that_was_handed_in_is_left_open(make: Make, pool: SessionPool) -> None:
    async with make():
        pass
    assert not pool.closed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"timeout": 0}, "timeout"),
        ({"deadline": -1.0}, "deadline"),
        ({"max_retries": -1}, "0 or more"),
        ({"retries": 3}, "unknown options: retries"),
        ({"headers": {"authorization": "x"}}, "client itself"),
        ({"timeout": "30"}, "timeout must be more than 0 seconds, or None for no bound; got str"),
        ({"deadline": "30"}, "deadline must be more than 0 seconds, or None for no bound; got str"),
        ({"max_retries": None}, "max_retries must be a whole number, 0 or more; got None"),
        ({"retry": 3}, "retry must be a RetryPolicy; got 3"),
        ({"limits": RateLimit(5, 1.0)}, "limits must be Limits, and Limits.. for none; got RateLimit"),
        ({"headers": [("X-A", "b")]}, "headers must be a mapping of names to values; got list"),
        ({"lane": ["a"]}, "lane must be text; got list"),
        ({"hooks": print}, "hooks must be Hooks or None; got builtin"),
    ],
)
async def test_options_that_are_refused(make: Make, options: dict[str, Any], words: str) -> None:
    client = make()
    with pytest.raises(errors.ConfigurationError, match=words):
        client.with_options(**options)
    with pytest.raises(errors.ConfigurationError, match=words):
        make(**options)


def test_every_option_has_a_type_that_is_checked() -> None:
    assert client_options._CHECKS.keys() == client_options.ClientOptions.__annotations__.keys()


def test_a_pool_of_another_library_is_refused() -> None:
    with pytest.raises(errors.ConfigurationError, match="pool must be a SessionPool; got object"):
        aioconvo.ConvoreClient(api_key="k", pool=object())  # type: ignore[arg-type]  # what callers without a type checker do


@pytest.fixture(autouse=True)
def _nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level("DEBUG")
    yield
    assert "canary" not in caplog.text
