"""What a declaration makes of a signature: where arguments go, what is refused, what frames show, what pickles."""

from __future__ import annotations

import datetime as dt
import gc
import inspect
import linecache
import pickle
import subprocess
import sys
import threading
import traceback
import weakref
from typing import Annotated, Any, ClassVar, cast

import msgspec
import pytest
from msgspec import UNSET, UnsetType

import aioconvo
from aioconvo.convore import Message
from aioconvo.core.answers.identity import Check, names
from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Model
from aioconvo.core.operations.declaration import declared, listing, operation, operation_of, performs
from aioconvo.core.operations.envelope import envelope
from aioconvo.core.operations.markers import Body, Name, PageSize, Place, Query, Style, Whole, camel
from aioconvo.core.operations.operation import Effect, Operation
from aioconvo.core.operations.resource import Group, Resource, declarations, operations
from aioconvo.core.operations.rules import AtLeast, AtMost, Between, Length, Time, exactly_one, lower_uuid, not_both
from aioconvo.core.paging.pagers import CursorPager, Listing, pages_by
from aioconvo.core.paging.paginator import AsyncPaginator

CANARY = "kanari"
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Draft(Model):
    id: str = ""


class DraftPage(Model):
    data: list[Draft]


@pages_by(aioconvo.PageKind.CURSOR)
def draft_pager(*, before: str | None) -> Listing[DraftPage, Draft]:
    return Listing(lambda mark: CursorPager("before", lambda page: page.data, lambda _: None, start=before, mark=mark))  # type: ignore[arg-type, return-value] # never walked


def _is(draft_id: str) -> Check:
    return names("draft", "id", draft_id)


def _first_comes_first(since: dt.datetime | None, until: dt.datetime | None) -> None:
    """Since before until."""
    if since and until and since > until:
        raise aioconvo.InvalidRequestError("since must be before until")


def _look(_name: str, draft: Draft | None) -> Draft:
    """Plain unless it has a look."""
    return draft or PLAIN


def _loud(_name: str, text: str) -> str:
    """Loud."""
    return text.upper()


PLAIN = Draft()
Shout = Annotated[str, _loud]
_HAND = Operation("core.drafts.count", "count_drafts", "GET", "/drafts/count", object, Effect.READ)


class Drafts(Group):
    """Drafts."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    of_client = ("app_id",)

    @operation("GET /{appId}/drafts/{draftId}", Effect.READ, name="getDraft", expect=_is)
    async def get(self, draft_id: str) -> Draft:
        """Fetch one."""
        ...

    @operation(
        "PATCH /drafts/{draftId}",
        Effect.IDEMPOTENT,
        name="updateDraft",
        unwrap="draft",
        check=(not_both("display_name", "from_"), _first_comes_first),
    )
    async def update(
        self,
        draft_id: Annotated[str, lower_uuid],
        *,
        display_name: Annotated[str, Length(1, 5)] | UnsetType | None = UNSET,
        from_: str | UnsetType = UNSET,
        tags: Annotated[list[str], AtMost(2, "tags")] | None = None,
        is_utc: bool = False,
        count: Annotated[int, AtLeast(1, "items")] | UnsetType = UNSET,
        since: Time | None = None,
        until: Time | None = None,
        odd: Annotated[str, Name("__odd")] | UnsetType = UNSET,
        mode: Annotated[str | None, Query()] = None,
    ) -> Draft:
        """Change one."""
        ...

    @operation("PUT /drafts", Effect.UNSAFE, name="putDraft")
    async def put(self, *, draft: Annotated[Draft, Whole()], note: Annotated[bool | None, Query("note[it]")] = None) -> None:
        """Put one."""
        ...

    @operation("POST /drafts/join", Effect.UNSAFE, name="joinDraft", optional_body=True)
    async def join(self, *, language: str | UnsetType = UNSET) -> None:
        """Join one."""
        ...

    @operation("DELETE /drafts", Effect.IDEMPOTENT, name="deleteDrafts", check=exactly_one("user_id", "all_of_them"))
    async def delete(self, *, user_id: str | None = None, all_of_them: bool | None = None) -> None:
        """Delete some."""
        ...

    @operation("GET /drafts/{draftId}/seen", Effect.IDEMPOTENT, name="seeDraft", answer=Draft, expect=_is)
    async def see(self, draft_id: str) -> None:
        """Mark one as seen."""
        ...

    @operation("POST /drafts/{draftId}/looks", Effect.UNSAFE, name="dressDraft")
    async def dress(
        self, draft_id: Annotated[str, lower_uuid], *, look: Annotated[Draft | None, _look] = PLAIN, name: Shout | None = None
    ) -> None:
        """Dress one."""
        ...

    @performs(_HAND)
    async def count(self) -> int:
        """Count them."""
        return len(repr(await self._client.call(_HAND.request())))

    @listing("POST /drafts/search", draft_pager, name="searchDrafts")
    def search(
        self,
        *,
        text: str | UnsetType = UNSET,
        since: Time | UnsetType = UNSET,
        before: str | None = None,
        both: Annotated[str | None, Body()] = None,
        page_size: Annotated[int, Between(1, 9), PageSize("size")] | None = None,
        limit: int | None = None,
        start: str | None = None,
    ) -> AsyncPaginator[Draft]:
        """Search them."""
        ...


class Client:
    """Holds what was asked for."""

    app_id = "a/b"
    drafts = Resource(Drafts)

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: Any = None

    async def call(self, request: Any) -> Any:
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def paginate(self, *given: Any, **named: Any) -> Any:
        self.asked.append((given, named))
        return "the list"


@pytest.fixture
def client() -> Client:
    return Client()


async def _sent(client: Client, **given: Any) -> Any:
    client.answer = cast("Any", envelope(Draft, "draft", Telling))(draft=Draft(id="d"))
    assert await client.drafts.update("0B9F7D6E-3c1a-4e5f-8a2b-1c2d3e4f5a6b", **given) == Draft(id="d")
    return client.asked[-1]


async def test_arguments_go_where_they_belong(client: Client) -> None:
    request = await _sent(client, display_name="Ada", count=1, since=NOW, odd="o", mode="m/1", is_utc=True, tags=["a"])
    assert request.path == "/drafts/0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b"
    assert request.query == "mode=m%2F1"
    told = {"displayName": "Ada", "tags": ["a"], "isUtc": True, "count": 1, "since": "2026-01-01T00:00:00Z", "__odd": "o"}
    assert msgspec.json.decode(request.body) == told


async def test_null_is_sent_and_nothing_is_not(client: Client) -> None:
    assert msgspec.json.decode((await _sent(client)).body) == {"isUtc": False}
    assert msgspec.json.decode((await _sent(client, display_name=None)).body) == {"displayName": None, "isUtc": False}
    assert msgspec.json.decode((await _sent(client, from_="", tags=None)).body) == {"from": "", "isUtc": False}


async def test_what_the_path_names_and_no_argument_does_is_the_clients(client: Client) -> None:
    client.answer = Draft(id="x")
    assert await client.drafts.get("d") is client.answer
    assert client.asked[-1].path == "/a%2Fb/drafts/d"
    client.asked[-1].check(Draft(id="d"))
    with pytest.raises(Exception, match="another draft"):
        client.asked[-1].check(Draft(id="e"))


async def test_a_method_that_gives_nothing_looks_at_what_comes_all_the_same(client: Client) -> None:
    client.answer = Draft(id="e")
    await client.drafts.see("d")
    assert linecache.getlines(Drafts.see.__code__.co_filename)[-1].strip() == "await self._client.call(request)"
    with pytest.raises(Exception, match="another draft"):
        client.asked[-1].check(client.answer)


UUID = "0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b"


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({}, {"look": {}}),
        ({"look": None, "name": None}, {"look": {}}),
        ({"look": Draft(id="l"), "name": "n"}, {"look": {"id": "l"}, "name": "N"}),
    ],
)
async def test_a_rule_is_asked_about_all_that_it_stands_around(client: Client, given: Any, body: Any) -> None:
    await client.drafts.dress(UUID, **given)
    assert msgspec.json.decode(client.asked[-1].body) == body


@pytest.mark.parametrize("nothing", [None, UNSET, ""])
async def test_nothing_is_no_id(client: Client, nothing: Any) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match="draft_id must be a UUID"):
        await client.drafts.dress(nothing)


async def test_a_whole_body_and_a_body_that_may_be_missing(client: Client) -> None:
    await client.drafts.put(draft=Draft(id="d"), note=True)
    assert (client.asked[-1].body, client.asked[-1].query) == (b'{"id":"d"}', "note%5Bit%5D=true")
    await client.drafts.join()
    assert client.asked[-1].body is None
    await client.drafts.join(language="en")
    assert client.asked[-1].body == b'{"language":"en"}'


def test_a_list_asks_for_its_pages(client: Client) -> None:
    listed: Any = client.drafts.search(since=NOW, before="b", both="w", page_size=3, limit=4, start="s")
    assert listed == "the list"
    given, named = client.asked[-1]
    assert given[:2] == (operation_of(Drafts.search), ())
    assert given[2](None).ask().query == (("before", "b"),)
    body = {"since": "2026-01-01T00:00:00Z", "both": "w"}
    assert named == {"body": body, "page_size": ("size", 3), "limit": 4, "start": "s"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"display_name": ""}, "display_name must have 1 to 5 characters; got 0"),
        ({"display_name": "a" * 6}, "display_name must have 1 to 5 characters; got 6"),
        ({"tags": ["a"] * 3}, "tags must have up to 2 tags; got 3"),
        ({"count": 0}, "count must be 1 or more items; got 0"),
        ({"since": dt.datetime(2026, 1, 1)}, "since must be a datetime with a time zone"),  # noqa: DTZ001 -- what is refused
        ({"display_name": "a", "from_": "b"}, "display_name and from_ exclude each other; give only one"),
        ({"since": NOW, "until": NOW - dt.timedelta(1)}, "since must be before until"),
        ({"from_": "\ud800"}, "lone surrogate"),
    ],
)
async def test_what_breaks_a_rule_is_refused_before_anything_is_sent(client: Client, given: Any, words: str) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match=words):
        await _sent(client, **given)
    assert client.asked == []


@pytest.mark.parametrize(
    ("args", "given", "words"),
    [
        ((), {}, r"Drafts.update\(\) missing 1 required positional argument: 'draft_id'"),
        (("d", "e"), {}, r"Drafts.update\(\) takes 2 positional arguments but 3 were given"),
        (("d",), {"bod": 1}, r"Drafts.update\(\) got an unexpected keyword argument 'bod'"),
        (("d",), {"draft_id": 1}, r"Drafts.update\(\) got multiple values for argument 'draft_id'"),
    ],
)
def test_python_itself_refuses_what_is_no_call(client: Client, args: Any, given: Any, words: str) -> None:
    """When it is called, not when it is awaited."""
    with pytest.raises(TypeError, match=words):
        _ = client.drafts.update(*args, **given)


async def _failure(client: Client, **given: Any) -> aioconvo.AioconvoError:
    with pytest.raises(aioconvo.AioconvoError) as caught:
        await _sent(client, **given)
    return caught.value


@pytest.mark.parametrize("given", [{"from_": CANARY, "count": 0}, {"from_": CANARY * 2, "display_name": CANARY}])
async def test_no_frame_of_a_refusal_holds_an_argument(client: Client, given: Any) -> None:
    error = await _failure(client, **given)
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    assert [frame.name for frame in frames][-1] == "update"
    assert len(frames) == 3  # the test's two and one of ours
    assert CANARY not in repr(frames[-1].locals)
    assert frames[-1].line == "raise without_frames(refused)"
    assert error.__context__ is None


async def test_no_frame_of_a_failed_call_holds_an_argument(client: Client) -> None:
    client.answer = aioconvo.PoolClosedError("closed")
    with pytest.raises(aioconvo.PoolClosedError) as caught:
        await client.drafts.update("0b9f7d6e-3c1a-4e5f-8a2b-1c2d3e4f5a6b", display_name="Ada", from_=UNSET, odd=CANARY)
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    assert [frame.name for frame in frames][1:] == ["update", "call"]
    assert CANARY not in repr(frames[1].locals)
    assert frames[1].line == "return (await self._client.call(request)).draft"


def test_a_debugger_finds_the_lines_that_run() -> None:
    code = Drafts.update.__code__
    lines = linecache.getlines(code.co_filename)
    assert lines[code.co_firstlineno - 1].startswith("async def update(self, draft_id, *, display_name=...")
    linecache.checkcache()
    assert linecache.getlines(code.co_filename) == lines
    assert "            display_name = rule_2('display_name', display_name)  # 1 to 5 characters\n" in lines


def test_the_docstring_tells_limits_and_source() -> None:
    told = inspect.getdoc(Drafts.update)
    assert told is not None
    limits = ["draft_id: a UUID in any case, sent in lower case.", "display_name: 1 to 5 characters.", "tags: up to 2 tags."]
    limits += ["count: 1 or more items.", "since: a datetime with a time zone.", "until: a datetime with a time zone."]
    limits += ["at most one of display_name and from_.", "since before until."]
    assert told.split("\n\n") == ["Change one.", "\n    ".join(["Limits:", *limits]), "Source: operation updateDraft."]


def test_a_method_written_by_hand_tells_its_source_too() -> None:
    assert inspect.getdoc(Drafts.count) == "Count them.\n\nSource: operation count_drafts."


def test_a_declaration_tells_all_about_itself() -> None:
    found = declared(Drafts)
    assert found.keys() == {"get", "update", "put", "join", "delete", "see", "dress", "search"}
    update = {one.name: one for one in found["update"].parameters}
    assert (update["draft_id"].wire, update["draft_id"].place, update["draft_id"].required) == ("draftId", Place.PATH, True)
    assert (update["display_name"].wire, update["display_name"].place) == ("displayName", Place.BODY)
    assert update["display_name"].rules == (Length(1, 5),)
    assert (update["mode"].wire, update["mode"].place, update["odd"].wire) == ("mode", Place.QUERY, "__odd")
    search = {one.name: one for one in found["search"].parameters}
    assert (search["before"].place, search["before"].to_pager, search["before"].wire) == (Place.PAGER, True, None)
    assert (search["page_size"].place, search["page_size"].wire) == (Place.PAGE_SIZE, "size")
    assert search["limit"].place is Place.WALK
    assert found["search"].operation.page_kind is aioconvo.PageKind.CURSOR
    assert (found["search"].answer, found["search"].operation.response) == (Draft, DraftPage)
    assert (found["put"].answer, found["put"].operation.response) == (type(None), None)
    assert [one.method.__name__ for one in declarations(Client)] == sorted(found)
    assert {one.name for one in operations(Client)} == {one.operation.name for one in found.values()} | {"count_drafts"}


@pytest.mark.parametrize(
    ("path", "check", "words"),
    [
        ("/drafts/{drftId}", (), "Wrong.get takes no 'drftId', which its path names"),
        ("/drafts/{draftId}", not_both("draft_id", "user"), "Wrong.get has no argument 'user'"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(path: str, check: Any, words: str) -> None:
    class Wrong(Group):
        wire_name: ClassVar[Style] = camel

        @operation(f"GET {path}", Effect.READ, name="x", check=check)
        async def get(self, draft_id: str) -> Draft: ...

    Wrong.__dict__["get"]._method.__qualname__ = "Wrong.get"
    with pytest.raises(TypeError, match=words):
        _ = Wrong.get


def test_envelopes_and_operations_go_to_other_processes() -> None:
    kind: Any = envelope(Message, "message", Telling)
    assert kind is envelope(Message, "message", Telling)
    assert pickle.loads(pickle.dumps(kind)) is kind  # noqa: S301 -- our own
    told: Operation[Any] = Operation("convore.x.y", "y", "GET", "/y", kind, Effect.READ)
    script = (
        "import pickle, sys\nkind, told = pickle.loads(sys.stdin.buffer.read())\nprint(kind.__name__, told.response is kind)"
    )
    stored = pickle.dumps((kind, told))
    done = subprocess.run([sys.executable, "-c", script], input=stored, capture_output=True, check=True)  # noqa: S603 -- our own
    assert done.stdout == b"MessageAnswer True\n"


def test_a_copy_of_a_client_has_resources_of_its_own_and_nothing_keeps_it() -> None:
    client = aioconvo.ConvoreClient(api_key="k")
    assert client.messages._client is client
    copied = client.with_options(timeout=1)
    assert copied.messages._client is copied
    send = copied.messages.send
    gone = weakref.ref(copied)
    gc.disable()
    try:
        del copied, send
        assert gone() is None
    finally:
        gc.enable()


def test_threads_may_be_the_first_to_use_it() -> None:
    class Fresh(Group):
        @operation("GET /x/{x}", Effect.READ, name="x")
        async def get(self, x: str) -> Draft: ...

    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(Fresh.get)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(inspect.iscoroutinefunction(one) for one in found)
    assert len(found) == 8


def test_subclasses_and_replacements_work_as_with_any_method(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Other(Drafts):
        pass

    assert Other.get is Drafts.get
    monkeypatch.setattr(Drafts, "get", lambda self, draft_id: (self, draft_id))
    drafts: Any = client.drafts
    assert drafts.get("d") == (drafts, "d")
    monkeypatch.undo()
    assert inspect.iscoroutinefunction(Drafts.get)
