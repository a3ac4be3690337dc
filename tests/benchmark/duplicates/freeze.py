"""Writes the judged set anew: `python tests/benchmark/duplicates/freeze.py`. Only when the labels' meaning changes: figures
before and after cannot be compared. The digests are of the content before compression.
"""

import hashlib
import tempfile
from pathlib import Path

import zstandard
from corpora import JUDGED

from adapters.sandbox.duplicates.__main__ import ENTRIES, TRUTH, write
from adapters.sandbox.duplicates.labelled import LabelledCorpus
from adapters.sandbox.duplicates.plan import Shares

TABLES = ("B", "C")
TOTAL = 1250
SEED = 2026
SHARES = Shares(duplicates=0.06, look_alikes=0.12)  # a small set needs more of both to say anything


def main() -> None:
    """Generate, compress, note the digests."""
    sums = []
    for table in TABLES:
        with tempfile.TemporaryDirectory() as folder:
            write(LabelledCorpus(table, SEED, TOTAL, SHARES), Path(folder))
            for name in (ENTRIES, TRUTH):
                content = Path(folder, name).read_bytes()
                packed = f"{table}.{name}.zst"
                (JUDGED / packed).write_bytes(zstandard.compress(content, 19))
                sums.append(f"{hashlib.sha256(content).hexdigest()}  {packed}\n")
    (JUDGED / "SHA256SUMS").write_text("".join(sums), "utf-8")


if __name__ == "__main__":
    main()
