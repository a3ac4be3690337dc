"""GraphQL over PostgreSQL, one process each: ours, PostGraphile 5, Mercurius with JIT and SQL by hand over the same read model, and
the limit, which is that SQL as JSON from a bare ASGI application. Prints requests a second, latency, processor time and ratios.

`python tests/benchmark/graphql/run.py [--entries 25000] [--seconds 6] [--connections 16] [--servers …] [--questions …]`. Peers are
taken from npm once. Q1: a page of 50 with organisations, team, members and declared track, by region and national track, newest
first, with the total, over all pairs of region and track in turn; Q2: a page of 1,000; Q3: statistics by region, national track and
stage; Q4: one entry, everything of the read model; Q5: all entries as lines of JSON, once. `ours` keeps no answers, `kept` is ours as it is by default.

Everything shares the machine's cores with what loads it. `µs` is the processor time of server and database for one request: it
says more than requests a second where the machine has other work. Whether Q1 and Q4 read any table whole is looked at first.
"""

import argparse
import sys
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
Figures = dict[str, Any]


def measured(server: Server, bodies: list[Any], connections: int, seconds: int, postmaster: int) -> Figures:
    """What comes of a question."""
    size = len(server.answer(bodies[0]))
    server.load(bodies, connections, WARM)
    before = server.cpu(), database_cpu(postmaster)
    found = server.load(bodies, connections, seconds)
    made = found["rate"] * seconds
    own, database = (
        1e6 * (now - then) / made for now, then in zip((server.cpu(), database_cpu(postmaster)), before, strict=True)
    )
    return {**found, "own": own, "database": database, "megabytes": server.megabytes(), "size": size / 1024}


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
    parser.add_argument("--seconds", type=int, default=6)
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
        for name in options.servers:
            with serving(name, url, key, cache) as server:
                if name == "ours" and "Q5" in options.questions:
                    print(server.exported(), flush=True)
                for question in options.questions:
                    bodies = asked.get(question, {}).get("ours" if name == "kept" else name)
                    if bodies:
                        print(f"{question} {name} …", file=sys.stderr, flush=True)
                        found[question, name] = measured(
                            server, bodies, options.connections, options.seconds, postmaster
                        )
    told(found, options.questions)


if __name__ == "__main__":
    main()
