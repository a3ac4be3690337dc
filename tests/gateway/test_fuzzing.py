"""schemathesis at the door of a running hub, with a small budget; the whole run is tests/benchmark/fuzzing.py."""

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[1] / "benchmark" / "fuzzing.py"


def test_no_generated_request_meets_a_server_error() -> None:
    done = subprocess.run([sys.executable, BENCHMARK, "60"], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout.count("generated, ")) == (0, 2), done.stdout + done.stderr
