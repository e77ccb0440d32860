"""Every limit of a body, at any depth, is looked at before anything is sent."""

from __future__ import annotations

import contextlib
import inspect
import typing
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo.core.operations.markers import Place
from aioconvo.core.operations.resource import declarations
from aioconvo.core.operations.signature import Declared
from aioconvo.providers import Provider
from tests.specs.declarations import CLIENTS
from tests.specs.drafting.names import python_name
from tests.specs.facts import Shape
from tests.specs.kept import facts
from tests.specs.samples import Samples

MADE: dict[str, aioconvo.APIClient] = {str(one): one.client(**one.sandbox.credentials) for one in Provider}
# What a rule across members asks for that no schema requires.
MORE: dict[str, dict[str, Any]] = {
    "AddContactsToGroupRequest": {"phoneNumbers": ["+447700900123"]},
    "textMessage": {"text": "x"},
    "SendMessageRequest": {"channel_id": "c"},
    "ConversationPbxCustomerSnapshotRequest": {"phone_number": "+15555550100"},
    "ConversationPbxDefaultTimezoneUpdateRequest": {"default_timezone": "America/New_York"},
    "ConversationPbxPhoneNumberPurchaseRequest": {"phone_number": "+15555550100"},
    "MenuItem": {"uri": "https://example.org"},
    "MergedUser": {"_id": "u"},
    "Message": {"type": "text", "text": "x"},
    "ConversationWebchatQueueStatusUpdateRequest": {"agent_status": "busy"},
}


class Sent(Exception):  # noqa: N818 -- no error: everything was looked at
    pass


def bodies() -> Iterator[Any]:
    """Every declared operation that sends a body, with a least body that is valid and all that break one limit."""
    for provider in CLIENTS:
        told = facts(provider)
        samples = Samples(told.shapes, MORE)
        for one in declarations(CLIENTS[provider]):
            theirs = told.operations.get(f"{one.operation.method} {one.operation.path}")
            sends = one.at(Place.BODY) and not one.at(Place.PART)  # what stands beside a file has no limits
            if theirs is not None and theirs.body is not None and sends and one.pager is None:
                yield pytest.param(one, theirs.body.shape, samples, id=one.operation.python)


def call(one: Declared, body: dict[str, Any]) -> None:
    """Call a method with the members of a body, up to where it is sent."""
    provider, _, name = one.operation.python.partition(".")
    client: Any = MADE[provider].with_options()

    async def send(*_: Any, **__: Any) -> Any:
        raise Sent

    client.send = send
    method = attrgetter(name)(client)
    by_wire = {parameter.wire: parameter for parameter in one.at(Place.BODY)}
    given = {by_wire[wire].name: _argument(value, by_wire[wire].annotation) for wire, value in body.items()}
    taken = inspect.signature(method).parameters
    ids = ["00000000-0000-4000-8000-000000000001" for parameter in one.at(Place.PATH) if parameter.name in taken]
    method(*ids, **given).send(None)


def _argument(value: Any, hint: Any) -> Any:
    try:
        return msgspec.convert(value, hint)
    except TypeError:  # an enum or a text, or lists of two kinds, which msgspec does not tell apart
        kinds = typing.get_args(typing.get_args(hint)[0]) if isinstance(value, list) else ()
        for kind in kinds:
            with contextlib.suppress(msgspec.ValidationError):
                return msgspec.convert(value, kind)
        return value


@pytest.mark.parametrize(("one", "shape", "samples"), list(bodies()))
def test_a_body_that_breaks_a_limit_is_refused(one: Declared, shape: Shape, samples: Samples) -> None:
    with pytest.raises(Sent):
        call(one, samples.least(shape))
    missed = []
    declared = {parameter.wire for parameter in one.at(Place.BODY)}
    for place, body in samples.breaking(shape):
        if not body.keys() <= declared:  # left out on purpose, as deviations.toml says
            continue
        name = python_name(place.rpartition(".")[2].removesuffix("[]"))
        try:
            call(one, body)
        except aioconvo.InvalidRequestError as refused:
            missed += [] if name in str(refused) else [f"{place}: {refused}"]
        except Sent:
            missed.append(f"{place}: sent")
    assert missed == []
