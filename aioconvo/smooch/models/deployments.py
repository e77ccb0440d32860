"""WhatsApp deployments of Smooch, as structs."""

from __future__ import annotations

from msgspec import field

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["ActivationMethod", "Deployment", "DeploymentHosting", "DeploymentStatus"]


class DeploymentStatus(OpenEnum):
    """How far a deployment is: an integration can be made of one that is `registered`."""

    DELETING = "deleting"
    ERROR = "error"
    INTEGRATED = "integrated"
    PENDING = "pending"
    REGISTERED = "registered"
    STARTING = "starting"
    UNREGISTERED = "unregistered"


class DeploymentHosting(OpenEnum):
    """Whose machines WhatsApp's client runs on: your own, or the vendor's."""

    SELF = "self"
    SMOOCH = "smooch"


class ActivationMethod(OpenEnum):
    """How the code comes that proves that a phone number is yours."""

    SMS = "sms"
    VOICE = "voice"


class Deployment(Model, rename="camel"):
    """A running client of WhatsApp for one phone number.

    `base_url` and `username` are those of a client that you host. `callback_url` is where it sends what happens, with
    `callback_secret`. `integration_id` and `app_id` are there once it is integrated.
    """

    id: str = field(name="_id")
    status: DeploymentStatus
    hosting: DeploymentHosting
    base_url: str | None = None
    username: str | None = None
    phone_number: str | None = None
    callback_url: str | None = None
    callback_secret: str | None = None
    integration_id: str | None = None
    app_id: str | None = None
