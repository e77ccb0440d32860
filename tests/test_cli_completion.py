"""Shells complete the command: its commands, options, providers and lists, in a real bash."""

from __future__ import annotations

import os
import re
import select
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BASH = shutil.which("bash") or ""
PROGRAMS = str(Path(sys.executable).parent)
pytestmark = pytest.mark.skipif(
    not BASH or shutil.which("aioconvo", path=PROGRAMS) is None, reason="bash or the installed command is missing"
)
_COMPLETE = """
eval "$SCRIPT"
COMP_WORDS=({words}); COMP_CWORD={last}
_aioconvo_completion aioconvo
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture(scope="module")
def shown() -> str:
    """What the command shows a shell that asks for its completion."""
    command = ["aioconvo", "--show-completion", "bash"]
    return subprocess.run(command, env=_environ(), capture_output=True, text=True, timeout=60, check=True).stdout  # noqa: S603 -- our own command


def _completed(shown: str, *words: str) -> set[str]:
    script = _COMPLETE.format(words=" ".join(map(shlex.quote, words)), last=len(words) - 1)
    done = subprocess.run(  # noqa: S603 -- our own command
        [BASH, "--norc", "-c", script],
        env={**_environ(), "SCRIPT": shown},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return set(done.stdout.split())


def _environ() -> dict[str, str]:
    return {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", "TERM": "dumb"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["aioconvo", ""], {"demo", "operations", "sandbox", "export", "verify", "report", "list"}),
        (["aioconvo", "ex"], {"export"}),
        (["aioconvo", "export", "s"], {"smscx", "sunshine", "smooch"}),
        (["aioconvo", "export", "convore", "--rate"], {"--rate-limit"}),
        (["aioconvo", "list", "su"], {"sunshine"}),
        (["aioconvo", "list", "sunshine", ""], {"conversations", "messages", "participants"}),
        (["aioconvo", "list", "convore", "conversations", "--has-d"], {"--has-drafts"}),
        (["aioconvo", "operations", "--provider", "u"], {"ultracart"}),
        (["aioconvo", "call", "sm"], {"smscx", "smooch"}),
        (["aioconvo", "call", "smscx", "sms.s"], {"sms.send", "sms.send_campaign"}),
        (["aioconvo", "call", "convore", "conversations.list", "--statuses", "o"], {"open"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bash_completes(words: list[str], expected: set[str], shown: str) -> None:
    assert _completed(shown, *words) >= expected


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals")
def test_the_tab_key_completes_in_an_interactive_bash() -> None:
    ours, theirs = os.openpty()
    shell = subprocess.Popen(  # noqa: S603 -- our own command
        [BASH, "--norc", "-i"], stdin=theirs, stdout=theirs, stderr=theirs, env=_environ(), close_fds=True
    )
    os.close(theirs)
    try:
        os.write(ours, b'eval "$(aioconvo --show-completion bash)"; echo re""ady\n')
        _read_until(ours, "ready")
        os.write(ours, b"aioconvo exp\t")
        assert "aioconvo export" in _read_until(ours, "export")
    finally:
        shell.kill()
        shell.wait()
        os.close(ours)


def _read_until(terminal: int, words: str) -> str:
    shown = ""
    while words not in shown:
        assert select.select([terminal], [], [], 60)[0], shown
        shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", os.read(terminal, 65_536).decode())
    return shown


def test_it_is_installed_for_a_shell(tmp_path: Path) -> None:
    done = subprocess.run(
        ["aioconvo", "--install-completion", "bash"],  # noqa: S607 -- the one in the path below
        env={**_environ(), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "completion installed" in done.stdout
    assert "aioconvo" in (tmp_path / ".bashrc").read_text()
