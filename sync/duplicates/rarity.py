"""How rare each thing is in a corpus: the snapshot by which shared things are weighed.

A snapshot is taken at a full run and then kept: weights that moved with every new entry would make a score depend on the
order of arrival, and an incremental run would no longer equal a full one.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from sync.duplicates.encoding import Encoded
from sync.duplicates.hashing import MANY, SPACE, narrow

Counts = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float32]

USUAL: Final = 25_000  # entries of a season
_MOST: Final = 1_000_000  # entries; in larger corpora the prior stays where it is there
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
_PEOPLE: Final = frozenset({"names", "phones"})
_TWO: Final = 2  # the pair that is compared


@dataclass(frozen=True, slots=True)
class Rarity:
    """Of `entries` entries, in how many each hash of each column occurs."""

    entries: int
    counts: dict[str, Counts]
    by_count: Weights  # bits of what so many entries have; in steps of 1/1024, so that sums are exact in any order
    by_count_of_people: Weights  # the same of names and phones, with more entries assumed where there are few

    @classmethod
    def of(cls, corpus: Encoded) -> Self:
        """Counted in `corpus`."""
        entries = len(corpus)
        held = np.maximum(np.arange(entries + 1), 1)
        # A name that two of 600 entries have is not as common as that, nor as rare as if 25,000 had been asked: between.
        asked = max(entries, round((max(entries, 1) * USUAL) ** 0.5))
        people = np.where(held < _TWO, held, _TWO + (held - _TWO) * asked / max(entries, 1))
        counts = {name: count(getattr(corpus, name)) for name in COUNTED}
        return cls(entries, counts, _bits(entries, held), _bits(asked, people))

    @property
    def doublings(self) -> float:
        """Of the usual number of entries, none for fewer. The prior of a match follows it."""
        return float(np.log2(np.clip(self.entries, USUAL, _MOST) / USUAL))

    def bits(self, column: str, hashes: npt.NDArray[np.int32]) -> Weights:
        """What sharing each of these says by itself: log2 of entries over entries that have it; unseen as if seen once."""
        by_count = self.by_count_of_people if column in _PEOPLE else self.by_count
        bits: Weights = by_count[self.counts[column][narrow(hashes)]]
        return bits

    def widespread(self, column: str, hashes: npt.NDArray[np.int32], share: float, least: int) -> npt.NDArray[np.bool_]:
        """Which of these occur in more than this share of the entries, and in more than `least`."""
        held: Counts = self.counts[column][narrow(hashes)]
        return held > max(share * self.entries, least)


def _bits(entries: int, held: npt.NDArray[Any]) -> Weights:
    bits: Weights = (np.round(np.log2((entries + 1) / held) * 1024) / 1024).astype(np.float32)
    return bits


def count(matrix: csr_matrix) -> Counts:
    """In how many rows each place of the smaller space occurs."""
    places = narrow(matrix.indices)
    if len(places) > SPACE // MANY:
        return np.bincount(places, minlength=SPACE).astype(np.int32)
    held = np.zeros(SPACE, np.int32)  # slower for many, but pages that nothing is counted on are never touched
    np.add.at(held, places, 1)
    return held
