"""Keys of apps and service accounts of Smooch, and the tokens that they sign; as structs."""

from __future__ import annotations

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Model

__all__ = ["Jwt", "SecretKey", "ServiceAccount"]


class SecretKey(Model):
    """A key: `id` (`app_...` or `svc_...`) and `secret` are the `key_id` and `secret` of a client."""

    id: str = field(name="_id")
    secret: str
    name: str


class Jwt(Telling, kw_only=True):
    """A JSON Web Token that the API signed with a key: the `token` of a client."""

    jwt: str


class ServiceAccount(Model):
    """A program's account; its keys open those apps that it may use."""

    id: str = field(name="_id")
    name: str
