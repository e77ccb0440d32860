"""WhatsApp deployments of Smooch v1.1. They need a key of the account."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import ActivationMethod, Deployment, DeploymentHosting
from .more_pages import deployment_pager
from .pages import SmoochResource

_ALL = "/v1.1/whatsapp/deployments"
_ONE = "/v1.1/whatsapp/deployments/{deploymentId}"
_named = names("deployment", "deployment.id")


def _is(deployment_id: str) -> Check:
    return names("deployment", "deployment.id", deployment_id)


class Deployments(SmoochResource):
    """Running clients of WhatsApp, one for each phone number.

    `create` starts one, `activate` has a code sent to its number, `confirm_code` proves it; then `integrations.create` takes
    `NewWhatsapp(deployment_id=...)`.
    """

    __slots__ = ()

    # It sends an SMS or makes a call each time.
    @operation(f"POST {_ONE}/activate", Effect.UNSAFE, name="activatePhoneNumber", unwrap="deployment", expect=_is)
    async def activate(
        self, deployment_id: str, *, phone_number: str, verified_name_certificate: str, method: ActivationMethod | str
    ) -> Deployment:
        """Have a code sent to the phone number, by SMS or by voice.

        `verified_name_certificate` is what WhatsApp gave for the business's name.

        Raises:
            NotFoundError: No such deployment.
            MaybeSentError: It is unknown whether the code was sent.
        """
        ...

    # A wrong code may count as an attempt.
    @operation(f"POST {_ONE}/code/confirm", Effect.UNSAFE, name="confirmCode", unwrap="deployment", expect=_is)
    async def confirm_code(self, deployment_id: str, *, code: str) -> Deployment:
        """Prove with the code that came that the phone number is yours; the deployment becomes `registered`.

        Raises:
            BadRequestError: The code is wrong or too old.
            NotFoundError: No such deployment.
            MaybeSentError: It is unknown whether the code was taken.
        """
        ...

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="createDeployment", unwrap="deployment", expect=_named)
    async def create(
        self,
        *,
        hosting: DeploymentHosting | str,
        base_url: str | UnsetType = UNSET,
        username: str | UnsetType = UNSET,
        password: str | UnsetType = UNSET,
        callback_url: str | UnsetType = UNSET,
    ) -> Deployment:
        """Start a client of WhatsApp on the vendor's machines (`smooch`), or name one that you host (`self`).

        Of one that you host it takes address, user and password. `callback_url` is where it sends what happens.

        Raises:
            MaybeSentError: It is unknown whether the deployment was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="deleteDeployment")
    async def delete(self, deployment_id: str) -> None:
        """Stop and delete a deployment.

        Raises:
            NotFoundError: No such deployment.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="getDeployment", unwrap="deployment", expect=_is)
    async def get(self, deployment_id: str) -> Deployment:
        """Fetch one deployment.

        Raises:
            NotFoundError: No such deployment.
        """
        ...

    @listing(f"GET {_ALL}", deployment_pager, name="listDeployments")
    def list(self, *, limit: int | None = None, start: str | None = None, prefetch: int = 0) -> AsyncPaginator[Deployment]:
        """List the deployments of the account.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            PermissionDeniedError: The key is not the account's (when awaited or iterated).
        """
        ...
