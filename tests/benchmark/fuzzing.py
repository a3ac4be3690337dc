"""schemathesis over GraphQL and REST of a running hub: no answer may be a server error.

Usage: python tests/benchmark/fuzzing.py [CASES], 2,000 unless told otherwise; the exit code is 1 where there was one.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from served import Served, served

from gateway.app import create_app
from gateway.hub import Hub
from sync.database import Database
from sync.settings import Settings

_CHECKS = (
    "--checks",
    "nothing_unexpected",
    "--phases",
    "fuzzing",
    "--no-shrink",
    "--continue-on-failure",
    "--seed",
    "1",
)
_PATH = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
_ROOTS = 50  # operations of the graph; each gets as many cases
_PLENTY = json.dumps({"cost_per_minute": 10**12, "refusals_per_minute": 10**9})


def described(folder: Path) -> Path:
    """The REST routes as OpenAPI, which the hub itself does not serve."""
    app = create_app(
        Hub(Settings(database_url=f"sqlite:///{folder}/none.sqlite3"), Database(f"sqlite:///{folder}/none.sqlite3"))
    )
    document = app.openapi()
    document["paths"] = {path: each for path, each in document["paths"].items() if path != "/graphql"}
    file = folder / "openapi.json"
    file.write_text(json.dumps(document), "utf-8")
    return file


def fuzz(hub: Served, what: str, source: str, each: int) -> int:
    """One run; its exit code."""
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", source, "--url", hub.url + what, *_CHECKS]
    if what:
        command = [*command[:2], source, *_CHECKS]
    headers = ("--header", f"Authorization: Bearer {hub.national}")
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "fuzzing_check", "PYTHONPATH": _PATH}
    done = subprocess.run(
        [*command, *headers, "--max-examples", str(each)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=hub.folder,
    )
    print(
        "\n".join(
            line
            for line in done.stdout.splitlines()
            if "generated" in line or "Error" in line or "Failures" in line or "passed" in line
        )
    )
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-2000:])
    return done.returncode


def main(cases: int) -> int:
    """The sum of both runs."""
    with tempfile.TemporaryDirectory() as name, served(300, DEXHUB_LIMITS=_PLENTY) as hub:
        each = -(-cases // _ROOTS)
        codes = [
            fuzz(hub, "/graphql", f"{hub.url}/graphql", each),
            fuzz(hub, "", str(described(Path(name))), each),
        ]
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
