"""The command line as its own entry point starts it, in this process."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.cli import console, main
from sync.database import Database


@dataclass(frozen=True)
class Run:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return orjson.loads(self.out)

    @property
    def problems(self) -> list[str]:
        """The codes of the table of problems."""
        return re.findall(r"^│ ([A-Z_]+) ", self.err, re.MULTILINE)


@pytest.fixture
def dexhub(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Run]:
    """The command line, run where nothing is configured but what a test sets in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(console.err, "width", 250)
    monkeypatch.setattr(console.out, "width", 250)

    def run(*arguments: object) -> Run:
        monkeypatch.setattr(sys, "argv", ["dexhub", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capsys.readouterr()
        return Run(code, printed.out, printed.err)

    return run


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, filled_sqlite: Database) -> Database:
    """A filled database that the command line is configured for."""
    monkeypatch.setenv("DEXHUB_DATABASE_URL", filled_sqlite.url.render_as_string(hide_password=False))
    return filled_sqlite
