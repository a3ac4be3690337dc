"""`python -m adapters.sandbox.duplicates --total N --seed S --table B --out DIR`: write entries.jsonl and truth.json.

With `--zoo` writes the files of bad input instead (see `zoo`). Progress goes to standard error.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from adapters.sandbox.duplicates import zoo
from adapters.sandbox.duplicates.labelled import LabelledCorpus
from adapters.sandbox.duplicates.phrases import TABLES
from adapters.sandbox.duplicates.plan import Shares

ENTRIES = "entries.jsonl"
TRUTH = "truth.json"
_STEP = 5000


def _watched(rows: Iterable[dict[str, Any]], total: int) -> Iterator[dict[str, Any]]:
    for done, row in enumerate(rows, 1):
        if done % _STEP == 0 or done == total:
            sys.stderr.write(f"\r{done:,} / {total:,}")
        yield row
    sys.stderr.write("\n")


def write(corpus: LabelledCorpus, folder: Path) -> None:
    """Both files of a corpus into `folder`, made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ENTRIES).open("wb") as out:
        for row in _watched(corpus.rows(), corpus.total):
            out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    (folder / TRUTH).write_bytes(orjson.dumps(corpus.truth().as_json(), option=orjson.OPT_INDENT_2))


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(prog="python -m adapters.sandbox.duplicates", description=__doc__)
    parser.add_argument("--total", type=int, default=25_000, help="entries in all, up to 1,000,000")
    parser.add_argument("--seed", type=int, default=1, help="by custom odd to fit on, even to judge by")
    parser.add_argument("--table", choices=TABLES, default="A", help="A to fit on, B to judge by, C for neither")
    parser.add_argument("--duplicates", type=float, default=Shares().duplicates, help="share of all entries")
    parser.add_argument("--look-alikes", type=float, default=Shares().look_alikes, help="share of all entries")
    parser.add_argument("--zoo", action="store_true", help="bad input, a file for each kind")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    given = parser.parse_args()
    if given.zoo:
        zoo.write(given.out, given.seed)
        return
    shares = Shares(given.duplicates, given.look_alikes)
    write(LabelledCorpus(given.table, given.seed, given.total, shares), given.out)


if __name__ == "__main__":
    main()
