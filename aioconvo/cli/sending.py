"""Sending webhooks by hand: samples of events, and deliveries that were written down."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import aiohttp
import typer

from aioconvo.core.errors import ConfigurationError
from aioconvo.providers import Provider
from aioconvo.sandbox.exchange import Settings
from aioconvo.sandbox.sending import envelopes
from aioconvo.sandbox.sending.callbacks import MANNERS, SECRETS, Callback, target_of
from aioconvo.sandbox.sending.plan import Letter, Sent
from aioconvo.sandbox.sending.sender import post

from . import recording

__all__ = ["events_of", "replay", "trigger"]

_REFUSALS: Final = {401, 403}

_Sending = tuple[str, str, dict[str, str], bytes]
"""A delivery to make: the provider, what to call it, headers and body."""


def events_of(provider: str) -> Sequence[str]:
    """The names of the events of which there are samples. Raises `typer.BadParameter`."""
    samples: Sequence[str] = _emulated(provider).changes.samples
    return samples


def trigger(provider: str, event: str, *, to: str, secret: str | None) -> int:
    """Send one sample and tell what was answered. The exit code: 1 where it was not accepted. Raises `typer.BadParameter`."""
    emulated = _emulated(provider)
    if event not in emulated.changes.samples:
        raise typer.BadParameter(f"{provider} has no event {event!r}; `aioconvo hooks trigger {provider} list` names them")
    callback = Callback("sample", provider, _target(provider, to), _secret(provider, secret))
    change = emulated.sample(event)
    number = time.time_ns()  # so that a receiver does not take a second sample for the first one again
    told = Sent(number, f"{number:024x}", event, change.at, change.conversation, change.payload)
    letter = Letter(1, callback, [told], 0.0, ())
    return asyncio.run(_send_all([(provider, event, envelopes.headers(letter), envelopes.body(letter))], callback.target))


def replay(directory: Path, *, to: str, provider: str | None, secret: str | None) -> int:
    """Send what was written down, in its order. The exit code: 1 where any was not accepted. Raises `typer.BadParameter`."""
    found = recording.read(directory)
    if provider is not None:
        found = [(name, one) for name, one in found if one.provider == provider]
        if not found:
            raise typer.BadParameter(f"{directory} holds no deliveries of {provider}")
    sendings = [(one.provider, name, _headers(one, secret), one.bytes) for name, one in found]
    return asyncio.run(_send_all(sendings, _target(provider or "sunshine", to)))


async def _send_all(sendings: Iterable[_Sending], target: str) -> int:
    accepted = True
    refused: dict[str, None] = {}
    for provider, name, headers, body in sendings:
        manners = MANNERS.get(provider, MANNERS["sunshine"])
        try:
            status = await post(target, headers=headers, body=body, patience=manners.patience)
        except TimeoutError:
            typer.echo(f"{name}: no answer in {manners.patience:g} s")
            accepted = False
            continue
        except (OSError, aiohttp.ClientError):
            typer.echo(f"{name}: nobody answers there", err=True)
            return 1
        typer.echo(f"{name}: {status}")
        if status in _REFUSALS:
            refused.setdefault(provider)
        accepted &= manners.accepts(status)
    for provider in refused:
        proof = "the token at the end of the URL" if provider == "smscx" else f"--secret or {_variable(provider)}"
        typer.echo(f"{provider}: refused; is {proof} what the receiver knows?", err=True)
    return 0 if accepted else 1


def _emulated(provider: str) -> Any:
    if provider not in MANNERS:
        raise typer.BadParameter(f"{provider!r} sends no webhooks; provider is one of {', '.join(MANNERS)}")
    return Provider(provider).sandbox(Settings(conversations=1, messages=1, seed=time.time_ns() % 2**32))


def _target(provider: str, to: str) -> str:
    try:
        return target_of(provider, to)
    except ConfigurationError:
        raise typer.BadParameter(f"--to is a URL, such as http://127.0.0.1:8080/hooks/{provider}") from None


def _secret(provider: str, given: str | None) -> str:
    known = os.environ.get(_variable(provider), "").partition(",")[0].strip()
    return given or known or SECRETS[provider]


def _variable(provider: str) -> str:
    return f"AIOCONVO_{provider.upper()}_WEBHOOK_SECRETS"


def _headers(one: recording.Recorded, secret: str | None) -> dict[str, str]:
    headers = {"Content-Type": one.content_type}
    if one.provider in {"sunshine", "smooch"}:
        headers["X-API-Key"] = _secret(one.provider, secret)
    return headers
