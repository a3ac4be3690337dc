"""Processes as an operator starts them, platforms as provinces run them, and the search for personal numbers."""

import gzip
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

DEXHUB: Final = (sys.executable, "-c", "from gateway.cli import main; main()")
_RUN = re.compile(r"[0-9X]{11,}")


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a process: ours, nothing of a configured hub, everything logged."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEXHUB_")}
    return {**kept, "DEXHUB_LOG": "DEBUG", "DEXHUB_CONFIG": str(folder / "none.toml"), "COLUMNS": "200", **more}


@pytest.fixture(scope="session")
def dexhub() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command in a folder to its end."""

    def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*DEXHUB, *arguments],
            env=surroundings(folder, **environment),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def start_dexhub() -> Callable[..., subprocess.Popen[bytes]]:
    """Start a command in a folder, all it prints going to one file; it is killed with the block if it has not ended."""

    @contextmanager
    def start(folder: Path, log: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        with log.open("wb") as file:
            command, about = [*DEXHUB, *arguments], surroundings(folder, **environment)
            with subprocess.Popen(command, env=about, cwd=folder, stdout=file, stderr=file) as process:
                try:
                    yield process
                finally:
                    process.kill()

    return start


@pytest.fixture(scope="session")
def found_in() -> Callable[[set[str], Iterable[str]], set[str]]:
    """Those of some numbers of 11 or 18 characters that stand anywhere in some texts, within longer numbers too."""

    def search(numbers: set[str], texts: Iterable[str]) -> set[str]:
        runs = {run for text in texts for run in _RUN.findall(text.upper())}
        parts = {run[start : start + size] for run in runs for size in (11, 18) for start in range(len(run) - size + 1)}
        return numbers & parts

    return search


@pytest.fixture(scope="session")
def unpacked() -> Callable[[bytes], str]:
    """Bytes as text: what a gzip file or a workbook holds, or the bytes themselves."""

    def unpack(content: bytes) -> str:
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        elif content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                content = b"\n".join(book.read(name) for name in book.namelist())
        return content.decode("latin-1")

    return unpack
