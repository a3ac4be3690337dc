"""What one new entry costs against a corpus in memory: `python tests/benchmark/duplicates/one_entry.py [--total 250000]`.

Adds 200 entries of a generated corpus to an index of the others: encoding, candidates, comparison, score; milliseconds each, by the clock and of CPU.
"""

import argparse
import os
import resource
import time
from pathlib import Path

import corpora
import numpy as np

from sync.duplicates.index import Index
from sync.duplicates.offline import read_entries
from sync.duplicates.scoring import fitted_model, score

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "dexhub-benchmark"
NEW = 200


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--total", type=int, default=250_000)
    given = parser.parse_args()
    records = read_entries(corpora.generated(CACHE, "B", 2, given.total).entries).records
    new = records[:: len(records) // NEW]
    added = {record.id for record in new}
    start = time.perf_counter()
    index = Index([record for record in records if record.id not in added])
    print(f"index of {len(index):,} entries built in {time.perf_counter() - start:.1f} s")
    spent, worked, seen = [], [], []
    for record in new:
        start, before = time.perf_counter(), time.process_time()
        index.add(record)
        others = index.candidates(record.id)
        score(index.features(record.id, others), fitted_model())
        spent.append(1000 * (time.perf_counter() - start))
        worked.append(1000 * (time.process_time() - before))
        seen.append(len(others))
    median, late = np.percentile(spent, (50, 95))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"one entry: median {median:.1f} ms, 95 % within {late:.1f} ms, CPU {np.median(worked):.1f} ms, {np.median(seen):.0f} candidates, {memory:,.0f} MB"
    )


if __name__ == "__main__":
    main()
