"""The administration of Convore: keys, organizations, users.

It is loaded when `client.admin` is first touched, and each of its groups when that is. Whose key may do this is not
documented; the roles of users suggest that not every one may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.resource import Resource

if TYPE_CHECKING:
    from .api_keys import ApiKeys
    from .organizations import Organizations
    from .users import Users


class Admin(APIResource):
    """Keys of the API, organizations and users."""

    __slots__ = ()
    api_keys: Resource[ApiKeys] = Resource()
    organizations: Resource[Organizations] = Resource()
    users: Resource[Users] = Resource()
