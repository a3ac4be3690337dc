"""May this entry compete, and by which words? The face of the clauses: give facts and clauses, get a judgement for each.

`judge` is pure: the same facts and clauses give the same judgements in the order of the clauses. Clauses for people
(`predicate = "human"`) and for information cost nothing and have no judgement; `applicable` leaves them out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schema.clauses import Clause
from schema.facts import Facts
from schema.vocabulary import EligibilityStatus, Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one clause says of one entry. `field` names the part of the entry to look at; `zh` and `en` say what was
    expected and what was found, or what would settle it. `clause_version` is the digest of the clause that judged, so a
    stored judgement is out of date exactly when the clause's version differs or one of its inputs changed.
    """

    clause_id: str
    clause_version: str
    verdict: Verdict
    field: str
    zh: str
    en: str


def applicable(clauses: Iterable[Clause], facts: Facts) -> list[Clause]:
    """The machine clauses in force when the entry was handed in."""
    day = facts.entry.submitted_at.date()
    return [clause for clause in clauses if clause.is_machine and clause.in_force(day)]


def judge(facts: Facts, clauses: Sequence[Clause]) -> list[Judgement]:
    """A judgement for every machine clause in force, in the order of the clauses."""
    raise NotImplementedError


def status_of(judgements: Iterable[Judgement], waived: frozenset[str] = frozenset()) -> EligibilityStatus:
    """All judgements together. A waived clause counts as met; no judgement at all leaves everything open.

    Only a clause that leaves room (`Clause.waivable`) may be waived; that is for whoever takes the waiver to check.
    """
    raise NotImplementedError
