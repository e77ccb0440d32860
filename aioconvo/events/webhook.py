"""What the webhooks of all providers have in common: a request is verified and read in one call, or refused with a status."""

from __future__ import annotations

import abc
import copy
import re
from collections.abc import AsyncIterable, Mapping, Sequence
from typing import ClassVar, Self

from aioconvo.core.access.environment import Environment
from aioconvo.core.access.settings import count, kind, text
from aioconvo.core.errors import ConfigurationError, WebhookRefusedError
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.providers import Provider

from .bodies import OversizedBodyError
from .headers import Headers, values_of
from .incoming import Delivery, Incoming
from .secrets import Secrets

__all__ = ["MIB", "AppWebhook", "Webhook", "check_account", "list_from"]

MIB = 1 << 20
_MANY_DIGITS = 20
_NO_DELIVERY = 400  # final for the senders: what could come whole another time must have another status
_ACCOUNT = r"[A-Za-z0-9_.-]{1,64}"
_MEANING = "the secret that was shown when the webhook was made"


def check_account(name: str) -> str:
    """The name of an account, which keys and lanes of its events begin with, and which may stand in an address.

    Raises:
        ConfigurationError: It has other characters than letters, digits, `_`, `.` and `-`, or more than 64.
    """
    if not re.fullmatch(_ACCOUNT, text("account", name, "a name, such as 'shop'")):
        raise ConfigurationError("account must be 1 to 64 letters, digits, '_', '.' or '-', such as 'shop'")
    return name


class Webhook(abc.ABC):
    """Requests of one provider to one address. Nothing of the network is in here: any framework can use it.

    `verify` looks at headers alone, so that nobody without a secret makes a program read a body.
    """

    provider: ClassVar[Provider]

    def __init__(self, secrets: Secrets, *, account: str | None, most_bytes: int) -> None:
        count("most_bytes", most_bytes, least=1)
        self._secrets = secrets
        self._account = check_account(str(self.provider) if account is None else account)
        self._most_bytes = most_bytes

    @property
    def account(self) -> str:
        """The name that the keys and lanes of events begin with."""
        return self._account

    @property
    def most_bytes(self) -> int:
        """How large a body may be; a larger one is refused with status 413."""
        return self._most_bytes

    def __repr__(self) -> str:
        return f"<{type(self).__name__} account={self._account!r}, {self._secrets!r}>"

    def bound(self, *, account: str | None = None, app_id: str | None = None) -> Self:  # noqa: ARG002 -- not all APIs have apps
        """A webhook like this one whose events are those of another account and, where the API has apps, of one app alone."""
        return self._with(_account=self._account if account is None else check_account(account))

    def _with(self, **changed: object) -> Self:
        other = copy.copy(self)
        for name, value in changed.items():
            setattr(other, name, value)
        return other

    @abc.abstractmethod
    def verify(self, headers: Headers, *, token: str | bytes | None = None, address: str | None = None) -> None:
        """Look for the secret, before the body is read.

        `headers` are a mapping or pairs, text or bytes, in any case. `token` and `address` are for SMS.CX, see `SmscxWebhook`.

        Raises:
            WebhookRefusedError: The secret is missing, wrong, or there twice (401).
        """

    def open(self, headers: Headers, body: bytes, *, token: str | bytes | None = None, address: str | None = None) -> Delivery:
        """The events of a request, verified. `body` are its bytes as they came, before anything read them.

        Raises:
            WebhookRefusedError: It has no secret of ours, or is another app's (401), is too large (413), or no delivery of
                this provider (400; 408 where it was cut). Answer it with `error.status`.
        """
        self.verify(headers, token=token, address=address)
        try:
            return self.open_unverified(body)
        except WebhookRefusedError as refused:
            if refused.status == _NO_DELIVERY and _is_cut(headers, body):
                raise WebhookRefusedError(408, "the body was cut on its way") from None
            raise

    async def open_stream(
        self, headers: Headers, chunks: AsyncIterable[bytes], *, token: str | bytes | None = None, address: str | None = None
    ) -> Delivery:
        """The same for a body that comes in pieces, such as `request.stream()`, of which no more is held than may be.

        Nothing of it is read where the secret is missing, and reading ends where it is too large.

        Raises:
            WebhookRefusedError: As `open` does.
        """
        self.verify(headers, token=token, address=address)
        body = bytearray()
        async for chunk in chunks:
            body += chunk
            if len(body) > self._most_bytes:
                break
        return self.open(headers, bytes(body), token=token, address=address)

    def open_unverified(self, body: bytes) -> Delivery:
        """The events of a request that was verified elsewhere, or that never came over a network.

        Raises:
            WebhookRefusedError: It is too large (413) or no delivery of this provider (400).
        """
        raw = body
        if type(body) is not bytes:
            kind("body", body, (bytes, bytearray, memoryview), "the bytes of the request, as they came")
            raw = bytes(body)
        if len(raw) > self._most_bytes:
            raise WebhookRefusedError(413, f"the body is larger than {self._most_bytes} bytes")
        try:
            events = self._read(raw)
        except OversizedBodyError as oversized:
            raise WebhookRefusedError(413, oversized.reason) from None
        except BrokenBodyError as broken:
            raise WebhookRefusedError(_NO_DELIVERY, broken.reason) from None
        except RecursionError:
            raise WebhookRefusedError(_NO_DELIVERY, "the JSON is nested too deeply") from None
        return Delivery(provider=self.provider, account=self._account, events=events)

    @abc.abstractmethod
    def _read(self, raw: bytes) -> tuple[Incoming, ...]:
        """The events of a body.

        Raises:
            BrokenBodyError: It is no delivery of this provider.
            WebhookRefusedError: It is another account's.
        """


class AppWebhook(Webhook):
    """Requests that carry a secret in the header `X-API-Key`, and name the app they are about.

    Args:
        secrets: What the vendor made for the webhook, and while that is changed also the next one's.
        app_id: The app whose events are meant; those of another are refused. Without it any app's are taken.
        account: The name that the keys and lanes of events begin with; the provider's own unless another is given.
        most_bytes: How large a body may be.

    Raises:
        ConfigurationError: A setting is missing or wrong: no secret, an empty one.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        *,
        app_id: str | None = None,
        account: str | None = None,
        most_bytes: int = MIB,
    ) -> None:
        own = Secrets("secrets", secrets, _MEANING)
        super().__init__(own, account=account, most_bytes=most_bytes)
        self._app_id = None if app_id is None else text("app_id", app_id, "the id of your app")

    @classmethod
    def from_env(cls, *, environ: Mapping[str, str] | None = None, account: str | None = None) -> Self:
        """A webhook from `AIOCONVO_<PROVIDER>_WEBHOOK_SECRETS`, with commas between; optional: `AIOCONVO_<PROVIDER>_APP_ID`.

        Raises:
            ConfigurationError: A variable is missing or wrong; the message names it.
        """
        env = Environment(str(cls.provider), environ)
        return cls(list_from(env, "WEBHOOK_SECRETS", _MEANING), app_id=env.get("APP_ID"), account=account)

    @property
    def app_id(self) -> str | None:
        """The app whose events are meant."""
        return self._app_id

    def bound(self, *, account: str | None = None, app_id: str | None = None) -> Self:
        """A webhook like this one whose events are those of another account, and of one app alone."""
        wanted = self._app_id if app_id is None else text("app_id", app_id, "the id of your app")
        return super().bound(account=account)._with(_app_id=wanted)  # noqa: SLF001 -- one of its own kind

    def verify(self, headers: Headers, *, token: str | bytes | None = None, address: str | None = None) -> None:  # noqa: ARG002 -- see Webhook
        """Look for the secret in the header `X-API-Key`; see `Webhook.verify`."""
        values = values_of(headers, "x-api-key")
        if len(values) != 1:
            times = "more than once" if values else "not"
            raise WebhookRefusedError(401, f"the header X-API-Key is {times} there")
        if not self._secrets.match(values[0]):
            raise WebhookRefusedError(401, "the header X-API-Key holds none of this webhook's secrets")

    def _check_app(self, app_id: str | None) -> None:
        if self._app_id is not None and app_id is not None and app_id != self._app_id:
            raise WebhookRefusedError(401, "the body is about another app than this webhook's")


def _is_cut(headers: Headers, body: bytes) -> bool:
    """Whether less came than was told. What was packed is larger when it is unpacked, never smaller."""
    told = values_of(headers, "content-length")
    return len(told) == 1 and len(told[0]) < _MANY_DIGITS and told[0].isdigit() and int(told[0]) > len(body)


def list_from(env: Environment, name: str, meaning: str) -> list[str]:
    """What a variable holds, with commas between.

    Raises:
        ConfigurationError: It is not set, or empty.
    """
    env.require((name, f"{meaning}, or several with commas between"))
    return [one.strip() for one in (env.get(name) or "").split(",") if one.strip()]
