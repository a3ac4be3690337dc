"""How long the roster takes: 32 regions with 30 items each, from inputs to bytes, and a version with all that goes with it.

    python tests/benchmark/roster.py

CPU milliseconds (user and system), the median of a hundred. The bound is sorting the same items and writing the same JSON.
"""

import statistics
import time
from collections.abc import Callable

import orjson

from schema.quotas import Basis, Quota
from schema.roster import RosterAct
from schema.vocabulary import CaseStatus, EntryStatus
from sync.roster.computing import Roster, compare, compute
from sync.roster.inputs import Case, CountedList, Decision, Inputs, ListedItem, Standing

REGIONS, ITEMS, TIMES = 32, 30, 100
QUOTA = Quota(total=28, basis=Basis.INFERRED, reason_zh="推断", reason_en="inferred")


def made() -> Inputs:
    """Every tenth entry in a case, some clauses open everywhere."""
    codes = [str(11 + number) for number in range(REGIONS)]
    ids = {code: [f"{code}:E{number:06d}" for number in range(ITEMS)] for code in codes}
    every = [entry for part in ids.values() for entry in part]
    return Inputs(
        tuple(
            CountedList(
                code,
                f"TJ-{code}-001",
                1,
                "0" * 64,
                QUOTA,
                tuple(ListedItem(rank, e) for rank, e in enumerate(ids[code], start=1)),
            )
            for code in codes
        ),
        tuple(Standing(e, EntryStatus.ACTIVE, "N01", (), tuple(f"HA-clause-{n}" for n in range(12))) for e in every),
        tuple(
            Case(
                f"C{n:012d}",
                list(CaseStatus)[n % 3],
                every[n * 10] if n % 3 == 1 else None,
                (every[n * 10], every[n * 10 + 1]),
            )
            for n in range(len(every) // 10)
        ),
        tuple(Decision(e, RosterAct.EXCLUDE, "异议成立", "Y0") for e in every[::50]),
    )


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds."""
    found = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        found.append((time.process_time() - start) * 1000)
    return statistics.median(found)


def main() -> None:
    inputs = made()
    roster = compute(inputs)
    rows = orjson.loads(roster.content)["items"]
    bound = cpu(
        lambda: orjson.dumps(
            {"items": sorted(rows, key=lambda row: (row["region"], row["rank"]))}, option=orjson.OPT_SORT_KEYS
        )
    )
    whole = cpu(lambda: compute(Inputs.read(inputs.content)).content)
    print(
        f"{REGIONS * ITEMS} items: compute {cpu(lambda: compute(inputs)):.1f} ms; from stored inputs to bytes {whole:.1f} ms; bound {bound:.1f} ms, {whole / bound:.0f} times"
    )
    print(
        f"compare two versions {cpu(lambda: compare(roster, Roster.read(roster.content))):.1f} ms; roster {len(roster.content) // 1024} kB, inputs {len(inputs.content) // 1024} kB"
    )


if __name__ == "__main__":
    main()
