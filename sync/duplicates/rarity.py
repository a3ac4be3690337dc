"""How rare each thing is in a corpus: the snapshot by which shared things are weighed.

A snapshot is taken at a full run and then kept: weights that moved with every new entry would make a score depend on the
order of arrival, and an incremental run would no longer equal a full one.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from sync.duplicates.encoding import Encoded
from sync.duplicates.hashing import SPACE, narrow

Counts = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float32]

USUAL: Final = 25_000  # entries of a season
_SIZES: Final = (1_000, 1_000_000)  # entries; in smaller and larger corpora the prior stays where it is there
COUNTED: Final = (
    "title_sounds",
    "title_signs",
    "words",
    "shingles",
    "numbers",
    "cores",
    "core_parts",
    "names",
    "phones",
)
_FEW: Final = 64  # part of the space


@dataclass(frozen=True, slots=True)
class Rarity:
    """Of `entries` entries, in how many each hash of each column occurs."""

    entries: int
    counts: dict[str, Counts]
    by_count: Weights  # bits of what so many entries have; in steps of 1/1024, so that sums are exact in any order

    @classmethod
    def of(cls, corpus: Encoded) -> Self:
        """Counted in `corpus`."""
        entries = len(corpus)
        bits = np.log2((entries + 1) / np.maximum(np.arange(entries + 1), 1))
        counts = {name: count(getattr(corpus, name)) for name in COUNTED}
        return cls(entries, counts, (np.round(bits * 1024) / 1024).astype(np.float32))

    @property
    def doublings(self) -> float:
        """Of the usual number of entries; negative for fewer. The prior of a match follows it."""
        return float(np.log2(np.clip(self.entries, *_SIZES) / USUAL))

    def bits(self, column: str, hashes: npt.NDArray[np.int32]) -> Weights:
        """What sharing each of these says by itself: log2 of entries over entries that have it; unseen as if seen once."""
        bits: Weights = self.by_count[self.counts[column][narrow(hashes)]]
        return bits

    def widespread(self, column: str, hashes: npt.NDArray[np.int32], share: float, least: int) -> npt.NDArray[np.bool_]:
        """Which of these occur in more than this share of the entries, and in more than `least`."""
        held: Counts = self.counts[column][narrow(hashes)]
        return held > max(share * self.entries, least)


def count(matrix: csr_matrix) -> Counts:
    """In how many rows each place of the smaller space occurs."""
    places = narrow(matrix.indices)
    if len(places) > SPACE // _FEW:
        return np.bincount(places, minlength=SPACE).astype(np.int32)
    held = np.zeros(SPACE, np.int32)  # slower for many, but pages that nothing is counted on are never touched
    np.add.at(held, places, 1)
    return held
