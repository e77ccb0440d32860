"""What can be said on the command line; each command's work is in a file of its own, which it alone loads."""

from __future__ import annotations

import datetime as dt
import enum
from pathlib import Path
from typing import Annotated, Any

import typer

from aioconvo.core.version import VERSION

from . import bot, call, choosing, connection, hooks, lists, ultracart

__all__ = ["app"]

app = typer.Typer(
    help="One asyncio client for SMS.CX, Sunshine Conversations, Smooch, Convore and UltraCart.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals hold credentials and messages
)
app.add_typer(lists.app, name="list")
app.add_typer(call.app, name="call")
app.add_typer(hooks.app, name="hooks")
app.add_typer(bot.app, name="bot")
app.add_typer(ultracart.app, name="ultracart")

_Conversations = Annotated[int, typer.Option(min=0, help="Conversations of each provider.")]
_Messages = Annotated[int, typer.Option(min=0, help="Messages of each conversation.")]
_Seed = Annotated[int, typer.Option(help="The same seed gives the same data.")]
_Latency = Annotated[float, typer.Option(min=0.0, help="Seconds before each answer.")]
_Faults = Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of answers that fail.")]
_Moment = Annotated[
    dt.datetime | None,
    typer.Option(parser=choosing.moment, metavar="TIME", help="A day or time in ISO 8601; UTC without an offset."),
]


_Strict = Annotated[bool, typer.Option("--strict", help="Exit 1 also where ids that were given are unknown to the API.")]


def _words(told: str) -> Any:
    return typer.Option(parser=choosing.words, metavar="TEXT", help=told)


def _id_files(whose: str) -> Any:
    told = f"Only {whose}: ids, one a line; - is standard input. FILE alone is for all providers. May be given again."
    return typer.Option(metavar="[PROVIDER:]FILE", help=told)


class Effect(enum.StrEnum):
    """What a call does outside, as the catalogue has it."""

    READ = "read"
    IDEMPOTENT = "idempotent"
    UNSAFE = "unsafe"
    PAID = "paid"


class Engine(enum.StrEnum):
    """What runs the export."""

    LOCAL = "local"
    DASK = "dask"


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False) -> None:
    """Speak to conversation APIs, or to their sandbox."""
    if version:
        typer.echo(VERSION)
        raise typer.Exit


@app.command()
def demo(
    conversations: _Conversations = 20,
    messages: _Messages = 120,
    concurrency: Annotated[int, typer.Option(min=1, help="Conversations read at once.")] = 16,
    latency: _Latency = 0.005,
    faults: _Faults = 0.05,
) -> None:
    """Fetch everything of all providers from an embedded sandbox that fails now and then, and check it is complete."""
    from . import demo as demo_command

    options = {"conversations": conversations, "messages": messages, "latency": latency, "faults": faults}
    raise typer.Exit(demo_command.run(concurrency=concurrency, **options))


@app.command()
def operations(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORD...", help="Only those in whose names or path all of these stand.", show_default=False),
    ] = None,
    provider: Annotated[str | None, typer.Option(help="Only this provider's.", autocompletion=choosing.starting)] = None,
    effect: Annotated[Effect | None, typer.Option(help="Only those that do this outside.")] = None,
    json: Annotated[bool, typer.Option("--json", help="A JSON list in place of a table.")] = False,
) -> None:
    """List every operation: the specification's name, method and path, where it is in Python, and what it does outside.

    A word that is the name which the specification or an SDK has for an operation finds that one alone: `operations send_sms`.
    Exit codes: 0 found, 1 there is none such, 2 wrong use.
    """
    from . import operations as operations_command

    if provider is not None:
        choosing.providers([provider])
    rows = operations_command.chosen(operations_command.catalogue(provider), words or (), effect)
    if not rows:
        typer.echo(f"There is no such operation{operations_command.like(words or ()) or '.'}", err=True)
        raise typer.Exit(1)
    if json:
        typer.echo(operations_command.as_json(rows))
    else:
        operations_command.print_table(rows)


@app.command()
def tail(
    provider: Annotated[str, typer.Argument(help=f"Of {', '.join(choosing.PROVIDERS)}.", autocompletion=choosing.starting)],
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port for webhooks; 0 takes a free one.")] = 8080,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen for webhooks.")] = "127.0.0.1",
    type: Annotated[  # noqa: A002 -- the option's name
        list[str] | None, typer.Option(metavar="NAME", help="Only events of this type (convore); may be given again.")
    ] = None,
    start: Annotated[str | None, _words("Go on there, as --position told it (convore, ultracart).")] = None,
    position: Annotated[bool, typer.Option("--position", help="At the end, tell what --start takes to go on.")] = False,
    attach: Annotated[str | None, _words("How the token goes along, as socket-check tells it (ultracart).")] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="Another server, such as a sandbox.")] = None,
    proxy: connection.Proxy = None,
) -> None:
    """Print events as they come, a line of JSON each, until Ctrl-C.

    Convore is polled and UltraCart's agent socket held open; credentials are variables. Webhooks of the others are taken on
    --port and verified: AIOCONVO_<PROVIDER>_WEBHOOK_SECRETS. Exit codes: 1 it failed, 2 wrong use, 130 stopped.
    """
    from aioconvo.providers import Provider

    from . import tail as tail_command

    asked = tail_command.Tail(
        provider=Provider(choosing.providers([provider])[0]),
        types=type or (),
        start=start,
        position=position,
        attach=attach,
        host=host,
        port=port,
    )
    raise typer.Exit(tail_command.run(asked, connection.Connection(proxy=proxy), base_url))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port on 127.0.0.1; 0 takes a free one.")] = 0,
    conversations: _Conversations = 10,
    messages: _Messages = 25,
    seed: _Seed = 0,
    latency: _Latency = 0.0,
    faults: _Faults = 0.0,
    rate_limit: Annotated[
        float | None, typer.Option(help="Requests a second for each credential; over it, the provider's own 429.")
    ] = None,
    callback: Annotated[
        list[str] | None,
        typer.Option(metavar="PROVIDER=URL", help="Send all webhooks of sunshine, smooch or smscx there; may be given again."),
    ] = None,
    unkind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="How webhooks are sent, such as duplicates=0.3, reordered=0.2, batch=20, cut=0.1, delay=2, speed=60; "
            "the names are those of Unkindness. May be given again.",
        ),
    ] = None,
    events: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="How Convore's list of events behaves, such as oldest_first=true, late=60, late_share=0.3, same_time=1000, "
            "empty_pages=0.2; the names are those of EventList. May be given again.",
        ),
    ] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Put a sandbox that already runs on this port back to its seeded data.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print base URLs and credentials as one JSON object.")] = False,
    env: Annotated[bool, typer.Option("--env", help="Print the variables that the clients' from_env() reads.")] = False,
) -> None:
    """Serve the APIs on loopback until Ctrl-C."""
    if rate_limit is not None and rate_limit <= 0:
        raise typer.BadParameter("--rate-limit is a number of requests a second, above 0")
    from . import sandbox as sandbox_command

    if reset and port and sandbox_command.reset_running(port):
        typer.echo(f"the sandbox on port {port} is back to its seeded data")
        return
    options: dict[str, Any] = {"conversations": conversations, "messages": messages, "seed": seed}
    options |= {"latency": latency, "faults": faults}
    options |= {"callbacks": sandbox_command.callbacks(callback), "unkindness": sandbox_command.unkindness(unkind)}
    options |= {"event_list": sandbox_command.event_list(events)}
    show = sandbox_command.as_lines
    if json or env:
        show = sandbox_command.as_json if json else sandbox_command.as_variables
    raise typer.Exit(sandbox_command.serve(show, port=port, rate_limit=rate_limit, **options))


@app.command()
def export(
    providers: Annotated[
        list[str],
        typer.Argument(
            help=f"Of {', '.join(choosing.PROVIDERS)}; credentials are variables.", autocompletion=choosing.starting
        ),
    ],
    to: Annotated[
        list[str],
        typer.Option("--to", metavar="TARGET", help="Such as out.sqlite, jsonl:out, parquet:out; may be given again."),
    ],
    users_from: Annotated[list[str] | None, _id_files("those of these users")] = None,
    external_users_from: Annotated[list[str] | None, _id_files("those of these users, by your own ids (sunshine)")] = None,
    conversations_from: Annotated[list[str] | None, _id_files("these conversations")] = None,
    with_agents: Annotated[
        bool, typer.Option("--with-agents", help="ultracart: ask who the agents are, so that messages have a direction.")
    ] = False,
    with_participants: Annotated[
        bool, typer.Option("--with-participants", help="sunshine: ask who takes part; a request more for each conversation.")
    ] = False,
    since: _Moment = None,
    until: _Moment = None,
    channel: Annotated[str | None, _words("Only messages of this channel.")] = None,
    account: Annotated[str | None, _words("What the account is called in the target; else a digest.")] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Conversations of each provider that are read at once.")] = 32,
    overlap: Annotated[
        dt.timedelta | None,
        typer.Option(
            parser=choosing.duration, metavar="TIME", help="Look again so long before the newest message; 1h by default."
        ),
    ] = None,
    refresh_days: Annotated[
        float | None, typer.Option(min=0, metavar="N", help="Ask again for all messages of the last N days, for what changed.")
    ] = None,
    rate_limit: connection.RateLimit = None,
    max_retries: connection.MaxRetries = None,
    max_body: connection.MaxBody = None,
    proxy: connection.Proxy = None,
    strict: _Strict = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete what the target holds, and start over.")] = False,
    engine: Annotated[Engine, typer.Option(help="One process, or a Dask cluster.")] = Engine.LOCAL,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask's scheduler; else a cluster on this machine.")
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option(
            parser=choosing.expanded, metavar="DIRECTORY", help="Where Dask's workers leave results; all must see it."
        ),
    ] = None,
) -> None:
    """Fetch every message of every conversation into files or databases; the same command goes on, or brings what is new.

    Exit codes: 0 complete, 1 short, 2 wrong use, 130 stopped.
    """
    from . import export as export_command

    choice = export_command.Choice(
        connection=connection.Connection(proxy=proxy, max_retries=max_retries, rate_limit=rate_limit, max_body=max_body),
        providers=choosing.providers(providers),
        targets=to,
        account=account,
        ids=choosing.ids(providers, users=users_from, external_users=external_users_from, conversations=conversations_from),
        with_agents=choosing.of_inbox("agents", "--with-agents", providers, asked=with_agents),
        with_participants=choosing.of_inbox("participants", "--with-participants", providers, asked=with_participants),
        since=since,
        until=until,
        channel=channel,
        concurrency=concurrency,
        overlap=overlap,
        refresh=choosing.days(refresh_days),
        fresh=fresh,
        strict=strict,
        dask=choosing.on_dask(engine, scheduler, stage),
        scheduler=scheduler,
        stage=stage,
    )
    raise typer.Exit(export_command.run(choice))


@app.command()
def verify(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="As it was given to export --to.")],
    everything: Annotated[bool, typer.Option("--all", help="Every conversation, not only those that are short.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object in place of a table.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Read all data, where else sizes and counts are compared.")] = False,
    strict: _Strict = False,
) -> None:
    """Show what an export holds of each conversation, and what is missing; by its own records, nothing is asked of an API.

    Exit codes: 0 complete, 1 short, 2 no such target.
    """
    from . import verdicts

    raise typer.Exit(verdicts.show(target, everything=everything, json=json, deep=deep, strict=strict))


@app.command()
def forget(
    targets: Annotated[list[str], typer.Argument(metavar="TARGET...", help="As they were given to export --to.")],
    provider: Annotated[str, _words("Whose person it is, such as convore.")],
    user: Annotated[str, _words("An id or address that the API knows the person by.")],
) -> None:
    """Remove one person from exports: participant, messages, natives, search index, free pages; later runs leave them out.

    Exit codes: 0 removed, 2 nothing is held of them, or wrong use.
    """
    from . import forget as forget_command

    raise typer.Exit(forget_command.run(targets, choosing.providers([provider])[0], user))


@app.command()
def report(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="As it was given to export --to.")],
    out: Annotated[str, typer.Option(parser=choosing.page, metavar="FILE", help="The page, in HTML; - is standard output.")],
    title: Annotated[str | None, _words("What stands at its head.")] = None,
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Of days and hours, such as Europe/Berlin.")] = "UTC",
    conversations: Annotated[int, typer.Option(min=0, help="Conversations that can be read in it, the latest ones.")] = 1000,
    messages: Annotated[int, typer.Option(min=0, help="Their messages in all, the latest ones.")] = 20_000,
) -> None:
    """Make a page of an export to look at: charts, and transcripts of conversations. It holds their texts: keep it as safe."""
    from . import report as report_command

    options: dict[str, Any] = {"zone": zone, "conversations": conversations, "messages": messages}
    if title is not None:
        options["title"] = title
    raise typer.Exit(report_command.write(target, Path(out), **options))
