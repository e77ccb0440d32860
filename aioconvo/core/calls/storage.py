"""Files that go where the API says, to a URL that it signed: another origin, which is told no credential."""

from __future__ import annotations

from typing import ClassVar

from yarl import URL

from aioconvo.core.access.auth import NoAuth
from aioconvo.core.encoding.files import Bare, Content, File
from aioconvo.core.errors import ConfigurationError, InvalidRequestError
from aioconvo.core.limits.rule import Limits
from aioconvo.core.operations.operation import Effect, Operation, Request

from .client import APIClient

__all__ = ["put"]


class _Storage(APIClient):
    """Where files are kept; it knows nothing but the URL."""

    provider: ClassVar[str] = "storage"
    default_host: ClassVar[str] = ""


async def put(client: APIClient, url: str, file: File | Content, *, told_as: str) -> None:
    """PUT the bytes of a file to a signed URL, through the client's pool and with its timeout and retries.

    Neither the client's credentials nor its headers go along, and its limits do not count it. What can be read once only is
    sent once. Bytes that come piece by piece are sent without their length, which some storages (Amazon's S3 is one) refuse.
    `told_as` is what errors call the operation.

    Raises:
        InvalidRequestError: The file cannot be read, or the URL is none to send a file to; nothing was sent.
        CallError: The storage refuses it, such as a URL whose time is up, or does not answer.
    """
    body, options = Bare("file", file), client.portable_options
    options["limits"] = Limits()
    try:
        target = URL(url, encoded=True)
        storage = _Storage(base_url=str(target.origin()), auth=NoAuth(), pool=client.pool, **options)
    except (ConfigurationError, ValueError):
        raise InvalidRequestError("the API gave a URL to send the file to that is no https:// URL; nothing was sent") from None
    operation: Operation[None] = Operation(told_as, "upload", "PUT", "/{path}", None, Effect.IDEMPOTENT)
    await storage.call(Request(operation, target.raw_path, target.raw_query_string, body.body(), body.content_type))
