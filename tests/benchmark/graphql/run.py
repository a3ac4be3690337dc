"""GraphQL over PostgreSQL, one process each: ours, PostGraphile 5, Mercurius with JIT and SQL by hand over the same read model, and
the limit, which is that SQL as JSON from a bare ASGI application. Prints requests a second, latency, processor time and ratios.

`python tests/benchmark/graphql/run.py [--entries 25000] [--rounds 5] [--seconds 3] [--connections 16] [--servers …] [--questions …]`.
Peers are taken from npm once. Servers are loaded in turns, and the middle of the rounds is told. Q1: a page of 50 with organisations,
team, members and declared track, by region and national track, newest first, with the total, over all pairs of region and track in
turn; Q2: a page of 1,000; Q3: statistics by region, national track and stage; Q4: one entry, everything of the read model; Q5: all
entries as lines of JSON, once. `ours` keeps no answers, `kept` is ours as it is by default.

Everything shares the machine's cores with what loads it. `µs` is the processor time of server and database for one request: it
says more than requests a second where the machine has other work. Whether Q1 and Q4 read any table whole is looked at first.
"""

import argparse
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from statistics import median
from typing import Any

from filled import filled
from larger import scans
from questions import questions
from servers import Server, database_cpu, peers, postmaster_of, serving

from gateway.auth import create_key
from schema.vocabulary import Role
from sync.database import Database

SERVERS = ("ours", "kept", "limit", "mercurius", "postgraphile")
WARM = 2  # seconds
FAULTS = ("errors", "non2xx")
Figures = dict[str, Any]
Found = dict[str, Figures]  # by server


def measured(servers: Mapping[str, Server], asked: Mapping[str, list[Any]], options: Any, postmaster: int) -> Found:
    """What comes of a question of each server: they are loaded in turns, so that whatever else the machine does meets all of them."""
    parts: dict[str, list[Figures]] = {name: [] for name in servers if asked.get(name)}
    sizes = {name: len(servers[name].answer(asked[name][0])) / 1024 for name in parts}
    for name in parts:
        servers[name].load(asked[name], options.connections, WARM)
    for _ in range(options.rounds):
        for name, found in parts.items():
            before = servers[name].cpu(), database_cpu(postmaster)
            figures = servers[name].load(asked[name], options.connections, options.seconds)
            made = figures["rate"] * options.seconds
            after = servers[name].cpu(), database_cpu(postmaster)
            own, database = (1e6 * (now - then) / made for now, then in zip(after, before, strict=True))
            found.append({**figures, "own": own, "database": database, "megabytes": servers[name].megabytes()})
    middle = {
        name: {each: median(part[each] for part in found) for each in found[0]} | {"size": sizes[name]}
        for name, found in parts.items()
    }
    return {
        name: figures | {each: sum(part[each] for part in parts[name]) for each in FAULTS}
        for name, figures in middle.items()
    }


def told(found: dict[tuple[str, str], Figures], names: list[str]) -> None:
    """The table, and how ours compares: by requests a second, and by processor time the other way round."""
    print("| | requests/s | p50 ms | p99 ms | server µs | database µs | kB | MB |\n|---|---|---|---|---|---|---|---|")
    for (question, name), each in found.items():
        print(
            f"| {question} {name} | {each['rate']:,.0f} | {each['p50']:.0f} | {each['p99']:.0f} | {each['own']:,.0f} | "
            f"{each['database']:,.0f} | {each['size']:,.1f} | {each['megabytes']:.0f} |"
        )
        if each["errors"] or each["non2xx"]:
            print(f"  faults: {each['errors']} {each['non2xx']}")
    for question in names:
        ours = found.get((question, "ours"))
        for name in SERVERS:
            other = found.get((question, name))
            if ours and other and name != "ours":
                spent, theirs = (each["own"] + each["database"] for each in (ours, other))
                print(
                    f"{question}: {ours['rate'] / other['rate']:.2f} of {name} by requests, {theirs / spent:.2f} by processor time"
                )


def main() -> None:
    """Fill, serve, load, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=25_000)
    parser.add_argument("--times", type=int, default=1, help="that many of each entry")
    parser.add_argument("--database", help="one on this machine that is filled already")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--servers", nargs="*", default=[*SERVERS])
    parser.add_argument("--questions", nargs="*", default=["Q1", "Q2", "Q3", "Q4", "Q5"])
    options = parser.parse_args()
    cache = peers()
    found: dict[tuple[str, str], Figures] = {}
    with filled(options.database, options.entries, options.times) as url:
        database = Database(url)
        key = create_key(database, "benchmark", Role.NATIONAL)
        with database.engine.connect() as connection:
            ids = [row[0] for row in connection.exec_driver_sql("SELECT id FROM entry ORDER BY random() LIMIT 2000")]
        postmaster = postmaster_of(url)
        asked = questions(ids)
        read_whole = scans(database, [*asked["Q1"]["ours"], *asked["Q4"]["ours"][:20]])
        assert read_whole == [], read_whole
        database.close()
        with ExitStack() as stack:
            servers = {name: stack.enter_context(serving(name, url, key, cache)) for name in options.servers}
            if "ours" in servers and "Q5" in options.questions:
                print(servers["ours"].exported(), flush=True)
            for question in options.questions:
                print(f"{question} …", file=sys.stderr, flush=True)
                bodies = {name: asked.get(question, {}).get("ours" if name == "kept" else name, []) for name in servers}
                for name, figures in measured(servers, bodies, options, postmaster).items():
                    found[question, name] = figures
    told(found, options.questions)


if __name__ == "__main__":
    main()
