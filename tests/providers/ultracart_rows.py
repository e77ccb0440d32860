"""Operations of UltraCart outside of its phone system, as rows.

Origin of the answers: the models of the vendor's SDK 4.1.208.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from aioconvo.ultracart import (
    AgentProfile,
    AgentStatusConfig,
    CannedMessage,
    Department,
    DepartmentMember,
    Engagement,
    EngagementCondition,
    EngagementEquation,
    EngagementGroup,
    McpServer,
    VirtualAgentBudget,
    VirtualAgentCapabilities,
)

from .rows import Case, Row

ROOT = "/rest/v2/conversation"
UUID = "c38fa60d-ce8f-4918-8b9d-d991bc44cb73"
PROFILE: dict[str, Any] = {
    "ai": True,
    "ai_capabilities": {
        "generate_coupon": False,
        "open_support_ticket_channel": "zoho_desk_ticket",
        "custom_collections": [{"collection_name": "Sizes", "last_update_dts": "2024-01-31T08:05:09-05:00", "record_count": 3}],
        "zoho_desk_departments": [{"department_id": "1", "department_name": "Returns"}],
    },
    "ai_persona": "Kind",
    "ai_voice_personality": "Ara",
    "chat_limit": 3,
    "default_status": "available",
    "display_name": "Ada",
    "user_id": 7,
    "zohodesk_departments": ["1"],
}
DOCUMENT = {
    "chunk_count": 4,
    "description": "Returns",
    "document_id": "1",
    "document_uuid": UUID,
    "mime_type": "application/pdf",
    "s3_key": "k/1.pdf",
    "s3_url": "https://s3.example/k/1.pdf?X-Amz-Signature=s3cret",
}
SERVER = {
    "auth_method": "header",
    "header_name": "X-Key",
    "header_value": "s3cret",
    "basic_user_name": "u",
    "basic_password": "s3cret",
    "mcp_server_uuid": UUID,
    "priority": 1,
    "url": "https://mcp.example",
}
STATUS = {
    "active": True,
    "channel": "both",
    "color": "#ff0000",
    "conversation_status_uuid": UUID,
    "created_at": "2024-01-31T08:05:09Z",
    "name": "Lunch",
    "routing_effect": "busy",
    "sort_order": 2,
}
EVENT: dict[str, Any] = {
    "agent_name": "Ada",
    "agent_type": "human",
    "agent_user_id": "7",
    "channel": "pbx",
    "duration_in_previous_seconds": 60,
    "event_dts": "2024-01-31T08:05:09-05:00",
    "event_uuid": UUID,
    "new_routing_effect": "busy",
    "new_status": "Lunch",
    "trigger": "auto_disconnect",
}
SUMMARY = {"agent_user_id": "7", "availability_pct": 0.5, "available_seconds": 60, "calls_taken": 2}
CANNED = {
    "canned_message": "Thank you",
    "conversation_canned_message_oid": 5,
    "conversation_department_oids": [1, 2],
    "short_code": "ty",
}
MEMBER = {"ai": False, "member": True, "name": "Ada", "user_id": 7}
DEPARTMENT = {
    "conversation_department_oid": 5,
    "department_name": "Returns",
    "members": [MEMBER],
    "merchant_id": "DEMO",
    "settings": {"any": 1},
}
ENGAGEMENT: dict[str, Any] = {
    "active": True,
    "conversation_engagement_oid": 5,
    "customer_greeting": "Hello",
    "department_oids": [1],
    "engagement_name": "Welcome",
    "equation": {
        "groups": [
            {
                "functions": [
                    {"type": "current page url", "current_page_url_logic": "contains", "current_page_url_value": "/sale"},
                    {"type": "number of viewed pages", "number_of_viewed_pages_logic": "is at least"},
                ]
            }
        ]
    },
    "time_on_page": 30,
    "visitor_type": "first time",
}
HEATMAP = {"agents": ["Ada"], "data": [{"hour": 8, "value": 1}], "hours": [8, 9]}
TIMELINE: dict[str, Any] = {
    "call_events": [{"call_uuid": UUID, "direction": "inbound", "duration_seconds": 60, "start_dts": "2024-01-31T08:05:09Z"}],
    "chat_events": [{"conversation_uuid": UUID, "message_count": 2}],
    "status_events": [EVENT],
    "summary": {"available_seconds": 60, "calls_taken": 1},
}
SESSION: dict[str, Any] = {
    "cart_id": "c1",
    "conversation_webchat_queue_uuid": UUID,
    "customer_auth": {"jwt": "s3cret", "websocket_url": "wss://chat.example", "merchant_id": "DEMO"},
    "storefront_host_name": "shop.example",
}
URL = {"key": "k/1.pdf", "url": "https://s3.example/k/1.pdf?X-Amz-Signature=s3cret"}


@dataclasses.dataclass(frozen=True)
class Whole(Row):
    """One whose answer is of use as a whole: what the API says of it stands beside."""

    def case(self) -> Case:
        """What becomes of other answers."""
        return Case(self.call, self.answer, (), ({"metadata": {}},))


@dataclasses.dataclass(frozen=True)
class Many(Row):
    """A list that comes in one answer."""

    lists: bool = True

    def case(self) -> Case:
        """What becomes of other answers."""
        empty = (self.with_content([]), self.with_content(None), {"success": True})
        return Case(self.call, self.answer | {"success": True}, tuple({"success": True} | one for one in empty))


def _of_noun(group: str, path: str, member: str, named: str, noun: Any, payload: dict[str, Any]) -> dict[str, Row]:
    """Create, update, delete and list, which several nouns have."""
    word = {"status_configs": "status_config"}.get(group.rpartition(".")[2], group.rpartition(".")[2].removesuffix("s"))
    ident = payload[named]
    answer, one = {member: payload}, f"{ROOT}/{path}/{ident}"

    def of(client: Any) -> Any:
        for part in group.split("."):
            client = getattr(client, part)
        return client

    sent = {name: value for name, value in payload.items() if name != named}
    return {
        f"{group}.create": Row(
            lambda c: of(c).create(**{word: noun}), f"POST {ROOT}/{path}", answer, sent, member=member, names=named
        ),
        f"{group}.update": Row(
            lambda c: of(c).update(ident, **{word: noun}), f"PUT {one}", answer, sent, member=member, names=named
        ),
        f"{group}.delete": Row(lambda c: of(c).delete(ident), f"DELETE {one}"),
        f"{group}.list": Many(lambda c: of(c).list(), f"GET {ROOT}/{path}", {f"{member}s": [payload]}, member=f"{member}s"),
    }


_KNOWLEDGE = f"{ROOT}/agent/profiles/7/knowledge_base"
_SERVERS = f"{ROOT}/agent/profiles/7/mcps"
_STATUS = f"{ROOT}/agent/status"
_SERVER = McpServer(auth_method="header", header_name="X-Key", header_value="s3cret", url="https://mcp.example")  # type: ignore[arg-type] # as users may
_SENT_SERVER = {"auth_method": "header", "header_name": "X-Key", "header_value": "s3cret", "url": "https://mcp.example"}
_PROFILE = "agent_profile"
ROWS: dict[str, Row] = {
    **_of_noun(
        "canned_messages",
        "canned_messages",
        "conversation_canned_message",
        "conversation_canned_message_oid",
        CannedMessage(canned_message="Thank you", conversation_department_oids=[1, 2], short_code="ty"),
        CANNED,
    ),
    **_of_noun(
        "departments",
        "departments",
        "conversation_department",
        "conversation_department_oid",
        Department(
            department_name="Returns",
            members=[DepartmentMember(ai=False, member=True, name="Ada", user_id=7)],
            merchant_id="DEMO",
            settings={"any": 1},
        ),
        DEPARTMENT,
    ),
    **_of_noun(
        "engagements",
        "engagements",
        "conversation_engagement",
        "conversation_engagement_oid",
        Engagement(
            active=True,
            customer_greeting="Hello",
            department_oids=[1],
            engagement_name="Welcome",
            equation=EngagementEquation(
                groups=[
                    EngagementGroup(
                        functions=[
                            EngagementCondition(
                                type="current page url",  # type: ignore[arg-type] # as users may
                                current_page_url_logic="contains",  # type: ignore[arg-type] # as users may
                                current_page_url_value="/sale",
                            ),
                            EngagementCondition(
                                type="number of viewed pages",  # type: ignore[arg-type] # as users may
                                number_of_viewed_pages_logic="is at least",  # type: ignore[arg-type] # as users may
                            ),
                        ]
                    )
                ]
            ),
            time_on_page=30,
            visitor_type="first time",  # type: ignore[arg-type] # as users may
        ),
        ENGAGEMENT,
    ),
    **_of_noun(
        "agents.status_configs",
        "agent/status/config",
        "status_config",
        "conversation_status_uuid",
        AgentStatusConfig(
            active=True,
            channel="both",  # type: ignore[arg-type] # as users may
            color="#ff0000",
            created_at="2024-01-31T08:05:09Z",
            name="Lunch",
            routing_effect="busy",  # type: ignore[arg-type] # as users may
            sort_order=2,
        ),
        STATUS,
    ),
    "engagements.get": Row(
        lambda c: c.engagements.get(5),
        f"GET {ROOT}/engagements/5",
        {"conversation_engagement": ENGAGEMENT},
        member="conversation_engagement",
        names="conversation_engagement_oid",
    ),
    "canned_messages.search": Many(
        lambda c: c.canned_messages.search(short_code="t", max_results=9),
        f"POST {ROOT}/canned_messages/search",
        {"conversation_canned_messages": [CANNED]},
        {"short_code": "t", "max_results": 9},
        member="conversation_canned_messages",
    ),
    "departments.list_members": Many(
        lambda c: c.departments.list_members(),
        f"GET {ROOT}/department_members",
        {"conversation_department_members": [MEMBER]},
        member="conversation_department_members",
    ),
    "locations.list": Many(
        lambda c: c.locations.list(),
        f"POST {ROOT}/locations",
        {
            "countries": [
                {"iso2": "US", "name": "United States", "state_provinces": [{"abbreviation": "GA", "name": "Georgia"}]}
            ]
        },
        member="countries",
    ),
    "permissions.get": Row(
        lambda c: c.permissions.get(),
        f"GET {ROOT}/permissions",
        {"permissions": {"edit_settings": True}},
        member="permissions",
        names=None,
    ),
    "virtual_agents.get_budget": Row(
        lambda c: c.virtual_agents.get_budget(),
        f"GET {ROOT}/virtualagent/budget",
        {"budget": {"budget_daily": 5.5, "used_daily": 1.25}},
        member="budget",
        names=None,
    ),
    "virtual_agents.update_budget": Row(
        lambda c: c.virtual_agents.update_budget(budget=VirtualAgentBudget(budget_daily=5.5)),
        f"PUT {ROOT}/virtualagent/budget",
        {"budget": {"budget_daily": 5.5}},
        {"budget_daily": 5.5},
        member="budget",
        names=None,
    ),
    "virtual_agents.get_capabilities": Row(
        lambda c: c.virtual_agents.get_capabilities(),
        f"GET {ROOT}/virtualagent/capabilities",
        {"capabilities": PROFILE["ai_capabilities"]},
        member="capabilities",
        names=None,
    ),
    "virtual_agents.update_capabilities": Row(
        lambda c: c.virtual_agents.update_capabilities(capabilities=VirtualAgentCapabilities(generate_coupon=False)),
        f"PUT {ROOT}/virtualagent/capabilities",
        {"capabilities": {"generate_coupon": False}},
        {"generate_coupon": False},
        member="capabilities",
        names=None,
    ),
    "agents.get_profile": Row(
        lambda c: c.agents.get_profile(), f"GET {ROOT}/agent/profile", {_PROFILE: PROFILE}, member=_PROFILE, names=None
    ),
    "agents.update_profile": Row(
        lambda c: c.agents.update_profile(profile=AgentProfile(display_name="Ada", chat_limit=3)),
        f"PUT {ROOT}/agent/profile",
        {_PROFILE: PROFILE},
        {"display_name": "Ada", "chat_limit": 3},
        member=_PROFILE,
        names=None,
    ),
    "agents.list_profiles": Many(
        lambda c: c.agents.list_profiles(), f"GET {ROOT}/agent/profiles", {"agent_profiles": [PROFILE]}, member="agent_profiles"
    ),
    "agents.knowledge_base.list": Many(
        lambda c: c.agents.knowledge_base.list(7), f"GET {_KNOWLEDGE}", {"documents": [DOCUMENT]}, member="documents"
    ),
    "agents.knowledge_base.create": Whole(
        lambda c: c.agents.knowledge_base.create(7, original_file_name="r.pdf", presigned_url=URL["url"]),
        f"POST {_KNOWLEDGE}",
        {"document_uuid": UUID, "s3_key": "k/1.pdf", "vector_keys": ["v1"]},
        {"original_file_name": "r.pdf", "presigned_url": URL["url"]},
    ),
    "agents.knowledge_base.get_upload_url": Row(
        lambda c: c.agents.knowledge_base.get_upload_url(7, "pdf"),
        f"GET {_KNOWLEDGE}/upload_url/pdf",
        {"conversation_knowledge_base_document_upload_url": URL},
        member="conversation_knowledge_base_document_upload_url",
        names="url",
    ),
    "agents.knowledge_base.delete": Row(
        lambda c: c.agents.knowledge_base.delete(7, UUID),
        f"DELETE {_KNOWLEDGE}/{UUID}",
        {"document_id": "1"},
        member="document_id",
        names=None,
    ),
    "agents.mcp_servers.list": Many(
        lambda c: c.agents.mcp_servers.list(7), f"GET {_SERVERS}", {"mcp_servers": [SERVER]}, member="mcp_servers"
    ),
    "agents.mcp_servers.create": Row(
        lambda c: c.agents.mcp_servers.create(7, mcp_server=_SERVER),
        f"POST {_SERVERS}",
        {"mcp_server": SERVER},
        _SENT_SERVER,
        member="mcp_server",
        names="mcp_server_uuid",
    ),
    "agents.mcp_servers.get": Row(
        lambda c: c.agents.mcp_servers.get(7, UUID),
        f"GET {_SERVERS}/{UUID}",
        {"mcp_server": SERVER},
        member="mcp_server",
        names="mcp_server_uuid",
        asked=True,
    ),
    "agents.mcp_servers.update": Row(
        lambda c: c.agents.mcp_servers.update(7, UUID, mcp_server=_SERVER),
        f"POST {_SERVERS}/{UUID}",
        {"mcp_server": SERVER},
        _SENT_SERVER,
        member="mcp_server",
        names="mcp_server_uuid",
        asked=True,
    ),
    "agents.mcp_servers.delete": Row(lambda c: c.agents.mcp_servers.delete(7, UUID), f"DELETE {_SERVERS}/{UUID}"),
    "agents.mcp_servers.get_tools": Row(
        lambda c: c.agents.mcp_servers.get_tools(7, UUID),
        f"GET {_SERVERS}/{UUID}/tools",
        {"tools_json": '[{"name":"find"}]'},
        member="tools_json",
        names=None,
    ),
    "agents.test_sessions.start": Whole(
        lambda c: c.agents.test_sessions.start(7, question="Where is it?", queue_name="shop"),
        f"PUT {ROOT}/agent/profiles/7/test_session",
        SESSION,
        {"question": "Where is it?", "queue_name": "shop"},
    ),
    "agents.test_sessions.join": Row(
        lambda c: c.agents.test_sessions.join(7, UUID, conversation_webchat_queue_uuid=UUID),
        f"PUT {ROOT}/agent/profiles/7/test_session/{UUID}/join",
        body={"conversation_webchat_queue_uuid": UUID},
    ),
    "agents.status_history.get_heatmap": Whole(
        lambda c: c.agents.status_history.get_heatmap(channel="pbx", date_start="2024-01-31", metric="availability"),
        f"POST {_STATUS}/heatmap",
        HEATMAP,
        {"channel": "pbx", "date_start": "2024-01-31", "metric": "availability"},
    ),
    "agents.status_history.get_timeline": Whole(
        lambda c: c.agents.status_history.get_timeline("7", date="2024-01-31", channel="chat"),
        f"GET {_STATUS}/history/7/timeline?date=2024-01-31&channel=chat",
        TIMELINE,
    ),
    "agents.status_history.search": Many(
        lambda c: c.agents.status_history.search(agent_user_id="7", trigger="manual", page_size=9),
        f"POST {_STATUS}/history/search?_limit=9",
        {"events": [EVENT]},
        {"agent_user_id": "7", "trigger": "manual"},
        member="events",
    ),
    "agents.status_rollups.get_summary": Whole(
        lambda c: c.agents.status_rollups.get_summary(date_start="2024-01-01", date_end="2024-01-31"),
        f"GET {_STATUS}/rollup/summary?date_start=2024-01-01&date_end=2024-01-31",
        {"agents": [SUMMARY], "avg_available_pct": 0.5, "status_breakdown": {"Lunch": 3}, "total_agents": 1},
    ),
    "agents.status_rollups.search": Many(
        lambda c: c.agents.status_rollups.search(channel="chat", date_end="2024-01-31"),
        f"POST {_STATUS}/rollup/search",
        {"rollups": [SUMMARY | {"channel": "chat", "rollup_date": "2024-01-31"}]},
        {"channel": "chat", "date_end": "2024-01-31"},
        member="rollups",
    ),
    "conversations.autocomplete": Whole(
        lambda c: c.conversations.autocomplete(field="email", term="ad"),
        f"POST {ROOT}/conversations/autocomplete",
        {"field": "email", "results": [{"description": "Ada", "value": "ada@example.org"}], "term": "ad"},
        {"field": "email", "term": "ad"},
    ),
    "conversations.get_context": Whole(
        lambda c: c.conversations.get_context(UUID),
        f"PUT {ROOT}/conversations/{UUID}/context",
        {
            "cart": {"cart_id": "c1"},
            "current_url": "https://shop.example/sale",
            "orders": [{"order_id": "DEMO-1"}],
            "page_view": [{"title": "Sale", "time_on_page": 3}],
            "session_start": {"time_on_Site": 9, "channel": "web"},
            "session_start_dts": "2024-01-31T08:05:09-05:00",
            "session_utm": {"utm_source": "mail"},
        },
    ),
    "items.get_variations": Row(
        lambda c: c.items.get_variations("TSHIRT"),
        f"GET {ROOT}/items/TSHIRT/variations",
        {
            "item": {
                "merchant_item_id": "TSHIRT",
                "variations": [{"name": "Size", "options": [{"value": "M", "default_option": True}]}],
                "variant_items": [{"variant_merchant_item_id": "TSHIRT-M", "variations": ["M"]}],
            }
        },
        member="item",
        names="merchant_item_id",
        asked=True,
    ),
    "conversations.unsubscribe_sms": Row(
        lambda c: c.conversations.unsubscribe_sms(UUID), f"PUT {ROOT}/conversations/{UUID}/sms_unsubscribe"
    ),
}
