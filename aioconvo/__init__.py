"""One asyncio client for five conversation APIs: SMS.CX, Sunshine Conversations, Smooch, Convore and UltraCart.

Names are loaded when they are first touched, rooms such as `aioconvo.sunshine` too: who uses one provider does not pay for
five, and `import aioconvo` alone does not load aiohttp.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .core.version import VERSION

if TYPE_CHECKING:
    from .convore import ConvoreClient
    from .core.capture import FailedCall, capture_responses
    from .core.client import APIClient
    from .core.codec import OpenEnum, Unknown, encode, raw_json
    from .core.errors import (
        AioconvoError,
        APIConnectionError,
        APIDeadlineError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        CallError,
        CallFacts,
        ConfigurationError,
        ConflictError,
        DeadlineExceededError,
        GoneError,
        InternalServerError,
        InvalidRequestError,
        LimitReachedError,
        LimitStoreError,
        LockedError,
        MaybeSentDecodeError,
        MaybeSentError,
        MaybeSentStatusError,
        MethodNotAllowedError,
        NotFoundError,
        OutOfOrderError,
        PaginationError,
        PaymentRequiredError,
        PermissionDeniedError,
        PoolClosedError,
        RateLimitError,
        RequestTooLargeError,
        ResponseDecodeError,
        UnexpectedRedirectError,
        UnprocessableEntityError,
        UnsupportedError,
        WrongAnswerError,
    )
    from .core.hooks import DriftFacts, EndFacts, Hooks, PageFacts, RequestFacts, ResponseFacts, RetryFacts, StartFacts
    from .core.limits import LimitAccount, Limits, LimitStore, Quota, RateLeft, RateLimit
    from .core.members import UnknownMembers, unknown_members
    from .core.memory_limits import MemoryLimits
    from .core.noticed import DriftKind
    from .core.operation import Effect, Operation, PageKind
    from .core.options import ClientOptions
    from .core.pagination import AsyncPaginator, Page
    from .core.response import Response
    from .core.retry import RetryPolicy
    from .core.session import SessionPool
    from .core.source import decode
    from .core.sqlite_limits import SqliteLimits
    from .core.stats import Stats
    from .inbox.merging import merge
    from .smooch import SmoochClient
    from .smscx import SmscxClient
    from .sunshine import SunshineClient
    from .ultracart import UltraCartClient

__version__ = VERSION

__all__ = [
    "APIClient",
    "APIConnectionError",
    "APIDeadlineError",
    "APIStatusError",
    "APITimeoutError",
    "AioconvoError",
    "AsyncPaginator",
    "AuthenticationError",
    "BadRequestError",
    "CallError",
    "CallFacts",
    "ClientOptions",
    "ConfigurationError",
    "ConflictError",
    "ConvoreClient",
    "DeadlineExceededError",
    "DriftFacts",
    "DriftKind",
    "Effect",
    "EndFacts",
    "FailedCall",
    "GoneError",
    "Hooks",
    "InternalServerError",
    "InvalidRequestError",
    "LimitAccount",
    "LimitReachedError",
    "LimitStore",
    "LimitStoreError",
    "Limits",
    "LockedError",
    "MaybeSentDecodeError",
    "MaybeSentError",
    "MaybeSentStatusError",
    "MemoryLimits",
    "MethodNotAllowedError",
    "NotFoundError",
    "OpenEnum",
    "Operation",
    "OutOfOrderError",
    "Page",
    "PageFacts",
    "PageKind",
    "PaginationError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PoolClosedError",
    "Quota",
    "RateLeft",
    "RateLimit",
    "RateLimitError",
    "RequestFacts",
    "RequestTooLargeError",
    "Response",
    "ResponseDecodeError",
    "ResponseFacts",
    "RetryFacts",
    "RetryPolicy",
    "SessionPool",
    "SmoochClient",
    "SmscxClient",
    "SqliteLimits",
    "StartFacts",
    "Stats",
    "SunshineClient",
    "UltraCartClient",
    "UnexpectedRedirectError",
    "Unknown",
    "UnknownMembers",
    "UnprocessableEntityError",
    "UnsupportedError",
    "WrongAnswerError",
    "__version__",
    "capture_responses",
    "decode",
    "encode",
    "merge",
    "raw_json",
    "unknown_members",
]

_HOMES = {
    "APIClient": ".core.client",
    "APIConnectionError": ".core.errors",
    "APIStatusError": ".core.errors",
    "APITimeoutError": ".core.errors",
    "AioconvoError": ".core.errors",
    "AsyncPaginator": ".core.pagination",
    "AuthenticationError": ".core.errors",
    "BadRequestError": ".core.errors",
    "CallError": ".core.errors",
    "CallFacts": ".core.errors",
    "ClientOptions": ".core.options",
    "ConfigurationError": ".core.errors",
    "ConflictError": ".core.errors",
    "ConvoreClient": ".convore",
    "DeadlineExceededError": ".core.errors",
    "DriftFacts": ".core.hooks",
    "DriftKind": ".core.noticed",
    "Effect": ".core.operation",
    "EndFacts": ".core.hooks",
    "GoneError": ".core.errors",
    "Hooks": ".core.hooks",
    "InternalServerError": ".core.errors",
    "InvalidRequestError": ".core.errors",
    "LimitAccount": ".core.limits",
    "LimitReachedError": ".core.errors",
    "LimitStore": ".core.limits",
    "LimitStoreError": ".core.errors",
    "Limits": ".core.limits",
    "LockedError": ".core.errors",
    "MaybeSentError": ".core.errors",
    "MaybeSentDecodeError": ".core.errors",
    "MaybeSentStatusError": ".core.errors",
    "MemoryLimits": ".core.memory_limits",
    "MethodNotAllowedError": ".core.errors",
    "APIDeadlineError": ".core.errors",
    "NotFoundError": ".core.errors",
    "OpenEnum": ".core.codec",
    "Operation": ".core.operation",
    "OutOfOrderError": ".core.errors",
    "Page": ".core.pagination",
    "PageFacts": ".core.hooks",
    "PageKind": ".core.operation",
    "PaginationError": ".core.errors",
    "PaymentRequiredError": ".core.errors",
    "PermissionDeniedError": ".core.errors",
    "PoolClosedError": ".core.errors",
    "Quota": ".core.limits",
    "RateLeft": ".core.limits",
    "RateLimit": ".core.limits",
    "RateLimitError": ".core.errors",
    "RequestFacts": ".core.hooks",
    "RequestTooLargeError": ".core.errors",
    "FailedCall": ".core.capture",
    "Response": ".core.response",
    "ResponseDecodeError": ".core.errors",
    "ResponseFacts": ".core.hooks",
    "RetryFacts": ".core.hooks",
    "RetryPolicy": ".core.retry",
    "SessionPool": ".core.session",
    "SmoochClient": ".smooch",
    "SmscxClient": ".smscx",
    "SqliteLimits": ".core.sqlite_limits",
    "StartFacts": ".core.hooks",
    "Stats": ".core.stats",
    "SunshineClient": ".sunshine",
    "UltraCartClient": ".ultracart",
    "UnexpectedRedirectError": ".core.errors",
    "Unknown": ".core.codec",
    "UnknownMembers": ".core.members",
    "UnprocessableEntityError": ".core.errors",
    "UnsupportedError": ".core.errors",
    "WrongAnswerError": ".core.errors",
    "capture_responses": ".core.capture",
    "decode": ".core.source",
    "encode": ".core.codec",
    "merge": ".inbox.merging",
    "raw_json": ".core.codec",
    "unknown_members": ".core.members",
}


_ROOMS = frozenset({"convore", "export", "inbox", "otel", "sandbox", "smooch", "smscx", "sunshine", "ultracart"})


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f".{name}", __name__)
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name.endswith("Client"):
        # aiohttp from here, not from the depth of our own imports: where frames fill a piece of its stack, CPython 3.11 asks
        # the system for another at every call (700 more page faults, 3 % of the time).
        importlib.import_module(".core.session", __name__)
    value = getattr(importlib.import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_ROOMS})
