"""May this entry compete, and by which words? The face of the clauses: give facts and clauses, get a judgement for each.

`judge` is pure: the same facts and clauses give the same judgements in the order of the clauses. Clauses for people
(`predicate = "human"`) and for information cost nothing and have no judgement; `applicable` leaves them out.
"""

from collections.abc import Iterable
from typing import NamedTuple

from schema.clauses import Clause
from schema.facts import Facts
from schema.provenance import CHINA
from schema.vocabulary import EligibilityStatus, Verdict


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


def applicable(clauses: Iterable[Clause], facts: Facts) -> list[Clause]:
    """The machine clauses in force when the entry was handed in."""
    day = facts.entry.submitted_at.astimezone(CHINA).date()
    return [clause for clause in clauses if clause.is_machine and clause.in_force(day)]


def judge(facts: Facts, clauses: Iterable[Clause]) -> list[Judgement]:
    """A judgement for every machine clause in force, in the order of the clauses."""
    return [_judgement(clause, facts) for clause in applicable(clauses, facts)]


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
