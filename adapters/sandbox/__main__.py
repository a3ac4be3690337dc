"""`python -m adapters.sandbox`: serve the simulated platforms until told to stop.

Prints one line of JSON, the endpoints by region, when all servers listen. With `--truth FILE` also writes what was
planted, for whoever wants to compare. With `--edits N`, each SIGUSR1 changes N entries, spread over the platforms, as
their teams would, and is answered by a line `{"edited": N}` when they stand.
"""

import argparse
import asyncio
import signal
import sys
from dataclasses import asdict
from pathlib import Path

import orjson

from adapters.sandbox.editing import Editor
from adapters.sandbox.serve import corpus, even_sizes, platforms, serving


async def _main(total: int, seed: int, first_port: int, truth: Path | None, edits: int) -> None:
    content = corpus(even_sizes(total), seed)
    if truth is not None:
        planted = {
            "duplicates": [asdict(label) for label in content.duplicates],
            "look_alikes": [asdict(label) for label in content.look_alikes],
            "rule_breaks": [asdict(label) for label in content.rule_breaks],
            "registers": [asdict(line) for line in content.registers],
            "flaws": [asdict(label) for label in content.flaws],
            "personal_numbers": sorted(content.personal_numbers()),
        }
        await asyncio.to_thread(truth.write_bytes, orjson.dumps(planted))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    sites = platforms(content, seed)
    if edits:
        editor = Editor(content, sites)
        loop.add_signal_handler(signal.SIGUSR1, lambda: _say({"edited": editor.edit(edits)}))
    async with serving(sites, first_port) as endpoints:
        _say({slug: asdict(e) for slug, e in endpoints.items()})
        await stop.wait()


def _say(content: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(content) + b"\n")
    sys.stdout.flush()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m adapters.sandbox", description=__doc__)
    parser.add_argument("--total", type=int, default=1500, help="entries in all, spread over the regions")
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--first-port", type=int, default=0, help="0 takes free ports")
    parser.add_argument("--edits", type=int, default=0, help="entries that SIGUSR1 changes")
    parser.add_argument("--truth", type=Path, default=None, help="write what was planted to this file")
    arguments = parser.parse_args()
    asyncio.run(_main(arguments.total, arguments.seed, arguments.first_port, arguments.truth, arguments.edits))


if __name__ == "__main__":
    main()
