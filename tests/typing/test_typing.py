"""The declared operations, as the strictest type checker sees them; mypy checks the same files with all others."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CHECKER = shutil.which("basedpyright", path=str(Path(sys.executable).parent)) or shutil.which("basedpyright")

CONFIG = {
    "exclude": ["**/test_*"],
    "typeCheckingMode": "strict",
    "pythonVersion": "3.11",
    "enableTypeIgnoreComments": False,  # those are mypy's
    "reportUnnecessaryTypeIgnoreComment": "error",  # where a wrong call passes
    "reportUnusedCoroutine": "none",
}


@pytest.mark.skipif(CHECKER is None, reason="basedpyright is in the extra `lint`")
def test_basedpyright_sees_what_callers_get(tmp_path: Path) -> None:
    config = tmp_path / "pyrightconfig.json"
    config.write_text(json.dumps({"include": [str(HERE)], "extraPaths": [str(HERE.parent.parent)], **CONFIG}))
    asked = [str(CHECKER), "--pythonpath", sys.executable, "--project", str(config)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 -- a tool of ours
    assert done.returncode == 0, done.stdout
    assert "0 errors, 0 warnings" in done.stdout
