"""`aioconvo hooks`: webhooks sent by hand, written down, and sent again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Webhooks: send a sample, write down what comes, send it again.", no_args_is_help=True)

_To = Annotated[str, typer.Option("--to", metavar="URL", help="Where to, such as http://127.0.0.1:8080/hooks/sunshine.")]
_Secret = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="What it proves itself by; else the first of AIOCONVO_<PROVIDER>_WEBHOOK_SECRETS, else the sandbox's. "
        "SMS.CX has its token in the URL.",
    ),
]


@app.command()
def trigger(
    provider: Annotated[str, typer.Argument(help="sunshine, smooch or smscx.")],
    event: Annotated[str, typer.Argument(help="The API's own name of it, such as conversation:message; 'list' names all.")],
    to: _To = "",
    secret: _Secret = None,
) -> None:
    """Send a sample of any event, with the real header and envelope.

    Exit codes: 0 accepted, 1 not, 2 wrong use.
    """
    from . import sending  # noqa: PLC0415 -- a command loads what it needs when it is asked for

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
