"""The published SDKs work against the sandbox: `nox -s sdks` runs this in an environment of each, with the sandbox's base URL.

It needs nothing but the SDK, so it runs in environments that cannot hold aioconvo beside it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

APP = "sandbox-app"


def sunshine(base_url: str) -> None:
    """Users, the list of their clients, attachments and webhooks."""
    sdk: Any = import_module("sunshine_conversations_client")
    client = sdk.ApiClient(sdk.Configuration(host=base_url, username="app_sandbox", password="sandbox-secret"))
    users, clients = sdk.UsersApi(client), sdk.ClientsApi(client)
    made = users.create_user(APP, sdk.UserCreateBody(external_id="sdk-1", profile={"givenName": "Ada"})).user
    assert users.get_user(APP, "sdk-1").user.id == made.id
    changed = users.update_user(APP, made.id, sdk.UserUpdateBody(profile={"givenName": "Grace"})).user
    assert changed.profile.given_name == "Grace", changed
    assert isinstance(clients.list_clients(APP, made.id).clients, list)
    file = sdk.AttachmentsApi(client).upload_attachment(APP, "public", source=("note.txt", b"from the SDK"))
    assert file.attachment.media_url
    to = {"target": "https://example.com/sdk", "triggers": ["user:merge"]}
    integration = sdk.Custom(type="custom", status="active", webhooks=[to])
    custom = sdk.IntegrationsApi(client).create_integration(APP, integration).integration
    assert [each.target for each in sdk.WebhooksApi(client).list_webhooks(APP, custom.id).webhooks] == [to["target"]]
    users.delete_user(APP, made.id)
    gone = 0
    try:
        users.get_user(APP, made.id)
    except sdk.ApiException as error:
        gone = error.status
    assert gone == 404, gone


def smooch(base_url: str) -> None:
    """Users, their clients, and webhooks."""
    sdk: Any = import_module("smooch")
    configuration = sdk.Configuration()
    configuration.host, configuration.username = base_url, "app_sandbox"
    configuration.password = "sandbox-secret"
    client = sdk.ApiClient()
    users, hooks = sdk.AppUserApi(client), sdk.WebhookApi(client)
    made = users.pre_create_app_user(APP, sdk.AppUserPreCreate(user_id="sdk-1", given_name="Ada")).app_user
    assert users.get_app_user(APP, "sdk-1").app_user.id == made.id
    assert users.update_app_user(APP, "sdk-1", sdk.AppUserUpdate(given_name="Grace")).app_user.given_name == "Grace"
    assert isinstance(users.get_app_user(APP, "sdk-1").app_user.clients, list)
    hook = hooks.create_webhook(APP, sdk.WebhookCreate(target="https://example.com/sdk", triggers=["message:appUser"])).webhook
    assert hook.id in {each.id for each in hooks.list_webhooks(APP).webhooks}
    hooks.delete_webhook(APP, hook.id)
    assert hook.id not in {each.id for each in hooks.list_webhooks(APP).webhooks}


def smscx(base_url: str) -> None:
    """SMS send and estimate, groups, templates and shortlinks."""
    sdk: Any = import_module("smscx_client")

    def of(module: str, name: str) -> Any:
        return getattr(import_module(f"smscx_client.{module}"), name)

    client = sdk.ApiClient(sdk.Configuration(host=base_url, api_key="sandbox-key"))
    sms, groups = of("api.sms_api", "SmsApi")(client), of("api.groups_api", "GroupsApi")(client)
    given: dict[str, Any] = {"to": ["+31612469333"], "text": "Hello", "_from": "InfoText"}
    assert sms.send_sms(of("model.send_sms_message_request", "SendSmsMessageRequest")(**given)).data
    assert sms.estimate_sms(of("model.send_sms_request_estimate", "SendSmsRequestEstimate")(**given)) is not None
    made = groups.create_group(of("model.new_group_request", "NewGroupRequest")(name="From the SDK"))
    assert made.info.id
    assert groups.get_group_details(made.info.id) is not None
    groups.delete_group(made.info.id)
    templates, links = of("api.templates_api", "TemplatesApi")(client), of("api.shortlinks_api", "ShortlinksApi")(client)
    new = of("model.templates_new_request", "TemplatesNewRequest")(name="From the SDK", text="Hello", channel="sms")
    template = templates.create_template(new).info.id
    assert template in {each.id for each in templates.get_templates_list().data}
    templates.delete_template(template)
    link = links.create_shortlink(
        of("model.shortlink_new_request", "ShortlinkNewRequest")(url="https://example.com/sdk", name="SDK")
    )
    assert link.info.id in {each.id for each in links.get_shortlinks_list().data}
    links.delete_shortlink(link.info.id)


def ultracart(base_url: str) -> None:
    """Agent profiles, canned messages, departments and engagements."""
    sdk: Any = import_module("ultracart")
    api: Any = import_module("ultracart.api.conversation_api")

    def struct(module: str, name: str) -> Any:
        return getattr(import_module(f"ultracart.model.{module}"), name)

    client = sdk.ApiClient(sdk.Configuration(host=base_url), header_name="x-ultracart-simple-key", header_value="sandbox-key")
    client.set_default_header("X-UltraCart-Api-Version", "2017-03-01")
    calls = api.ConversationApi(client)
    assert calls.get_agent_profile() is not None
    assert calls.get_agent_profiles() is not None
    canned = struct("conversation_canned_message", "ConversationCannedMessage")(short_code="/hi", canned_message="Hello")
    made = calls.insert_conversation_canned_message(canned).conversation_canned_message
    listed = calls.get_conversation_canned_messages().conversation_canned_messages
    assert made.conversation_canned_message_oid in {one.conversation_canned_message_oid for one in listed}
    calls.delete_conversation_canned_message(made.conversation_canned_message_oid)
    department = struct("conversation_department", "ConversationDepartment")(department_name="From the SDK")
    kept = calls.insert_conversation_department(department).conversation_department.conversation_department_oid
    departments = calls.get_conversation_departments().conversation_departments
    assert kept in {each.conversation_department_oid for each in departments}
    calls.delete_department(kept)
    engagement = struct("conversation_engagement", "ConversationEngagement")(engagement_name="From the SDK")
    shown = calls.insert_conversation_engagement(engagement).conversation_engagement.conversation_engagement_oid
    engagements = calls.get_conversation_engagements().conversation_engagements
    assert shown in {each.conversation_engagement_oid for each in engagements}
    calls.delete_engagement(shown)


if __name__ == "__main__":
    {"sunshine": sunshine, "smooch": smooch, "smscx": smscx, "ultracart": ultracart}[sys.argv[1]](sys.argv[2])
