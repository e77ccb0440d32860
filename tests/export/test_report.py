"""The report: right figures, nothing from an API ever becomes markup, and the page works in a browser."""

from __future__ import annotations

import datetime as dt
import html
import pathlib
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest

from aioconvo.export.batch import Account, Batch, Identity, Step
from aioconvo.export.errors import ExportError, TargetError
from aioconvo.export.report import page as report
from aioconvo.export.report.figures import day_bins
from aioconvo.export.report.transcript import MOST_CHARACTERS, page_json, page_row, plain_text
from aioconvo.export.schema import ConversationRow, MessageRow
from aioconvo.export.targets.sinks import open_sink
from tests.export.rows import lines_of

MONDAY = dt.datetime(2024, 1, 1, 9, 0, tzinfo=dt.UTC)
ATTACK = "document.documentElement.setAttribute('data-broken','in')"
PAYLOADS = [
    f"</script><script>{ATTACK}</script>",
    f"<!--<script>{ATTACK}</script>-->",
    f'<img src=x onerror="{ATTACK}">',
    f'"><svg onload={ATTACK}>',
    f"'-{ATTACK}-'",
    f"javascript:{ATTACK}",
    f'{{{{constructor.constructor("{ATTACK}")()}}}} ${{{ATTACK}}} @js@ @figures@',
    f"\u2028{ATTACK}\u2029",
    f'</title></style></noscript><iframe srcdoc="<script>parent.{ATTACK}</script>">',
]  # fmt: skip
CHROMIUM = next(
    filter(None, map(shutil.which, ["chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "chrome"])),
    None,
)
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here")


def talk(
    provider: str, name: str, *messages: tuple[float, str | None], **given: Any
) -> tuple[ConversationRow, list[MessageRow]]:
    """A conversation, and messages given as minutes after Monday 9:00 with their directions."""
    head = ConversationRow(provider=provider, account="main", conversation_id=name, native=msgspec.Raw(b"{}"))
    rows = [
        MessageRow(
            provider=provider, account="main", conversation_id=name, message_id=f"m{place}",
            sent_at=MONDAY + dt.timedelta(minutes=minutes), direction=direction, kind="text", text=f"text {place} of {name}",
        )
        for place, (minutes, direction) in enumerate(messages)
    ]  # fmt: skip
    return msgspec.structs.replace(head, **given), rows


Talk = tuple[ConversationRow, list[MessageRow]]


@pytest.fixture
def exported(tmp_path: pathlib.Path) -> Callable[..., str]:
    def export(*talks: Talk, ended: bool = True) -> str:
        accounts = [Account(provider, "main") for provider in sorted({head.provider for head, _ in talks})]
        target = str(tmp_path / f"out{len(list(tmp_path.glob('*.sqlite')))}.sqlite")
        sink = open_sink(target)
        sink.open(Identity(accounts=tuple((account, "all") for account in accounts)), fresh=False)
        step = Step(walk="walk", pages=1, ended=True)
        for account in accounts:
            sink.ledger.begin_round(account)
            sink.ledger.feed_lists(account, [""])
            heads = tuple(head for head, _ in talks if head.provider == account.provider)
            sink.commit([Batch(account=account, step=step, user="", conversations=heads)])
        for head, rows in talks:
            account = Account(head.provider, "main")
            walk = Step(walk="walk", pages=1, ended=ended, position=None if ended else "p")
            sink.commit([Batch(account=account, step=walk, conversation=head.conversation_id, messages=lines_of(rows))])
        for account in accounts:
            sink.ledger.end_round(account)
        sink.close()
        return target

    return export


@pytest.fixture
def page(tmp_path: pathlib.Path, exported: Callable[..., str]) -> Callable[..., str]:
    """Writes the report of some conversations and gives it as text."""

    def write(*talks: Talk, ended: bool = True, **options: Any) -> str:
        report.write(exported(*talks, ended=ended), tmp_path / "report.html", **options)
        return (tmp_path / "report.html").read_text("utf-8")

    return write


class Elements(HTMLParser):
    """What a parser of HTML finds: elements with their attributes, and what stands in scripts of JSON."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.data: dict[str, Any] = {}
        self._script: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._script = dict(attrs).get("id") if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self.data[self._script] = msgspec.json.decode(data)
            self._script = None


def figures(text: str) -> Any:
    return Elements(text).data["figures"]


def test_the_time_to_answer_runs_from_the_first_waiting_message_to_the_next_answer(page: Callable[..., str]) -> None:
    turns = [(0, "inbound"), (2, "inbound"), (3, "system"), (10, "outbound"), (11, "outbound"), (12, "inbound")]
    told = figures(page(
        talk("convore", "a", *turns),
        talk("convore", "b", (0, "outbound"), (60, "inbound"), (60.5, "outbound")),
        talk("sunshine", "a", (0, "inbound"), (60 * 24 * 9, "outbound")),
    ))  # fmt: skip
    assert dict(zip(told["wait_labels"], told["waits"]["convore"]["counts"], strict=True)) == {
        "under 1 min": 1, "1 to 5 min": 0, "5 to 15 min": 1, "15 to 60 min": 0,
        "1 to 4 h": 0, "4 to 24 h": 0, "1 to 3 days": 0, "over 3 days": 0,
    }  # fmt: skip
    assert (told["waits"]["convore"]["median"], told["waits"]["convore"]["unanswered"]) == (30, 1)
    assert (told["waits"][""]["median"], told["waits"][""]["ninth"]) == (600, 600)
    assert told["waits"]["sunshine"]["counts"][-1] == 1


def test_messages_that_came_in_no_order_are_answered_in_order_of_time(page: Callable[..., str]) -> None:
    told = figures(page(talk("convore", "a", (30, "outbound"), (90, "outbound"), (20, "inbound"), (85, "inbound"))))
    assert sum(told["waits"]["convore"]["counts"]) == 2
    assert (told["waits"]["convore"]["median"], told["waits"]["convore"]["ninth"]) == (300, 300)


def test_days_hours_channels_and_totals_count_every_message(page: Callable[..., str]) -> None:
    first = talk("convore", "a", (0, "inbound"), (61, "outbound"), (60 * 24 * 2, None), channels=msgspec.Raw(b'["web"]'))
    second = talk("convore", "b", (5, "inbound"), channels=msgspec.Raw(b'["web","mail"]'))
    third = talk("sunshine", "a", (0, "inbound"))
    first[1][0] = msgspec.structs.replace(first[1][0], channel="sms")
    third[1][0] = msgspec.structs.replace(third[1][0], sent_at=None)
    told = figures(page(first, second, third))
    assert told["days"] == {
        "first": "2024-01-01", "step": 1, "bins": 3,
        "counts": {"convore": {"inbound": [2, 0, 0], "outbound": [1, 0, 0], "unknown": [0, 0, 1]}},
    }  # fmt: skip
    hours = told["hours"]["convore"]
    assert (hours["inbound"][9], hours["outbound"][10], hours["unknown"][2 * 24 + 9]) == (2, 1, 1)
    assert dict(told["channels"]["convore"]) == {
        "sms": {"inbound": 1}, "web": {"outbound": 1, "unknown": 1}, "not told": {"inbound": 1},
    }  # fmt: skip
    assert told["totals"]["convore"] == {
        "conversations": 2, "messages": 4, "inbound": 2, "outbound": 1, "unknown": 1,
        "first": MONDAY.timestamp(), "last": MONDAY.timestamp() + 2 * 86400,
    }  # fmt: skip
    assert (told["totals"]["sunshine"]["messages"], told["undated"]) == (1, 1)


def test_days_and_hours_are_those_of_the_zone(page: Callable[..., str]) -> None:
    told = figures(page(talk("convore", "a", (15 * 60 - 20, "inbound")), zone="Asia/Kathmandu"))  # UTC+5:45
    assert told["days"]["first"] == "2024-01-02"
    assert told["hours"]["convore"]["inbound"][24 + 5] == 1


def test_years_of_days_fall_into_at_most_366_bins() -> None:
    span = day_bins({("p", "inbound"): Counter({dt.date.min.toordinal(): 1, dt.date.max.toordinal(): 2})})
    assert span["bins"] <= 366
    assert (span["counts"]["p"]["inbound"][0], span["counts"]["p"]["inbound"][-1]) == (1, 2)
    assert day_bins({})["counts"] == {}
    year = {("p", "inbound"): Counter(range(dt.date(2024, 1, 1).toordinal(), dt.date(2024, 12, 31).toordinal() + 1))}
    assert (day_bins(year)["step"], day_bins(year)["bins"]) == (1, 366)


def test_many_channels_are_bounded(page: Callable[..., str]) -> None:
    head, rows = talk("convore", "a", *((place, "inbound") for place in range(30)))
    rows = [msgspec.structs.replace(row, channel=f"channel {place:02}") for place, row in enumerate(rows)]
    channels = figures(page((head, rows)))["channels"]["convore"]
    assert [name for name, _ in channels] == [*(f"channel {place:02}" for place in range(12)), "others"]
    assert channels[-1][1] == {"inbound": 18}


def test_only_the_latest_are_shown_and_the_page_says_what_is_left_out(page: Callable[..., str]) -> None:
    talks = [talk("convore", f"c{place}", *((place * 100 + step, "inbound") for step in range(4))) for place in range(5)]
    text = page(*talks, conversations=3, messages=6)
    told, data = figures(text), Elements(text).data
    assert [(head["id"], head["messages"], head["shown"]) for head in told["conversations"]] == [("c4", 4, 4), ("c3", 4, 2)]
    assert told["left_out"] == {"conversations": 3, "messages": 14}
    assert [message[7] for message in data["m1"]] == ["text 2 of c3", "text 3 of c3"]
    assert told["totals"]["convore"]["messages"] == 20
    assert len(figures(page(*talks, conversations=3))["conversations"]) == 3


@pytest.mark.parametrize(
    ("people", "name"),
    [
        ([("business", "Shop"), ("user", None), ("unknown", "Bot")], "+123"),
        ([("business", "Shop"), ("unknown", "Ann"), ("unknown", "Support")], "Ann, Support"),
        ([("business", "Shop")], None),
        ([], None),
    ],
)
def test_a_conversation_goes_by_the_names_of_the_other_side(
    page: Callable[..., str], people: list[tuple[str, str | None]], name: str | None
) -> None:
    given = [{"kind": kind, "name": called, "address": "+123"} for kind, called in people]
    told = figures(page(talk("convore", "a", (0, "inbound"), participants=msgspec.Raw(msgspec.json.encode(given)))))
    assert told["conversations"][0]["name"] == name


def test_an_export_that_is_short_says_so(page: Callable[..., str]) -> None:
    text = page(talk("convore", "a", (0, "inbound")), talk("convore", "b", (0, "inbound")), ended=False)
    assert "This export is not complete: 2 of 2 conversations are short" in text
    assert '<p class="notice">This export' not in page(talk("convore", "c", (0, "inbound")))


def test_an_empty_export_has_a_page(page: Callable[..., str]) -> None:
    told = figures(page(talk("convore", "a")))
    assert (told["totals"]["convore"]["messages"], told["conversations"][0]["last"]) == (0, None)


def attacked() -> list[Talk]:
    """Each payload as the text, name, subject, ids, channel, status and attachment of a conversation of its own."""
    talks: list[Talk] = []
    for payload in PAYLOADS:
        given = msgspec.Raw(msgspec.json.encode([payload]))
        people = msgspec.Raw(msgspec.json.encode([{"kind": "user", "id": payload, "name": payload, "address": payload}]))
        head, rows = talk(
            "convore", payload, (0, "inbound"), subject=payload, status=payload, channels=given, participants=people
        )
        files = msgspec.Raw(msgspec.json.encode([{"url": payload, "name": payload}, {"url": "https://x.test/" + payload}]))
        texts = {"message_id": payload, "author_name": payload, "subject": payload, "channel": payload, "status": payload}
        talks.append((head, [msgspec.structs.replace(rows[0], **texts, text=payload, kind=payload, attachments=files)]))
    return talks


def test_no_payload_becomes_markup(page: Callable[..., str]) -> None:
    harmless, attack = Elements(page(talk("convore", "a", (0, "inbound")))), page(*attacked(), title=PAYLOADS[0])
    found = Elements(attack)
    data = [repr(("script", {"type": "application/json", "id": f"m{place}"})) for place in range(1, len(PAYLOADS))]
    assert sorted(map(repr, found.found)) == sorted([*map(repr, harmless.found), *data])
    for payload in PAYLOADS:
        assert payload not in attack or "<" not in payload
    assert {head["id"] for head in found.data["figures"]["conversations"]} == set(PAYLOADS)
    assert {message[7] for place in range(len(PAYLOADS)) for message in found.data[f"m{place}"]} == set(PAYLOADS)


def test_json_in_the_page_holds_no_angle_brackets_and_is_the_same_value() -> None:
    value = {"<!--": ["</script>", "]]>", "&lt;", "\u2028", "😀"]}
    assert not set("<>&") & set(page_json(value))
    assert msgspec.json.decode(page_json(value)) == value


def test_the_page_asks_for_nothing_and_allows_only_its_own_script(page: Callable[..., str]) -> None:
    found = Elements(page(talk("convore", "a", (0, "inbound")))).found
    assert not [
        (tag, attributes) for tag, attributes in found if {"src", "srcset", "action"} & attributes.keys() or tag == "link"
    ]
    assert [attributes["href"] for tag, attributes in found if tag == "a"] == ["#conversations"]
    policy = next(attributes["content"] for _, attributes in found if attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert re.fullmatch(
        r"default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'", policy
    )


def test_every_control_has_a_label_and_every_section_a_heading(page: Callable[..., str]) -> None:
    text = page(talk("convore", "a", (0, "inbound")))
    ids = re.findall(r'id="([^"]+)"', text.partition("<script")[0])
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:aria-labelledby|for)="([^"]+)"', text.partition("<script")[0])) <= set(ids)
    for control in ("provider", "direction"):
        assert re.search(rf'<label>[^<]+<select id="{control}">', text)


def test_html_is_read_as_text() -> None:
    unseen = "<style>p{}</style><title>t</title><script>x()</script>"
    markup = f"{unseen}<p>Dear &lt;Ann&gt;,<br>two&nbsp;words</p>{unseen}<ul><li>one<li>two</ul>"
    assert plain_text(markup) == "Dear <Ann>,\ntwo words\none\ntwo"
    assert plain_text("<b>not closed <i>at all") == "not closed at all"
    row = MessageRow(provider="p", account="a", conversation_id="c", message_id="m", html="<p>only html</p>")
    assert msgspec.json.decode(page_row(row))[7] == "only html"


def test_long_texts_are_cut_and_the_rest_is_counted() -> None:
    row = MessageRow(provider="p", account="a", conversation_id="c", message_id="m", text="x" * (MOST_CHARACTERS + 5))
    message = msgspec.json.decode(page_row(row))
    assert (len(message[7]), message[8]) == (MOST_CHARACTERS, 5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"zone": "Europe/Nowhere"}, "no time zone 'Europe/Nowhere'"),
        ({"zone": "../x"}, "no time zone"),
        ({"messages": -1}, "0 or more"),
    ],
)
def test_wrong_arguments_are_told_before_anything_is_read(tmp_path: pathlib.Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ExportError, match=words):
        report.write(tmp_path / "missing.sqlite", tmp_path / "report.html", **options)


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path: pathlib.Path, exported: Callable[..., str]) -> None:
    target = exported(talk("convore", "a", (0, "inbound")))
    with pytest.raises(TargetError, match="no such file"):
        report.write(target, tmp_path / "missing" / "report.html")
    (tmp_path / "report.html").write_text("old")
    with pytest.raises(TargetError):
        report.write(tmp_path / "missing.sqlite", tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_page_replaces_pages_only(tmp_path: pathlib.Path, exported: Callable[..., str]) -> None:
    target = exported(talk("convore", "a", (0, "inbound")))
    file = next(path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size)
    before = file.read_bytes()
    with pytest.raises(ExportError, match=r"would be overwritten; name another file"):
        report.write(target, file)
    assert file.read_bytes() == before
    for directory in (tmp_path, "."):
        with pytest.raises(ExportError, match="is a directory; name a file"):
            report.write(target, directory)
    page = tmp_path / "report.html"
    page.touch()
    for title in ("first", "second"):
        report.write(target, page, title=title)
        assert f"<title>{title}</title>" in page.read_text()


# In a browser. The page runs from its file; what it became is read back as HTML.


def dumped(directory: pathlib.Path, text: str, place: str = "", driver: str = "") -> str:
    """The document after its scripts have run, and then `driver`, for which the policy is taken out."""
    if driver:
        text = re.sub(r"<meta http-equiv[^>]*>", "", text).replace("</body>", f"<script>{driver}</script></body>")
    file = directory / "page.html"
    file.write_text(text, "utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--virtual-time-budget=3000",
        f"--user-data-dir={directory / 'profile'}", "--dump-dom", f"{file.as_uri()}{place}",
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, timeout=60, check=True)  # noqa: S603 -- our own command
    return ran.stdout.decode()


def broken_in(document: str) -> bool:
    return re.search(r"<html[^>]*data-broken", document) is not None


@in_browser
def test_charts_tables_and_the_transcript_appear(tmp_path: pathlib.Path, page: Callable[..., str]) -> None:
    text = page(talk("convore", "a", (0, "inbound"), (5, "outbound")), talk("sunshine", "b", (9, "inbound")), title="Shop & Co")
    document = dumped(tmp_path, text, "#/1")
    assert "<title>Shop &amp; Co</title>" in document
    for chart in ("days", "waits", "hours", "channels"):
        part = re.search(rf'<div id="{chart}">(.*?)</section>', document, re.DOTALL)
        assert part is not None
        assert re.search(r'<svg role="img" aria-label="[^"]+".*<rect.*<details>.*<table>.*<td', part[1], re.DOTALL), chart
    assert "Half were answered within 5.0 min" in document
    assert "text 0 of a" in document
    assert "text 1 of a" in document
    assert 'class="text" dir="auto">text 0 of b' not in document
    assert not re.search(r'(?:src|href)="https?:', document)


@in_browser
def test_payloads_stay_text_with_and_without_the_policy(tmp_path: pathlib.Path, page: Callable[..., str]) -> None:
    text = page(*attacked(), title=PAYLOADS[0])
    open_each = f"""
        const texts = [], links = [];
        for (let place = 0; place < {len(PAYLOADS)}; place++) {{
          location.hash = "#/" + place;
          dispatchEvent(new Event("hashchange"));
          texts.push(document.querySelector("#transcript .text").textContent);
          for (const link of document.querySelectorAll("#transcript a")) links.push(link.protocol);
        }}
        document.title = JSON.stringify([texts, links]);"""
    document = dumped(tmp_path, text, driver=open_each)
    title = re.search(r"<title>(.*?)</title>", document, re.DOTALL)
    assert title is not None
    texts, links = msgspec.json.decode(html.unescape(title[1]))
    assert sorted(texts) == sorted(PAYLOADS)
    assert links == ["https:"] * len(PAYLOADS)
    assert not broken_in(document)
    assert not broken_in(dumped(tmp_path, text, "#/0"))


@in_browser
def test_an_attack_that_did_get_in_would_be_seen_and_the_policy_stops_it(
    tmp_path: pathlib.Path, page: Callable[..., str]
) -> None:
    hole = page(talk("convore", "a", (0, "inbound"))).replace("<main>", f"<main>{PAYLOADS[2]}")
    assert broken_in(dumped(tmp_path, hole, driver="0"))
    assert not broken_in(dumped(tmp_path, hole))


@in_browser
def test_search_and_filters_work(tmp_path: pathlib.Path, page: Callable[..., str]) -> None:
    talks = [talk("convore", "first", (0, "inbound")), talk("sunshine", "second", (1, "outbound"), status="open")]
    driver = """
        document.getElementById("search").value = "TEXT 0 OF sec";
        document.getElementById("search").dispatchEvent(new Event("input"));
        document.getElementById("provider").value = "sunshine";
        document.getElementById("provider").dispatchEvent(new Event("input", { bubbles: true }));"""
    document = dumped(tmp_path, page(*talks), driver=driver)
    assert "1 conversation found" in document
    listed = re.search(r'<ul id="list">(.*?)</ul>', document)
    assert listed is not None
    assert re.findall(r"<bdi>([^<]*)</bdi>", listed[1]) == ["second"]
    days = re.search(r'<div id="days">(.*?)</section>', document, re.DOTALL)
    assert days is not None
    assert re.findall(r"<h3>([^<]*)</h3>", days[1]) == ["sunshine"]
    assert ": 1 outbound" in days[1]
