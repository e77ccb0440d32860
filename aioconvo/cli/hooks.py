"""`aioconvo hooks`: webhooks registered and removed, sent by hand, written down, and sent again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import choosing, connection

__all__ = ["app"]

app = typer.Typer(help="Webhooks: register them, send a sample, write down what comes, send it again.", no_args_is_help=True)

_To = Annotated[str, typer.Option("--to", metavar="URL", help="Where to, such as http://127.0.0.1:8080/hooks/sunshine.")]
_Secret = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="What it proves itself by; else the first of AIOCONVO_<PROVIDER>_WEBHOOK_SECRETS, else the sandbox's. "
        "SMS.CX has its token in the URL.",
    ),
]


_BaseUrl = Annotated[str | None, typer.Option(metavar="URL", help="Another server, such as a sandbox.")]
_Whose = Annotated[str, typer.Argument(help="sunshine, smooch or smscx.", autocompletion=choosing.starting)]


@app.command()
def register(
    provider: _Whose,
    *,
    target: Annotated[
        str, typer.Option(metavar="URL", help="Where webhooks are to be sent, such as a tunnel to this machine.")
    ],
    trigger: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An event to send; may be given again. Else those a bot uses.")
    ] = None,
    secret_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A new file for the secret; aioconvo-PROVIDER-hook.env by default.")
    ] = None,
    name: Annotated[str, typer.Option(help="What the integration is called (sunshine).")] = "aioconvo",
    full: Annotated[bool, typer.Option("--full", help="Tell all of users, sources and clients in each event.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Stay, and remove it again at Ctrl-C.")] = False,
    base_url: _BaseUrl = None,
    proxy: connection.Proxy = None,
) -> None:
    """Have a provider send its webhooks to a URL; the secret goes into a file that only you can read.

    Sunshine gets an integration of its own. SMS.CX has no operation for it: the URL to paste into its dashboard is printed.
    Credentials are variables. Exit codes: 0 registered, 1 refused or unknown, 2 wrong use.
    """
    from . import registering  # noqa: PLC0415 -- a command loads what it needs when it is asked for

    asked = registering.Registration(
        target=target,
        secret_file=secret_file or Path(f"aioconvo-{provider}-hook.env"),
        triggers=trigger or (),
        name=name,
        full=full,
        hold=hold,
    )
    raise typer.Exit(registering.register(provider, asked, connection.Connection(proxy=proxy), base_url))


@app.command("list")
def list_(
    provider: _Whose,
    json: Annotated[bool, typer.Option("--json", help="A line of JSON for each.")] = False,
    base_url: _BaseUrl = None,
    proxy: connection.Proxy = None,
) -> None:
    """List webhooks, without their secrets and without what may be a token in their URLs."""
    from . import registering  # noqa: PLC0415 -- as above

    raise typer.Exit(registering.list_all(provider, connection.Connection(proxy=proxy), base_url, json=json))


@app.command()
def remove(
    provider: _Whose,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="As register and list tell them.")],
    base_url: _BaseUrl = None,
    proxy: connection.Proxy = None,
) -> None:
    """Remove webhooks; at Sunshine with the integration, where it has no other webhook.

    Exit codes: 0 removed, 1 it failed on the way, 2 there is no such webhook.
    """
    from . import registering  # noqa: PLC0415 -- as above

    raise typer.Exit(registering.remove(provider, ids, connection.Connection(proxy=proxy), base_url))


@app.command()
def trigger(
    provider: Annotated[str, typer.Argument(help="sunshine, smooch or smscx.")],
    event: Annotated[str, typer.Argument(help="The API's own name of it, such as conversation:message; 'list' names all.")],
    to: _To = "",
    secret: _Secret = None,
) -> None:
    """Send a sample of any event, with the real header and envelope.

    Its people and conversations exist nowhere: a reply to them fails. The sandbox's chat page has customers who hear replies.
    Exit codes: 0 accepted, 1 not, 2 wrong use.
    """
    from . import sending  # noqa: PLC0415 -- as above

    if event == "list":
        typer.echo("\n".join(sending.events_of(provider)))
        return
    raise typer.Exit(sending.trigger(provider, event, to=to, secret=secret))


@app.command()
def record(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A file for each delivery, readable by you only.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one.")] = 8080,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
) -> None:
    """Answer 200 to every webhook, and write it down without its secrets, until Ctrl-C.

    The files hold messages and people: keep them as safe as those.
    """
    from . import recording  # noqa: PLC0415 -- as above

    raise typer.Exit(recording.record(directory, host=host, port=port))


@app.command()
def replay(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="As it was given to record.")],
    to: _To,
    provider: Annotated[str | None, typer.Option(help="Only this provider's.")] = None,
    secret: _Secret = None,
) -> None:
    """Send what was written down again, in its order.

    Exit codes: 0 all accepted, 1 not all, 2 wrong use.
    """
    from . import sending  # noqa: PLC0415 -- as above

    raise typer.Exit(sending.replay(directory, to=to, provider=provider, secret=secret))
