"""Which webhooks an emulated API has: made, changed and removed by its own operations, read by what sends them.

A provider's sandbox has them as its `callbacks`. Secrets are made here: the first webhook of an API has the published one,
later ones others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .data import hex_id
from .exchange import Refusal
from .sending.callbacks import SECRETS, Callback

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST: Final = 10


class Webhooks:
    """The webhooks of one emulated API, in the order they were made."""

    def __init__(self, seed: int, provider: str) -> None:
        self._seed = seed
        self._provider = provider
        self._made = 0
        self._callbacks: dict[str, Callback] = {}

    def __iter__(self) -> Iterator[Callback]:
        return iter(list(self._callbacks.values()))

    def __len__(self) -> int:
        return len(self._callbacks)

    def of(self, integration: str) -> list[Callback]:
        """Those of one integration."""
        return [one for one in self if one.integration == integration]

    def add(
        self,
        target: str,
        triggers: tuple[str, ...],
        *,
        integration: str = "",
        full_user: bool = False,
        full_source: bool = False,
    ) -> Callback:
        """A new webhook with a secret of its own. Raises `Refusal` with 400 where there are ten."""
        if len(self) >= _MOST:
            raise Refusal(400, "bad_request", f"An app has up to {_MOST} webhooks")
        self._made += 1
        key = hex_id(self._seed, self._provider, "webhook", self._made)
        secret = secret_of(self._provider, self._made)
        return self.put(
            Callback(key, self._provider, target, secret, triggers, full_user, full_source, integration=integration)
        )

    def get(self, webhook_id: str, integration: str = "") -> Callback:
        """The webhook of this id. Raises `Refusal` with 404 where there is none, or it is another integration's."""
        found = self._callbacks.get(webhook_id)
        if found is None or found.integration != integration:
            raise Refusal(404, "webhook_not_found", "Webhook not found")
        return found

    def put(self, callback: Callback) -> Callback:
        """Keep a webhook in place of the one with its id."""
        self._callbacks[callback.id] = callback
        return callback

    def remove(self, webhook_id: str, integration: str = "") -> None:
        """Remove it. Raises `Refusal` as `get` does."""
        del self._callbacks[self.get(webhook_id, integration).id]


def secret_of(provider: str, count: int) -> str:
    """The secret of a provider's first, second, ... webhook."""
    return SECRETS[provider] if count == 1 else f"{SECRETS[provider]}-{count}"
