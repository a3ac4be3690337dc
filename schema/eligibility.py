"""May this entry compete, and by which words? The face of the clauses: give facts and clauses, get a judgement for each.

`Law` and `judge` are pure: the same facts and clauses give the same judgements in the order of the clauses. Clauses for
people (`predicate = "human"`) and for information cost nothing and have no judgement.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, Final, NamedTuple

from schema.clauses import Clause
from schema.facts import Facts
from schema.provenance import CHINA
from schema.vocabulary import EligibilityStatus, Register, Verdict

# What nearly every entry has of its own: an answer that rests on it will hardly be asked for again.
_OWN: Final = frozenset(
    {"entry.organisations", "entry.team", "entry.submitted_at", "entry.updated_at", "entry.native", "history"}
)
_MOST: Final = (
    4096  # answers kept of a group of clauses: some 2 MB; a region has far fewer combinations of topic and city
)


class Judgement(NamedTuple):
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


class Law:
    """The clauses of a region, ready to judge many entries.

    Clauses that read the same of an entry are asked together, and where that is nothing of the entry's own (no form handed
    in, nobody in common with another entry) the answer given before is given again: what a predicate says in its `inputs`
    is all that it may look at, so the answer is the same.
    """

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self.clauses = tuple(clause for clause in clauses if clause.is_machine)
        groups: dict[Hashable, list[tuple[int, Clause]]] = defaultdict(list)
        for position, clause in enumerate(self.clauses):
            groups[clause.since, clause.until, clause.city, clause.test.inputs].append((position, clause))
        self._groups = [_Group(members) for members in groups.values()]

    def judge(self, facts: Facts) -> tuple[Judgement, ...]:
        """A judgement for every clause in force when the entry was handed in, in the order of the clauses."""
        day = facts.entry.submitted_at.astimezone(CHINA).date()
        found: list[Judgement | None] = [None] * len(self.clauses)
        for group in self._groups:
            if group.first.in_force(day):
                for position, judgement in group.judged(facts):
                    found[position] = judgement
        return tuple([one for one in found if one is not None])


class _Group:
    """Clauses in force at the same time that read the same."""

    def __init__(self, members: Sequence[tuple[int, Clause]]) -> None:
        self.first = members[0][1]
        self._members = members
        inputs = self.first.test.inputs | ({"entry.city"} if self.first.city else set())
        self._reads = None if inputs & _OWN else [_reader(name) for name in sorted(inputs)]
        self._known: dict[tuple[Any, ...], list[tuple[int, Judgement]]] = {}

    def judged(self, facts: Facts) -> list[tuple[int, Judgement]]:
        """The judgements with their positions in the law."""
        if self._reads is None:
            return self._asked(facts)
        key = tuple([read(facts) for read in self._reads])
        try:
            known = self._known.get(key)
        except TypeError:  # a form that was handed in cannot be looked up
            return self._asked(facts)
        if known is None:
            known = self._asked(facts)
            if len(self._known) < _MOST:
                self._known[key] = known
        return known

    def _asked(self, facts: Facts) -> list[tuple[int, Judgement]]:
        return [(position, _judgement(clause, facts)) for position, clause in self._members]


def _reader(name: str) -> Callable[[Facts], Any]:
    """What reads the input of this name from facts."""
    if name.startswith("register."):
        return partial(_hits, Register(name.removeprefix("register.")))
    return attrgetter(name)


def _hits(register: Register, facts: Facts) -> object:
    return facts.registers.get(register)


def judge(facts: Facts, clauses: Iterable[Clause]) -> tuple[Judgement, ...]:
    """The same for a single question, with nothing kept."""
    return Law(clauses).judge(facts)


def _judgement(clause: Clause, facts: Facts) -> Judgement:
    city = facts.entry.city
    if clause.city is not None and clause.city != city:
        zh = f"本条出自{clause.city}的通知；该项目初赛承办市州为{city or '未填'}，请核对其所属市州的通知"
        en = f"printed by {clause.city} for its own entries; this one has {city or 'no host city'}"
        return Judgement(clause.id, clause.version, Verdict.UNDETERMINED, "city", zh, en)
    verdict, field, zh, en = clause.test(facts)
    if clause.inferred and verdict is Verdict.NOT_MET:
        verdict = Verdict.UNDETERMINED
        zh, en = f"{zh}（本条由汇聚平台推定适用，请组委会确认）", f"{en} (held to apply by inference; to be confirmed)"
    return Judgement(clause.id, clause.version, verdict, field, zh, en)


def status_of(judgements: Iterable[Judgement], waived: frozenset[str] = frozenset()) -> EligibilityStatus:
    """All judgements together. A waived clause counts as met; no judgement at all leaves everything open.

    Only a clause that leaves room (`Clause.waivable`) may be waived; that is for whoever takes the waiver to check.
    """
    verdicts = {Verdict.MET if one.clause_id in waived else one.verdict for one in judgements}
    if Verdict.NOT_MET in verdicts:
        return EligibilityStatus.INELIGIBLE
    return EligibilityStatus.ELIGIBLE if verdicts == {Verdict.MET} else EligibilityStatus.UNDETERMINED
