"""`aioconvo bot`: run a bot, and look at what it gave up on."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Bots: run one, try one in a browser, look at its dead letters, forget a person.", no_args_is_help=True)
dead = typer.Typer(help="Dead letters: the events that a bot gave up on.", no_args_is_help=True)
app.add_typer(dead, name="dead")

_Store = Annotated[
    str,
    typer.Argument(
        metavar="STORE",
        help="The file of a SqliteStore, the URL of a RedisStore, or app:bot.",
    ),
]
_Key = Annotated[str, typer.Argument(metavar="KEY", help="As `dead list` shows it.")]


@app.command()
def run(
    target: Annotated[str, typer.Argument(metavar="MODULE:NAME", help="A Bot, or a function that returns one.")],
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Talk to a sandbox, which is started too.")] = False,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port.")] = 8080,
) -> None:
    """Run a bot until SIGTERM or Ctrl-C, then drain; a second signal ends it at once.

    With --sandbox the variables that from_env() reads lead to the sandbox before the module is loaded.
    """
    from . import running  # noqa: PLC0415 -- a command loads what it needs when it is asked for

    raise typer.Exit(running.run(target, sandboxed=sandbox, host=host, port=port))


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port of the page on 127.0.0.1; 0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same customers.")] = 0,
) -> None:
    """Chat with an echo bot over all five providers in a browser, kill it and start it again: nothing is lost.

    Sandbox, page and bot in one command; it prints the address, and ends with Ctrl-C.
    """
    from . import bot_demo  # noqa: PLC0415 -- a command loads what it needs when it is asked for

    raise typer.Exit(bot_demo.run(port=port, seed=seed))


@dead.command("list")
def list_(
    store: _Store,
    most: Annotated[int, typer.Option(min=1, help="The oldest so many.")] = 100,
    json: Annotated[bool, typer.Option("--json", help="One JSON line each.")] = False,
) -> None:
    """List what was given up on: when, after how many attempts, why. No text of messages is shown."""
    from . import letters  # noqa: PLC0415 -- as above

    raise typer.Exit(letters.list_dead(store, most, as_json=json))


@dead.command()
def show(
    store: _Store,
    key: _Key,
    text: Annotated[bool, typer.Option("--text", help="Show the event as it came: texts, names, numbers of people.")] = False,
) -> None:
    """Show one dead letter.

    Exit codes: 0 shown, 1 there is none of that key.
    """
    from . import letters  # noqa: PLC0415 -- as above

    raise typer.Exit(letters.show(store, key, with_text=text))


@dead.command()
def replay(
    store: _Store,
    keys: Annotated[list[str] | None, typer.Argument(metavar="KEY...", help="As `dead list` shows them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that there are.")] = False,
) -> None:
    """Let dead letters be handled again: by the bot that runs, within 5 seconds, or when it starts.

    What they had sent is not sent again.

    Exit codes: 0 all, 1 some were not there, 2 wrong use.
    """
    if bool(keys) == everything:
        raise typer.BadParameter("give keys, or --all")
    from . import letters  # noqa: PLC0415 -- as above

    raise typer.Exit(letters.replay(store, keys or []))


@app.command()
def forget(
    store: _Store,
    account: Annotated[str, typer.Argument(help="The name of the account in the bot; the provider's own by default.")],
    who: Annotated[str, typer.Argument(metavar="ID", help="The id of a conversation or user, or a phone number (SMS.CX).")],
) -> None:
    """Remove all that a bot keeps of a conversation: waiting events, state, dead letters. Stop a bot with a SqliteStore first.

    Exit codes: 0 removed, or nothing was there, 2 wrong use.
    """
    from . import letters  # noqa: PLC0415 -- as above

    raise typer.Exit(letters.forget(store, account, who))
