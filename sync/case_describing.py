"""Puts clusters of pairs into words: what a case shows a clerk, with masked names, and the clauses it would break."""

from collections.abc import Iterable

import numpy as np

from schema.records import Entry
from schema.vocabulary import CaseLevel
from sync.case_clauses import clauses_broken
from sync.case_evidence import Line, PairEvidence, Sentence
from sync.cases import Described
from sync.database import Database
from sync.duplicates.clustering import Cluster
from sync.duplicates.detection import Pair
from sync.duplicates.evidence import explain
from sync.duplicates.records import Record
from sync.duplicates.scoring import Model
from sync.repository.detection import DetectionStore
from sync.repository.eligibility import EligibilityStore
from sync.repository.parts import in_parts


class Describer:
    """Describes clusters of one run; what it needs of entries is read once, for many clusters at a time."""

    def __init__(self, database: Database, model: Model) -> None:
        self._database = database
        self._model = model
        self._shown: dict[str, Record] = {}
        self._entries: dict[str, Entry] = {}

    def read_for(self, clusters: Iterable[Cluster]) -> None:
        """Read the entries of these clusters, so that describing them asks the database nothing."""
        wanted = sorted({entry for cluster in clusters for entry in cluster.entries} - self._entries.keys())
        with self._database.read() as session:
            for part in in_parts(wanted):
                self._shown.update((each.id, each) for each in DetectionStore(session).records(part, shown=True))
                self._entries.update((each.entry.id, each.entry) for each in EligibilityStore(session).entries(part))

    def __call__(self, cluster: Cluster) -> Described:
        """The cluster as a case."""
        self.read_for([cluster])
        likely = self._model.thresholds[cluster.kind].open
        surest = max(pair.score for pair in cluster.pairs)
        return Described(
            [self._explained(pair) for pair in cluster.pairs],
            clauses_broken(cluster.kind, [(pair.id_a, pair.id_b) for pair in cluster.pairs], self._entries),
            CaseLevel.LIKELY if surest >= likely else CaseLevel.REVIEW,
        )

    def _explained(self, pair: Pair) -> PairEvidence:
        left, right = self._shown[pair.id_a], self._shown[pair.id_b]
        return explained(left, right, pair, self._model)


def explained(left: Record, right: Record, pair: Pair, model: Model) -> PairEvidence:
    """The evidence of a pair in the form in which it is kept. `left` and `right` are shown, so their names are masked."""
    why = explain(left, right, np.array(pair.features, np.float32), pair.kind, model)
    lines = tuple(
        Line(each.feature, each.left, each.right, each.left_spans, each.right_spans, each.bits, each.zh, each.en)
        for each in why.lines
    )
    changes = tuple(Sentence(zh, en) for zh, en in zip(why.changes_zh, why.changes_en, strict=True))
    prior, posterior = round(why.prior, 3), round(why.posterior, 3)
    return PairEvidence((pair.id_a, pair.id_b), pair.kind, pair.score, prior, posterior, lines, changes)
