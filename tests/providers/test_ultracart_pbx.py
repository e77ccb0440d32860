"""The phone system of UltraCart: what is sent and what comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

import aioconvo
from aioconvo.core.json.model import Model, is_drifted
from aioconvo.core.operations.resource import load
from aioconvo.ultracart import OPERATIONS, UltraCartClient
from aioconvo.ultracart.pages import Metadata, Rows, Told
from aioconvo.ultracart.pbx import (
    PbxAction,
    PbxAddress,
    PbxAgent,
    PbxAudio,
    PbxAuditAction,
    PbxCall,
    PbxClassOfService,
    PbxHardwarePhone,
    PbxMenu,
    PbxMenuAction,
    PbxMenuMapping,
    PbxPhoneNumber,
    PbxQueue,
    PbxQueueMembers,
    PbxSpeaker,
    PbxTimeBased,
    PbxTimeBasedMapping,
    PbxTimeBasedMappings,
    PbxTimeRange,
    PbxTimeRangeConfig,
    PbxVoice,
    PbxVoicemailMailbox,
)
from aioconvo.ultracart.pbx.pages import CallPage, call_pager
from tests.campaign import examples
from tests.providers.test_ultracart import result_set

load(UltraCartClient, ("pbx",))  # the first touch inside of a loop would hold it up
UUID = "5e1d0000-0000-4000-8000-00000000000a"
OTHER = "5e1d0000-0000-4000-8000-00000000000b"
SID = "RE00000000000000000000000000000001"
ROOT = "/rest/v2/conversation/pbx"


class Noun(NamedTuple):
    """One of the nouns that are created, changed and deleted: where it is, and what it is called in answers."""

    path: str
    member: str
    plural: str
    given: Model
    more: dict[str, Any] = {}  # noqa: RUF012 -- what the API adds; nobody changes it
    uuid: str = ""
    methods: str = "create delete get list update"

    @property
    def named(self) -> str:
        """The member that holds the UUID."""
        return self.uuid or f"conversation_pbx_{self.path.rpartition('/')[0] or self.path}_uuid"

    @property
    def payload(self) -> dict[str, Any]:
        """The noun as the API shows it."""
        return {**msgspec.to_builtins(self.given), **self.more, self.named: UUID}

    def answer(self, **changes: Any) -> dict[str, Any]:
        """An answer about one."""
        return {"success": True, "metadata": {"payload_name": self.member}, self.member: self.payload | changes}


AUDIO = PbxAudio(audio_s3_listing_key="k/1.mp3", default_hold_music=True, description="Hold", mime_type="audio/mpeg")
NOUNS: dict[str, Noun] = {
    "addresses": Noun(
        "address",
        "address",
        "addresses",
        PbxAddress(
            city="Duluth", country_code="US", customer_name="Shop", postal_code="30096", region="GA", street="1 Main St"
        ),
        {"address_sid": "AD1", "valid": True, "validated": True, "verified": False, "merchant_id": "DEMO"},
    ),
    "agents": Noun(
        "agent",
        "agent",
        "agents",
        PbxAgent(ai=False, cellphone="+15555550100", hardware_phone_uuids=[OTHER], unavailable_say_voice=PbxVoice.WOMAN),
        {"call_routing_preference": "carrier pigeon", "extension": 101, "login": "ada", "user_id": 7},
        methods="get list update",
    ),
    "audios": Noun("audio", "audio", "audios", AUDIO, {"url": "https://media.example.com/1.mp3", "version": 2}),
    "classes_of_service": Noun(
        "class_of_service",
        "class_of_service",
        "classes_of_services",
        PbxClassOfService(allowed_countries=["1", "44"], block_premium_numbers=True, name="Staff", outbound_enabled=True),
        {"default_flag": False},
    ),
    "hardware_phones": Noun(
        "hardware_phone",
        "hardware_phone",
        "hardware_phones",
        PbxHardwarePhone(mac_address="00:00:5e:00:53:01", manufacturer="poly", model="edge", name="Desk"),
        {"sip_password": "canary", "sip_username": "canary", "created_at": 1770062689, "updated_at": {"epoch": 1}},
    ),
    "menus": Noun(
        "menu",
        "menu",
        "menus",
        PbxMenu(
            mappings=[
                PbxMenuMapping(action=PbxMenuAction.SEND_TEXT, digits=1, text_message="Hi", sms_from_number="+15555550100")
            ],
            name="Main",
            say="Press 1",
            say_voice=PbxVoice.MAN,
            timeout=5,
        ),
    ),
    "phone_numbers": Noun(
        "phone_number",
        "phone_number",
        "phone_numbers",
        PbxPhoneNumber(action=PbxAction.QUEUE, action_target=OTHER, default_phone_number=True),
        {"phone_number": "+15555550100", "deletion_protected": False},
        methods="delete get list update",
    ),
    "queues": Noun(
        "queue",
        "queue",
        "queues",
        PbxQueue(name="Sales", members=PbxQueueMembers(users=[7], groups=[]), max_hold_seconds=600, voicemail=True),
        {"ai_priority": "backup", "twilio_workspace_queue_sid": "WQ1"},
    ),
    "time_based": Noun(
        "time_based",
        "time_based",
        "time_baseds",
        PbxTimeBased(
            time_based_name="Hours",
            mapping_config=PbxTimeBasedMappings(
                default_mapping=PbxTimeBasedMapping(action=PbxAction.VOICEMAIL, action_target=OTHER),
                mappings=[PbxTimeBasedMapping(action=PbxAction.AGENT, action_target=OTHER, name="Day", time_range_uuid=OTHER)],
            ),
        ),
    ),
    "time_ranges": Noun(
        "time_range",
        "time_range",
        "time_ranges",
        PbxTimeRange(
            configs=[PbxTimeRangeConfig(start_day_of_week=1, end_day_of_week=5, start_time="09:00", end_time="17:00")],
            time_range_name="Day",
            timezone="America/New_York",
        ),
    ),
    "user_audios": Noun("audio/user", "audio", "audios", AUDIO, {"user_id": 7}),
    "voicemail_mailboxes": Noun(
        "voicemail_mailbox",
        "voicemail_mailbox",
        "voicemail_mailboxes",
        PbxVoicemailMailbox(send_notices_to_email="a@example.org", voicemail_prompt_say="Leave a message"),
        {"voicemail_mailbox_type": "shared", "send_notices_to_channel": "email"},
    ),
}
VOICEMAIL: dict[str, Any] = {
    "call_sid": "CA1",
    "duration": 12,
    "from": "+15555550100",
    "listened": False,
    "recording_sid": SID,
    "recording_status": "completed",
    "voicemail_dts": "2026-02-02T15:04:49-05:00",
}
CALL: dict[str, Any] = {
    "call_uuid": UUID,
    "agents": [{"agent_name": "Ada", "answered": True, "joined_at_dts": "2026-02-02T15:04:49-05:00"}],
    "ai_agent_engagements": [{"engagement_type": "ai_coach", "tool_calls": [{"parameters": {"a": [1]}, "result": "canary"}]}],
    "created_at_dts": "2026-02-02T15:04:49-05:00",
    "caller": {"phone_number": "+15555550100"},
    "financial": {"call_price": 0.25, "call_price_estimated": True},
    "recordings": [{"transcript": {"segments": [{"speaker": " customer", "text": "canary"}, {"speaker": "agent"}]}}],
    "timeline": {"talk_time_seconds": 60},
}


class Row(NamedTuple):
    """An operation besides those that the nouns have in common."""

    call: Callable[[Any], Any]
    request: str
    answer: dict[str, Any]
    body: Any = None
    gives: Any = None


PHONE = NOUNS["hardware_phones"]
NUMBER = NOUNS["phone_numbers"]
KNOWN = {"orders": [{"order_id": "D-1"}], "auto_orders": [], "customers": [{"email": "a@example.org"}], "zoho_desk_tickets": []}
USED = {"menus": [NOUNS["menus"].payload], "queues": [], "voicemail_mailboxes": None}
ROWS: dict[str, Row] = {
    "agent_voicemails.delete": Row(lambda p: p.agent_voicemails.delete(SID), f"DELETE /agent/voicemails/{SID}", {}),
    "agent_voicemails.get": Row(
        lambda p: p.agent_voicemails.get(SID),
        f"GET /agent/voicemails/{SID}",
        {"voicemail_message": VOICEMAIL | {"transcript_text": "canary", "recording_url": "https://canary.example.com"}},
    ),
    "agent_voicemails.list": Row(
        lambda p: p.agent_voicemails.list(), "GET /agent/voicemails", {"voicemail_message_summaries": [VOICEMAIL]}
    ),
    "agent_voicemails.mark_listened": Row(
        lambda p: p.agent_voicemails.mark_listened(SID), f"GET /agent/voicemails/{SID}/listened", {}
    ),
    "audios.get_upload_url": Row(
        lambda p: p.audios.get_upload_url("mp3"),
        "GET /audio/upload_url/mp3",
        {"conversation_pbx_audio_upload_url": {"key": "k/1.mp3", "url": "https://canary.example.com"}},
    ),
    "audios.get_usage": Row(lambda p: p.audios.get_usage(UUID), f"GET /audio/{UUID}/usage", USED),
    "calls.get": Row(lambda p: p.calls.get(UUID), f"GET /call/{UUID}", {"call": CALL}),
    "calls.search": Row(
        lambda p: p.calls.search(queue_uuids=[OTHER], start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), sort="x", page_size=9),
        "POST /call/search?_limit=9&_sort=x",
        {"calls": [CALL]} | result_set(1, 0, 1, more=False),
        {"queue_uuids": [OTHER], "start_date": "2026-01-01T00:00:00+00:00"},
    ),
    "calls.update": Row(
        lambda p: p.calls.update(UUID, notes="canary", finalize=True),
        f"PUT /call/{UUID}",
        {"call": CALL | {"notes": "canary"}},
        {"notes": "canary", "finalize": True},
    ),
    "classes_of_service.list_audit_logs": Row(
        lambda p: p.classes_of_service.list_audit_logs(
            since="2026-01-01", agent_login="ada", action=PbxAuditAction.BLOCKED, page_size=5
        ),
        "GET /class_of_service/audit_log?action=blocked&agent_login=ada&limit=5&since=2026-01-01",
        {"audit_logs": [{"audit_log_uuid": UUID, "action": "blocked", "rule_triggered": "new_rule", "destination": "canary"}]},
    ),
    "config.get_default_timezone": Row(
        lambda p: p.config.get_default_timezone(),
        "GET /config/default-timezone",
        {"default_timezone": "America/New_York"},
        gives="America/New_York",
    ),
    "config.update_default_timezone": Row(
        lambda p: p.config.update_default_timezone(default_timezone="Europe/Paris"),
        "PUT /config/default-timezone",
        {"default_timezone": "Europe/Paris"},
        {"default_timezone": "Europe/Paris"},
        "Europe/Paris",
    ),
    "customer_snapshots.get": Row(
        lambda p: p.customer_snapshots.get(phone_number="+15555550100", order_expand="items", search_zoho_desk_tickets=True),
        "POST /customer_snapshot",
        KNOWN,
        {"phone_number": "+15555550100", "order_expand": "items", "search_zoho_desk_tickets": True},
    ),
    "hardware_phones.list_manufacturers": Row(
        lambda p: p.hardware_phones.list_manufacturers(),
        "GET /hardware_phone/manufacturers",
        {"manufacturers": [{"manufacturer_id": "poly", "models": [{"model_id": "edge"}]}]},
    ),
    "hardware_phones.regenerate_password": Row(
        lambda p: p.hardware_phones.regenerate_password(UUID, hardware_phone=PHONE.given),
        f"POST /hardware_phone/{UUID}/regenerate_password",
        PHONE.answer(),
        msgspec.to_builtins(PHONE.given),
    ),
    "pay_connectors.list": Row(
        lambda p: p.pay_connectors.list(),
        "GET /pay_connector",
        {"pay_connectors": [{"sid": "PC1", "processor": "stripe", "environment": "live"}]},
    ),
    "phone_numbers.protect": Row(
        lambda p: p.phone_numbers.protect(UUID), f"PUT /phone_number/{UUID}/protect", NUMBER.answer(deletion_protected=True)
    ),
    "phone_numbers.purchase": Row(
        lambda p: p.phone_numbers.purchase(phone_number="+15555550100", action="menu", action_target=OTHER),
        "POST /phone_number",
        NUMBER.answer(),
        {"phone_number": "+15555550100", "action": "menu", "action_target": OTHER},
    ),
    "phone_numbers.search": Row(
        lambda p: p.phone_numbers.search(country="US", area_code="770", sms_enabled=True, page_size=100),
        "GET /phone_number/search?area_code=770&country=US&limit=100&sms_enabled=true",
        {"available_phone_numbers": [{"phone_number": "+15555550100", "address_requirements": "none", "monthly_cost": 1.15}]},
    ),
    "queue_voicemails.delete": Row(
        lambda p: p.queue_voicemails.delete(UUID, SID), f"DELETE /queues/{UUID}/voicemails/{SID}", {}
    ),
    "queue_voicemails.get": Row(
        lambda p: p.queue_voicemails.get(UUID, SID), f"GET /queues/{UUID}/voicemails/{SID}", {"voicemail_message": VOICEMAIL}
    ),
    "queue_voicemails.list": Row(
        lambda p: p.queue_voicemails.list(UUID), f"GET /queues/{UUID}/voicemails", {"voicemail_message_summaries": [VOICEMAIL]}
    ),
    "queue_voicemails.mark_listened": Row(
        lambda p: p.queue_voicemails.mark_listened(UUID, SID), f"GET /queues/{UUID}/voicemails/{SID}/listened", {}
    ),
    "queues.reset_statistics": Row(lambda p: p.queues.reset_statistics(UUID), f"POST /queues/{UUID}/reset_statistics", {}),
    "voicemail_mailboxes.get_capabilities": Row(
        lambda p: p.voicemail_mailboxes.get_capabilities(),
        "GET /voicemail/capabilities",
        {"zoho_desk_available": True, "zoho_desk_departments": [{"department_id": "1", "department_name": "Sales"}]},
    ),
}
each_noun = pytest.mark.parametrize("name", NOUNS)


@pytest.fixture
def client(wire: Any) -> UltraCartClient:
    return UltraCartClient(simple_key="s3cret", base_url=wire.base_url + "/rest/v2", max_retries=0)


def test_effects() -> None:
    """The method does not tell them: a GET marks voicemail, a POST only searches, and a phone number costs money."""
    known = {
        "phone_numbers.purchase": "paid",
        "queues.reset_statistics": "unsafe",
        "hardware_phones.regenerate_password": "unsafe",
    }
    repeated = "agent_voicemails queue_voicemails"
    known |= {f"{name}.{method}": "idempotent" for name in repeated.split() for method in ("delete", "mark_listened")}
    known |= dict.fromkeys(("calls.update", "config.update_default_timezone", "phone_numbers.protect"), "idempotent")
    for name, noun in NOUNS.items():
        known |= {f"{name}.{method}": "idempotent" for method in ("delete", "update") if method in noun.methods.split()}
        known |= {f"{name}.create": "unsafe"} if "create" in noun.methods else {}
    found = {one.python.removeprefix("ultracart.pbx."): one.effect.value for one in OPERATIONS if ".pbx." in one.python}
    assert len(found) == 82
    assert found == {name: known.get(name, "read") for name in found}
    assert known.keys() <= found.keys()


@each_noun
async def test_nouns_that_are_created_changed_and_deleted(wire: Any, client: UltraCartClient, name: str) -> None:
    noun = NOUNS[name]
    group: Any = attrgetter(name)(client.pbx)
    whole = msgspec.convert(noun.payload, type(noun.given)) if name != "agents" else None
    one, given = f"{ROOT}/{noun.path}/{UUID}", {noun.member: noun.given}
    calls: dict[str, tuple[str, Callable[[], Any], str, Any]] = {
        "create": ("POST", lambda: group.create(**given), f"{ROOT}/{noun.path}", msgspec.to_builtins(noun.given)),
        "delete": ("DELETE", lambda: group.delete(UUID), one, None),
        "get": ("GET", lambda: group.get(UUID), one, None),
        "update": ("PUT", lambda: group.update(UUID, **given), one, msgspec.to_builtins(noun.given)),
    }
    async with client:
        for method in noun.methods.replace("list ", "").split():
            verb, call, path, body = calls[method]
            wire.answers(verb, noun.answer())
            came = await call()
            assert (wire.last.method, wire.last.path, wire.last.query) == (verb, path, []), method
            assert (wire.last.json() if wire.last.body else None) == body, method
            if came is None:
                assert (name, method) in {("classes_of_service", "delete"), ("phone_numbers", "delete")}
                continue
            assert not is_drifted(came)
            assert whole is None or came == whole
            assert "canary" not in repr(came) + str(came)
            assert msgspec.to_builtins(came) == noun.payload
        wire.answers("GET", {noun.plural: [noun.payload, noun.payload | {noun.named: OTHER}], "success": True})
        found = await group.list().collect()
    assert (wire.last.path, wire.last.query) == (f"{ROOT}/{noun.path}", [])
    assert [getattr(item, noun.named) for item in found] == [UUID, OTHER]
    assert msgspec.to_builtins(found[0]) == noun.payload


@pytest.mark.parametrize("name", ROWS)
async def test_the_other_operations(wire: Any, client: UltraCartClient, name: str) -> None:
    row = ROWS[name]
    verb, _, target = row.request.partition(" ")
    wire.answers(verb, {"success": True, **row.answer})
    if name == "calls.search":  # its front is looked at again, since nobody knows how it is sorted
        wire.answers(verb, {"success": True, **row.answer})
    async with client:
        made = row.call(client.pbx)
        came = await (made.collect() if hasattr(made, "collect") else made)
    asked = wire.sent[0]
    query = "&".join(f"{key}={value}" for key, value in asked.query)
    assert (asked.method, asked.path + (f"?{query}" if query else "")) == (verb, f"{ROOT}{target}")
    assert (asked.json() if asked.body else None) == row.body
    assert "canary" not in repr(came)
    payload = {key: value for key, value in row.answer.items() if value is not None and key not in {"success", "metadata"}}
    if row.gives is not None or not row.answer:
        assert came == row.gives
    elif isinstance(came, list):
        assert msgspec.to_builtins(came) == next(iter(payload.values()))
    elif isinstance(came, Told):
        assert msgspec.to_builtins(came) == payload | {"success": True}
    else:
        assert [msgspec.to_builtins(came)] == list(payload.values())


async def test_a_delete_may_say_only_that_it_went_well(wire: Any, client: UltraCartClient) -> None:
    async with client:
        for body, status in ((b"", 204), (b'{"success":true}', 200), (b'{"success":true,"queue":null}', 200)):
            wire.answers("DELETE", body=body, status=status)
            assert await client.pbx.queues.delete(UUID) is None
        wire.answers("DELETE", {"success": True, "queue": {"conversation_pbx_queue_uuid": OTHER}})
        with pytest.raises(aioconvo.WrongAnswerError):
            await client.pbx.queues.delete(UUID)


async def test_a_search_of_calls_is_walked_by_offset(wire: Any, client: UltraCartClient) -> None:
    earlier = CALL | {"call_uuid": OTHER, "created_at_dts": "2026-02-01T00:00:00Z"}
    wire.answers("POST", {"calls": [CALL]} | result_set(1, 0, 2, more=True))
    wire.answers("POST", {"calls": [earlier]} | result_set(1, 1, 2, more=False))
    async with client:
        calls = await client.pbx.calls.search(direction="inbound", page_size=1).collect()
    assert [call.call_uuid for call in calls] == [UUID, OTHER]
    assert [sent.query for sent in wire.sent] == [[("_limit", "1")], [("_limit", "1"), ("_offset", "1")]]
    assert [sent.json() for sent in wire.sent] == [{"direction": "inbound"}] * 2


@given(
    moves=st.lists(st.sampled_from(["a new call", "one goes", "nothing"]), max_size=6),
    count=st.integers(0, 9),
    size=st.integers(1, 4),
    sort=st.sampled_from([None, "x"]),
)
@settings(max_examples=examples(60), deadline=None)
def test_every_call_comes_once_though_the_list_moves(moves: list[str], count: int, size: int, sort: str | None) -> None:
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    calls = [PbxCall(call_uuid=f"c{n}", created_at_dts=day + dt.timedelta(hours=n)) for n in reversed(range(count))]
    stays, came = {call.call_uuid for call in calls}, []
    pager = call_pager(sort=sort, page_size=size)(None)
    while (ask := pager.ask()) is not None:
        offset = int(dict(ask.query).get("_offset", "0"))
        page, total = calls[offset : offset + size], len(calls)
        rows = Rows(count=len(page), offset=offset, limit=size, total_records=total, more=offset + size < total)
        came += [call.call_uuid for call in pager.take(CallPage(calls=page, metadata=Metadata(result_set=rows))).items]
        move = moves.pop() if moves else "nothing"
        if move == "a new call":
            calls.insert(0, PbxCall(call_uuid=f"n{len(moves)}", created_at_dts=day + dt.timedelta(days=9 - len(moves))))
        elif move == "one goes" and calls:
            stays.discard(calls.pop(len(moves) % len(calls)).call_uuid)
    assert len(came) == len(set(came))
    assert stays <= set(came)


async def test_what_is_known_of_a_call(wire: Any, client: UltraCartClient) -> None:
    wire.answers("GET", {"success": True, "call": CALL})
    async with client:
        call = await client.pbx.calls.get(UUID)
    assert call.recordings is not None
    transcript = call.recordings[0].transcript
    assert transcript is not None
    assert transcript.segments is not None
    assert [one.speaker for one in transcript.segments] == [" customer", PbxSpeaker.AGENT]  # the vendor's SDK had such a space
    assert "canary" not in repr(call) + repr(transcript.segments)


async def test_what_is_changed_is_what_came(wire: Any, client: UltraCartClient) -> None:
    queue = NOUNS["queues"]
    wire.answers("GET", queue.answer())
    wire.answers("PUT", queue.answer(name="Support"))
    async with client:
        came = await client.pbx.queues.get(UUID)
        changed = await client.pbx.queues.update(UUID, queue=msgspec.structs.replace(came, name="Support"))
    assert wire.last.json() == queue.payload | {"name": "Support"}
    assert changed.name == "Support"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda p: p.queues.create(queue=PbxQueue(name="x" * 51)), "queue.name must have up to 50 characters"),
        (
            lambda p: p.menus.update(UUID, menu=PbxMenu(mappings=[PbxMenuMapping(text_message="x" * 1601)])),
            r"menu.mappings\[\].text_message must have up to 1600 characters",
        ),
        (
            lambda p: p.addresses.create(address=PbxAddress(country_code="USA")),
            "country_code must have up to 2 characters",
        ),
        (lambda p: p.phone_numbers.purchase(phone_number="+" * 51), "phone_number must have up to 50 characters"),
        (lambda p: p.config.update_default_timezone(default_timezone=""), "default_timezone must have 1 to 60 characters"),
        (lambda p: p.queues.get(""), "empty"),
    ],
)
async def test_what_is_refused_is_not_sent(wire: Any, client: UltraCartClient, call: Any, told: str) -> None:
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match=told):
            await call(client.pbx)
    assert wire.sent == []


async def test_a_purchase_that_may_have_arrived_is_not_sent_again(wire: Any) -> None:
    wire.answers("POST", status=503)
    async with UltraCartClient(simple_key="k", base_url=wire.base_url, max_retries=3) as client:
        with pytest.raises(aioconvo.MaybeSentError):
            await client.pbx.phone_numbers.purchase(phone_number="+15555550100")
    assert len(wire.sent) == 1
