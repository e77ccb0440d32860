"""What channels are told, or asked, about a conversation: conversion events of Meta, references of Apple; as structs."""

from __future__ import annotations

from typing import Any

from aioconvo.core.json.model import Model

__all__ = ["AppleReference", "ConversionEvents", "InteractiveDataRef", "MetaConversion", "MetaConversionPayload"]


class MetaConversionPayload(Model):
    """`data` holds the events as Meta's Conversions API writes them, each with its own members."""

    data: list[dict[str, Any]]


class MetaConversion(Model):
    """What happened after a customer came from an advertisement, such as a purchase, in Meta's own form."""

    payload: MetaConversionPayload


class ConversionEvents(Model, rename="camel"):
    """What became of conversion events: the data set at Meta that they went to, and how many of them it took."""

    dataset_id: str | int | None = None
    events_received: int | None = None


class InteractiveDataRef(Model):
    """Where Apple keeps an interactive answer that is too large for a message: the members of a webhook's reference.

    `key` decrypts it, `bid` names the extension that it is from, `owner` and `signature` prove the right to it.
    """

    url: str
    bid: str
    key: str
    signature: str
    owner: str


class AppleReference(Model, rename="camel"):
    """A reference that Apple Messages for Business gave."""

    interactive_data_ref: InteractiveDataRef
