"""The tree of errors: what catches what, what they tell, and that they survive a pickle."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from typing import Any

import pytest

import aioconvo
from aioconvo.core import errors
from aioconvo.core.calls.failures import unsure

FACTS = errors.CallFacts(
    provider="sunshine",
    operation="sunshine.messages.post",
    method="POST",
    path="/v2/apps/{appId}/messages",
    attempts=3,
    elapsed=1.5,
    request_id="req-1",
    idempotency_key="key-1",
)
CLASSES = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception) and kind is not Exception
]
SECRET = b'{"text": "canary-text", "token": "canary-token"}'


def _make(kind: type[Any]) -> Any:
    if issubclass(kind, errors.APIStatusError):
        headers = {"X-Request-Id": "req-1", "Set-Cookie": "canary-cookie", "Retry-After": "7"}
        return kind("HTTP 503 busy", FACTS, 503, code="busy", retry_after=7.0, headers=headers, body=SECRET)
    if kind is errors.ResponseDecodeError:
        return kind("the body is cut", FACTS, 201)
    if issubclass(kind, errors.CallError):
        return kind("the connection broke", FACTS)
    return kind(401, "the words") if kind is errors.WebhookRefusedError else kind("the words")


@pytest.mark.parametrize("kind", CLASSES)
def test_everything_hangs_under_one_root_and_is_public(kind: type[Exception]) -> None:
    assert issubclass(kind, errors.AioconvoError)
    assert kind.__name__ in errors.__all__
    assert getattr(aioconvo, kind.__name__) is kind


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_survives_a_pickle_and_a_copy(kind: type[Any]) -> None:
    error = _make(kind)
    copies: list[Any] = [pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)]  # noqa: S301
    for again in copies:
        assert type(again) is kind
        assert str(again) == str(error)
        if isinstance(error, errors.CallError):
            assert again.call == FACTS
            for name in ("reason", "provider", "operation", "attempts", "request_id", "status", "code", "retry_after"):
                assert getattr(again, name) == getattr(error, name)
        if isinstance(error, errors.APIStatusError):
            pickled = again is copies[0]
            assert (again.headers, again.body) == (({}, b"") if pickled else (error.headers, error.body))


@pytest.mark.parametrize("kind", CLASSES)
def test_no_body_or_cookie_in_the_words(kind: type[Exception]) -> None:
    error = _make(kind)
    assert "canary" not in str(error) + repr(error) + repr(getattr(error, "headers", ""))


def test_the_facts_are_in_the_words() -> None:
    text = str(_make(errors.RateLimitError))
    assert text == ("sunshine.messages.post (POST /v2/apps/{appId}/messages, 3 attempts, request id req-1): HTTP 503 busy")


def test_headers_have_lower_case_names_and_no_cookies() -> None:
    assert _make(errors.RateLimitError).headers == {"x-request-id": "req-1", "retry-after": "7"}


@pytest.mark.parametrize(
    ("kind", "also"),
    [
        (errors.ConfigurationError, ValueError),
        (errors.InvalidRequestError, ValueError),
        (errors.PoolClosedError, RuntimeError),
        (errors.APITimeoutError, TimeoutError),
        (errors.APITimeoutError, errors.APIConnectionError),
        (errors.DeadlineExceededError, TimeoutError),
        (errors.APIDeadlineError, errors.DeadlineExceededError),
        (errors.APIDeadlineError, errors.APITimeoutError),
        (errors.MaybeSentStatusError, errors.MaybeSentError),
        (errors.MaybeSentStatusError, errors.InternalServerError),
        (errors.RateLimitError, errors.APIStatusError),
        (errors.UnexpectedRedirectError, errors.APIStatusError),
        (errors.ResponseDecodeError, errors.CallError),
    ],
)
def test_what_catches_what(kind: type[Exception], also: type[Exception]) -> None:
    assert issubclass(kind, also)


def test_an_error_status_is_no_lost_connection_and_the_other_way_round() -> None:
    assert not issubclass(errors.MaybeSentError, errors.APIConnectionError)
    assert not issubclass(errors.DeadlineExceededError, errors.APIConnectionError)
    assert not issubclass(errors.APIStatusError, errors.APIConnectionError)
    assert not issubclass(errors.ResponseDecodeError, errors.APIStatusError)


KINDS = [kind for kind in CLASSES if issubclass(kind, errors.CallError) and not issubclass(kind, errors.MaybeSentError)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_send_in_doubt_is_also_what_a_read_would_be(kind: type[Any]) -> None:
    error = _make(kind)
    doubtful = unsure(error, FACTS)
    assert isinstance(doubtful, errors.MaybeSentError)
    assert isinstance(doubtful, kind)
    assert type(doubtful) is errors.maybe_sent_type(kind)
    assert (doubtful.status, doubtful.code, doubtful.retry_after) == (error.status, error.code, error.retry_after)
    assert (doubtful.call, getattr(doubtful, "body", None)) == (error.call, getattr(error, "body", None))
    assert "may have carried this call out" in str(doubtful)
    assert unsure(doubtful, FACTS) is doubtful
    for again in (pickle.loads(pickle.dumps(doubtful)), copy.copy(doubtful)):  # noqa: S301
        assert type(again) is type(doubtful)
        assert str(again) == str(doubtful)
        assert again.status == doubtful.status


@pytest.mark.parametrize("kind", [errors.PoolClosedError, errors.LimitStoreError, errors.ConfigurationError])
def test_a_send_in_doubt_that_ended_before_its_next_try_is_also_what_ended_it(kind: type[errors.AioconvoError]) -> None:
    doubtful = unsure(kind("the reason"), FACTS)
    assert isinstance(doubtful, kind)
    assert (doubtful.call, doubtful.status) == (FACTS, FACTS.status)
    assert doubtful.reason == "the server may have carried this call out before it failed: the reason"
    for again in (pickle.loads(pickle.dumps(doubtful)), copy.copy(doubtful)):  # noqa: S301
        assert (type(again), str(again)) == (type(doubtful), str(doubtful))


def test_a_pickle_of_it_can_be_read_where_none_was_made_yet() -> None:
    pickled = pickle.dumps(unsure(_make(errors.APITimeoutError), FACTS))
    program = f"import pickle; print(type(pickle.loads({pickled!r})).__mro__[1:3])"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert "MaybeSentError" in told.stdout
    assert "APITimeoutError" in told.stdout
    for name in ("MaybeSentNothing", "MaybeSent", "MaybeSentException", "Nothing"):
        with pytest.raises(AttributeError, match=name):
            getattr(errors, name)


NAMED = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    402: errors.PaymentRequiredError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    405: errors.MethodNotAllowedError,
    409: errors.ConflictError,
    410: errors.GoneError,
    413: errors.RequestTooLargeError,
    422: errors.UnprocessableEntityError,
    423: errors.LockedError,
    429: errors.RateLimitError,
}


def test_every_status_has_its_class() -> None:
    for status in range(300, 600):
        if status < 400:
            expected: type[errors.APIStatusError] = errors.UnexpectedRedirectError
        elif status >= 500:
            expected = errors.InternalServerError
        else:
            expected = NAMED.get(status, errors.APIStatusError)
        assert errors.status_error_type(status) is expected, status
