"""The organiser's own words on entries, and what a set of decisions would give before anybody takes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from schema.audit import AuditAction
from schema.errors import Problem, RequestError, reason_missing
from schema.roster import RosterAct, RosterStage
from schema.vocabulary import CaseStatus
from sync.audit import record
from sync.database import Database, Session
from sync.repository.rosters import RosterStore
from sync.roster.computing import ItemChange, Roster, compare, compute, contradicting
from sync.roster.gathering import gather
from sync.roster.inputs import Case, Decision, Inputs
from sync.roster.versions import Author, follow, in_time, inputs_of
from sync.tables import RosterDecisionRow


@dataclass(frozen=True, slots=True)
class CaseWord:
    """A decision on a duplicate case that might be taken."""

    case_id: str
    status: CaseStatus
    kept: str | None = None


@dataclass(frozen=True, slots=True)
class Projection:
    """What decisions would give: the roster, and where it differs from the one that stands."""

    roster: Roster
    changes: tuple[ItemChange, ...]


def decide(database: Database, words: Sequence[Decision], author: Author) -> None:
    """Take decisions, all or none. The roster follows in the same transaction, and alternates move up in it."""
    with database.write() as session:
        say(session, words, author)


def say(session: Session, words: Sequence[Decision], author: Author) -> None:
    """Take decisions within a transaction."""
    now = in_time(session, author.at)
    newest = RosterStore(session).newest()
    problems = closed(newest.stage) if newest is not None else []
    problems += _faults(words, gather(session, now), author)
    if problems:
        raise RequestError(problems)
    for each in words:
        RosterStore(session).say(
            RosterDecisionRow(
                entry_id=each.entry_id, act=each.act, reason=each.reason.strip(), author=author.name,
                objection=each.objection, decided_at=now,
            )
        )  # fmt: skip
        change = {"act": each.act.value, "objection": each.objection}
        record(
            session, actor=author.name, action=AuditAction.ROSTER_DECIDED, subject=each.entry_id, reason=each.reason,
            change=change, at=now,
        )  # fmt: skip
    follow(session, author)


def what_if(session: Session, words: Sequence[Decision], cases: Sequence[CaseWord], author: Author) -> Projection:
    """The roster that these decisions would give, from what stands now or, once it is closed, from what it was made of.
    Changes nothing.
    """
    newest = RosterStore(session).newest()
    fixed = newest is not None and newest.stage != RosterStage.OPEN
    inputs = inputs_of(newest) if newest is not None and fixed else gather(session, author.at)
    imagined, problems = _imagined(cases, inputs)
    problems += _faults(words, inputs, author) + _at_odds(words, imagined.values())
    made = inputs.deciding(by_entry(words), imagined)
    problems += [_circle(each) for each in sorted(contradicting(made.cases) - contradicting(inputs.cases))]
    if problems:
        raise RequestError(problems)
    roster = compute(made)
    return Projection(roster, tuple(compare(compute(inputs), roster)))


def by_entry(words: Sequence[Decision]) -> dict[str, Decision]:
    """Decisions by entry."""
    return {each.entry_id: each for each in words}


def closed(stage: str) -> list[Problem]:
    """Why nothing can be decided, unless the roster is open."""
    if stage == RosterStage.FROZEN:
        return [
            Problem(
                "ROSTER_FROZEN", "roster", "名册已冻结", "the roster is frozen", stage,
                "须变更时先重新开放（roster reopen）", "reopen it first (roster reopen) where something must change",
            )
        ]  # fmt: skip
    if stage == RosterStage.FINAL:
        return [
            Problem(
                "ROSTER_FINAL", "roster", "名册已终定", "the roster is final", stage,
                "只能发布更正（roster erratum）", "only an erratum can follow (roster erratum)",
            )
        ]  # fmt: skip
    return []


def _faults(words: Sequence[Decision], inputs: Inputs, author: Author) -> list[Problem]:
    problems = [] if author.reason.strip() and all(each.reason.strip() for each in words) else [reason_missing()]
    listed = {item.entry_id for each in inputs.lists for item in each.items}
    said: dict[str, Decision] = {}
    for each in words:
        # A word that follows from an objection holds for the list that was laid open and for whatever comes in its place.
        if each.entry_id not in listed and each.objection is None:
            problems.append(
                Problem(
                    "ENTRY_NOT_LISTED", "entry", "该项目不在任何有效名单上", "no list that counts has this entry",
                    each.entry_id, "核对项目编号（形如 41:HA2025000123）", "check the id",
                )
            )  # fmt: skip
        if said.setdefault(each.entry_id, each).act is not each.act:
            problems.append(_two_words(each.entry_id))
    return problems


def _imagined(words: Sequence[CaseWord], inputs: Inputs) -> tuple[dict[str, Case], list[Problem]]:
    known = {each.id: each for each in inputs.cases}
    found: dict[str, Case] = {}
    problems = []
    for each in words:
        case = known.get(each.case_id)
        if case is None:
            problems.append(
                Problem(
                    "CASE_UNKNOWN", "case", "没有涉及名单的这个查重案件", "no such case touches a list", each.case_id,
                    "在 duplicateCases 中查看编号", "see duplicateCases for ids",
                )
            )  # fmt: skip
            continue
        if each.status is CaseStatus.CONFIRMED and each.kept not in case.entries:
            problems.append(
                Problem(
                    "KEPT_ENTRY_INVALID", "case", "确认重复时须指明保留案件中的哪一个项目",
                    "a confirmed duplicate names which of its entries stays", each.kept,
                    "可选：" + "、".join(case.entries), "choose one of " + ", ".join(case.entries),
                )
            )  # fmt: skip
        made = replace(case, status=each.status, kept=each.kept)
        if found.setdefault(each.case_id, made) != made:
            problems.append(_two_words(each.case_id))
    return found, problems


def _at_odds(words: Sequence[Decision], cases: Iterable[Case]) -> list[Problem]:
    """Decisions of one set that keep an entry as the one that stays and exclude it."""
    excluded = {each.entry_id for each in words if each.act is RosterAct.EXCLUDE}
    kept = [case.kept for case in cases if case.status is CaseStatus.CONFIRMED]
    return [_two_words(each) for each in kept if each is not None and each in excluded]


def _two_words(what: str) -> Problem:
    return Problem(
        "DECISIONS_CONTRADICT", "decisions", "同一组决定互相矛盾", "these decisions contradict each other", what,
        "对同一对象只作一个决定", "say one thing of each",
    )  # fmt: skip


def _circle(entry: str) -> Problem:
    return Problem(
        "DECISIONS_CONTRADICT", "decisions", "各案保留的项目又被另一案排除，将无一保留",
        "each case keeps an entry that another drops, so that none would stay", entry,
        "改为保留同一项目", "keep the same entry in each",
    )  # fmt: skip
