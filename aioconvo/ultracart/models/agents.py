"""Agents of UltraCart conversations, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model

__all__ = ["AgentAuth", "Merchant", "TwilioAccount"]


class Merchant(Model):
    """An account that an agent may work for."""

    company: str | None = None
    is_parent: bool | None = None
    merchant_id: str | None = None


class TwilioAccount(Model):
    """The phone numbers of one account."""

    merchant_id: str | None = None
    twilio_phone_numbers: list[str] | None = None


class AgentAuth(Model):
    """What an agent needs to open the websocket: its URL, the tokens, and what the agent may do. Tokens show in no `repr`."""

    chat_admin: bool | None = None
    chat_user: bool | None = None
    conversation_participant_arn: str | None = None
    conversation_participant_name: str | None = None
    customer_profile: bool | None = None
    default_phone_number: str | None = None
    group_ids: list[int] | None = None
    jwt: str | None = None
    merchant_id: str | None = None
    merchants: list[Merchant] | None = None
    parent_merchant_id: str | None = None
    pbx_admin: bool | None = None
    pbx_jwt: str | None = None
    pbx_supervisor: bool | None = None
    pbx_user: bool | None = None
    pbx_voice_identity: str | None = None
    pbx_voice_token: str | None = None
    pbx_worker_token: str | None = None
    pbx_worker_token_v2: str | None = None
    twilio_accounts: list[TwilioAccount] | None = None
    user_id: int | None = None
    websocket_url: str | None = None
