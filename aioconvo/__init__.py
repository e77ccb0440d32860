"""One asyncio client for five conversation APIs: SMS.CX, Sunshine Conversations, Smooch, Convore and UltraCart.

Names are loaded when they are first touched, rooms such as `aioconvo.sunshine` too: who uses one provider does not pay for
five, and `import aioconvo` alone does not load aiohttp.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from .core.version import VERSION
from .moved import OldNames
from .providers import Provider

if TYPE_CHECKING:
    from .bot.bot import Bot
    from .bot.context import Context
    from .bot.router import Router
    from .convore import ConvoreClient
    from .core.answers.response import Response
    from .core.calls.capture import FailedCall, capture_responses
    from .core.calls.client import APIClient
    from .core.calls.download import Download
    from .core.calls.hooks import DriftFacts, EndFacts, Hooks, PageFacts, RequestFacts, ResponseFacts, RetryFacts, StartFacts
    from .core.calls.options import ClientOptions
    from .core.calls.stats import Stats
    from .core.encoding.files import File
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
        StoreError,
        StoreFullError,
        UnexpectedRedirectError,
        UnprocessableEntityError,
        UnsupportedError,
        WebhookRefusedError,
        WrongAnswerError,
    )
    from .core.json.codec import encode
    from .core.json.drift_kinds import DriftKind
    from .core.json.members import UnknownMembers, unknown_members
    from .core.json.model import OpenEnum, Unknown, raw_json
    from .core.json.source import decode
    from .core.limits.memory import MemoryLimits
    from .core.limits.redis import RedisLimits
    from .core.limits.rule import LimitAccount, Limits, LimitStore, Quota, RateLeft, RateLimit
    from .core.limits.sqlite import SqliteLimits
    from .core.operations.markers import FileSource
    from .core.operations.operation import Effect, Operation, PageKind
    from .core.paging.page import Page
    from .core.paging.paginator import AsyncPaginator
    from .core.retry.policy import RetryPolicy
    from .core.wire.pool import SessionPool
    from .inbox.merging import merge
    from .smooch import SmoochClient, SmoochWebhook
    from .smscx import SmscxClient, SmscxWebhook
    from .sunshine import SunshineClient, SunshineWebhook
    from .ultracart import UltraCartClient

__version__ = VERSION

sys.meta_path.insert(0, OldNames())  # before those that find modules as they are

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
    "Bot",
    "CallError",
    "CallFacts",
    "ClientOptions",
    "ConfigurationError",
    "ConflictError",
    "Context",
    "ConvoreClient",
    "DeadlineExceededError",
    "Download",
    "DriftFacts",
    "DriftKind",
    "Effect",
    "EndFacts",
    "FailedCall",
    "File",
    "FileSource",
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
    "RedisLimits",
    "RequestFacts",
    "RequestTooLargeError",
    "Response",
    "ResponseDecodeError",
    "ResponseFacts",
    "RetryFacts",
    "RetryPolicy",
    "Router",
    "SessionPool",
    "SmoochClient",
    "SmoochWebhook",
    "SmscxClient",
    "SmscxWebhook",
    "SqliteLimits",
    "StartFacts",
    "Stats",
    "StoreError",
    "StoreFullError",
    "SunshineClient",
    "SunshineWebhook",
    "UltraCartClient",
    "UnexpectedRedirectError",
    "Unknown",
    "UnknownMembers",
    "UnprocessableEntityError",
    "UnsupportedError",
    "WebhookRefusedError",
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
    **{f"{one.word}Client": f".{one}" for one in Provider},
    **{f"{one.word}Webhook": f".{one}" for one in (Provider.SMOOCH, Provider.SMSCX, Provider.SUNSHINE)},
    "APIClient": ".core.calls.client",
    "APIConnectionError": ".core.errors",
    "APIStatusError": ".core.errors",
    "APITimeoutError": ".core.errors",
    "AioconvoError": ".core.errors",
    "AsyncPaginator": ".core.paging.paginator",
    "AuthenticationError": ".core.errors",
    "BadRequestError": ".core.errors",
    "Bot": ".bot.bot",
    "CallError": ".core.errors",
    "CallFacts": ".core.errors",
    "ClientOptions": ".core.calls.options",
    "ConfigurationError": ".core.errors",
    "ConflictError": ".core.errors",
    "Context": ".bot.context",
    "DeadlineExceededError": ".core.errors",
    "Download": ".core.calls.download",
    "DriftFacts": ".core.calls.hooks",
    "DriftKind": ".core.json.drift_kinds",
    "Effect": ".core.operations.operation",
    "EndFacts": ".core.calls.hooks",
    "GoneError": ".core.errors",
    "Hooks": ".core.calls.hooks",
    "InternalServerError": ".core.errors",
    "InvalidRequestError": ".core.errors",
    "LimitAccount": ".core.limits.rule",
    "LimitReachedError": ".core.errors",
    "LimitStore": ".core.limits.rule",
    "LimitStoreError": ".core.errors",
    "Limits": ".core.limits.rule",
    "LockedError": ".core.errors",
    "MaybeSentError": ".core.errors",
    "MaybeSentDecodeError": ".core.errors",
    "MaybeSentStatusError": ".core.errors",
    "MemoryLimits": ".core.limits.memory",
    "MethodNotAllowedError": ".core.errors",
    "APIDeadlineError": ".core.errors",
    "NotFoundError": ".core.errors",
    "OpenEnum": ".core.json.model",
    "Operation": ".core.operations.operation",
    "OutOfOrderError": ".core.errors",
    "Page": ".core.paging.page",
    "PageFacts": ".core.calls.hooks",
    "PageKind": ".core.operations.operation",
    "PaginationError": ".core.errors",
    "PaymentRequiredError": ".core.errors",
    "PermissionDeniedError": ".core.errors",
    "PoolClosedError": ".core.errors",
    "Quota": ".core.limits.rule",
    "RateLeft": ".core.limits.rule",
    "RateLimit": ".core.limits.rule",
    "RateLimitError": ".core.errors",
    "RedisLimits": ".core.limits.redis",
    "RequestFacts": ".core.calls.hooks",
    "RequestTooLargeError": ".core.errors",
    "FailedCall": ".core.calls.capture",
    "File": ".core.encoding.files",
    "FileSource": ".core.operations.markers",
    "Response": ".core.answers.response",
    "ResponseDecodeError": ".core.errors",
    "ResponseFacts": ".core.calls.hooks",
    "RetryFacts": ".core.calls.hooks",
    "RetryPolicy": ".core.retry.policy",
    "Router": ".bot.router",
    "SessionPool": ".core.wire.pool",
    "SqliteLimits": ".core.limits.sqlite",
    "StartFacts": ".core.calls.hooks",
    "Stats": ".core.calls.stats",
    "UnexpectedRedirectError": ".core.errors",
    "Unknown": ".core.json.model",
    "UnknownMembers": ".core.json.members",
    "UnprocessableEntityError": ".core.errors",
    "StoreError": ".core.errors",
    "StoreFullError": ".core.errors",
    "UnsupportedError": ".core.errors",
    "WebhookRefusedError": ".core.errors",
    "WrongAnswerError": ".core.errors",
    "capture_responses": ".core.calls.capture",
    "decode": ".core.json.source",
    "encode": ".core.json.codec",
    "merge": ".inbox.merging",
    "raw_json": ".core.json.model",
    "unknown_members": ".core.json.members",
}


_ROOMS = frozenset({"bot", "events", "export", "inbox", "otel", "sandbox", *Provider})


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f".{name}", __name__)
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name.endswith("Client"):
        # aiohttp from here, not from the depth of our own imports: where frames fill a piece of its stack, CPython 3.11 asks
        # the system for another at every call (700 more page faults, 3 % of the time).
        importlib.import_module(".core.wire.pool", __name__)
    value = getattr(importlib.import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_ROOMS})
