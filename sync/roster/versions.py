"""Versions of the roster: each act and each change of what goes in makes one, in the transaction of what caused it.

Whoever makes a version is alone until the commit, so an alternate moves up once: the next version starts from this one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.audit import AuditAction
from schema.canonical import Json, canonical
from schema.errors import Problem, RequestError
from schema.roster import RosterStage
from schema.vocabulary import RosterState
from sync.audit import record
from sync.database import Database, Session
from sync.punctuality import believed
from sync.repository.packing import packed, unpacked_bytes
from sync.repository.rosters import RosterStore
from sync.roster.computing import PLACED, ItemChange, Roster, compare, compute, contradicting
from sync.roster.gathering import gather
from sync.roster.inputs import Inputs
from sync.tables import RosterVersionRow


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a version, why and when."""

    name: str
    reason: str
    at: datetime


def roster_of(row: RosterVersionRow) -> Roster:
    """The roster of a version, as it is stored."""
    return Roster.read(unpacked_bytes(row.content))


def inputs_of(row: RosterVersionRow) -> Inputs:
    """What a version was computed from."""
    return Inputs.read(unpacked_bytes(row.inputs))


def current(session: Session, now: datetime) -> tuple[Roster, RosterVersionRow | None]:
    """The roster that stands, and its version. While it is open it is computed as the database stands now, and the version
    is None until one with these items is stored.
    """
    newest = RosterStore(session).newest()
    if newest is not None and newest.stage != RosterStage.OPEN:
        return roster_of(newest), newest
    made = compute(gather(session, now))
    return made, newest if newest is not None and newest.digest == made.digest else None


def renew(database: Database, author: Author) -> RosterVersionRow | None:
    """Store a version if what goes in has changed since the last and the roster is open; for changes that nobody decided
    on the spot: what was pulled, judged or waived.
    """
    with database.write() as session:
        return renewed(session, author)[1]


def follow(session: Session, author: Author) -> None:
    """Let the roster follow a decision within its transaction. RequestError, and with it nothing of the decision, where the
    roster is frozen or final and includes an entry that the decision would take out, or where decisions on cases would
    drop several entries in a circle.
    """
    before, made = renewed(session, author)
    if before is None:
        return
    circular = contradicting((inputs_of(made) if made else gather(session, author.at)).cases)
    problems = [_contradiction(entry) for entry in sorted(circular - contradicting(inputs_of(before).cases))]
    if before.stage != RosterStage.OPEN:
        problems += overtaken(session, before, author.at, confirmed_only=True)
    if problems:
        raise RequestError(problems)


def renewed(session: Session, author: Author) -> tuple[RosterVersionRow | None, RosterVersionRow | None]:
    """Let the roster follow a change of what goes in, within its transaction; the version before, and the one that was made
    if one was. What is frozen or final stays.
    """
    store = RosterStore(session)
    store.alone()
    newest = store.newest()
    if newest is not None and newest.stage != RosterStage.OPEN:
        return newest, None
    inputs = gather(session, author.at)
    if newest is None and not inputs.lists:
        return None, None
    if newest is not None and newest.inputs_digest == inputs.digest:
        return newest, None
    return newest, add(session, newest, inputs, RosterStage.OPEN, AuditAction.ROSTER_COMPUTED, author)


def add(
    session: Session,
    before: RosterVersionRow | None,
    inputs: Inputs,
    stage: RosterStage,
    cause: AuditAction,
    author: Author,
) -> RosterVersionRow:
    """Store the next version, and put it and every promotion in it on record."""
    made = compute(inputs)
    row = RosterVersionRow(
        number=before.number + 1 if before else 1, stage=stage, cause=cause, actor=author.name, reason=author.reason.strip(),
        at=author.at, digest=made.digest, inputs_digest=inputs.digest, content=packed(made.content),
        inputs=packed(inputs.content), key_id="", signature="",
    )  # fmt: skip
    return keep(session, before, row, made)


def keep(session: Session, before: RosterVersionRow | None, row: RosterVersionRow, made: Roster) -> RosterVersionRow:
    """Store a version that was made, with its records."""
    changes = compare(roster_of(before) if before else Roster(()), made)
    counts: dict[str, Json] = {
        state.value: sum(item.state is state for item in made.items) for state in RosterState
    }  # fmt: skip
    said: dict[str, Any] = {"actor": row.actor, "at": row.at, "reason": row.reason}
    about: dict[str, Json] = {
        "digest": row.digest,
        "inputs": row.inputs_digest,
        "counts": counts,
        "changed": len(changes),
    }
    record(session, action=AuditAction(row.cause), subject=subject(row.number), change=about, **said)
    for each in changes:
        if each.promoted and each.after is not None:
            record(
                session, action=AuditAction.ROSTER_PROMOTED, subject=each.after.entry_id,
                change=_promotion(each, changes, row.number), **said,
            )  # fmt: skip
    RosterStore(session).add(row)
    return row


def subject(number: int) -> str:
    """How a version is called on record."""
    return f"roster {number}"


def _promotion(promoted: ItemChange, changes: list[ItemChange], number: int) -> Json:
    """Into which version and whose places: those of the same region that were given up in it."""
    item = promoted.after
    vacated = [
        each.before.entry_id
        for each in changes
        if each.before is not None
        and item is not None
        and each.before.region == item.region
        and each.before.state in PLACED
        and (each.after is None or each.after.state not in PLACED)
    ]
    return {"version": number, "state": item.state if item else None, "vacated": vacated}


def overtaken(
    session: Session, standing: RosterVersionRow, now: datetime, *, confirmed_only: bool = False
) -> list[Problem]:
    """Included entries of a frozen or final roster that could not be included as the database stands now; with
    `confirmed_only` those that a confirmed duplicate takes out.
    """
    inputs = gather(session, now)
    live = {(each.region, each.entry_id): each for each in compute(inputs).items}
    dropped = {entry for case in inputs.cases for entry in case.dropped}
    problems = []
    for item in roster_of(standing).items:
        found = live.get((item.region, item.entry_id))
        if item.state is not RosterState.INCLUDED or (found is not None and found.state is RosterState.INCLUDED):
            continue
        if confirmed_only and item.entry_id not in dropped:
            continue
        zh = found.reason_zh if found else "其所在名单已不再有效"
        en = found.reason_en if found else "its list does not count any more"
        final = standing.stage == RosterStage.FINAL
        problems.append(
            Problem(
                "ROSTER_FINAL" if final else "ROSTER_FROZEN", item.entry_id, f"名册已{'终定' if final else '冻结'}且列有该项目：{zh}",
                f"the roster is {standing.stage} and includes this entry: {en}", found.state if found else None,
                "先以更正（erratum）移出该项目" if final else "先重新开放名册（roster reopen），再裁定并重新冻结",
                "take it out by an erratum first" if final else "reopen the roster, decide, and freeze it again",
            )
        )  # fmt: skip
    return problems


def _contradiction(entry: str) -> Problem:
    return Problem(
        "DECISIONS_CONTRADICT", "decision", "裁定互相矛盾：各案保留的项目又被另一案排除，将无一保留",
        "decisions contradict each other: each case keeps an entry that another drops, so that none would stay", entry,
        "改为保留同一项目，或先重新裁定另一案", "keep the same entry in each, or decide the other case anew first",
    )  # fmt: skip


def recompute(row: RosterVersionRow) -> list[Problem]:
    """What of a version is not as it was computed, from its own stored inputs: nothing, unless it was tampered with or the
    way of computing has changed.
    """
    inputs, made = unpacked_bytes(row.inputs), compute(inputs_of(row))
    checks = (
        (
            "INPUTS_CHANGED",
            inputs == inputs_of(row).content and inputs_of(row).digest == row.inputs_digest,
            "输入",
            "inputs",
        ),
        ("ROSTER_DIFFERS", made.content == unpacked_bytes(row.content) and made.digest == row.digest, "名册", "roster"),
    )
    return [
        Problem(
            code, subject(row.number), f"存储的{zh}与重新计算不一致", f"the stored {en} is not what is computed again", row.digest,
            "运行 dexhub audit verify，并与备份核对", "run dexhub audit verify and compare with a backup",
        )
        for code, same, zh, en in checks
        if not same
    ]  # fmt: skip


def signed_content(row: RosterVersionRow) -> bytes:
    """What an erratum's signature is over."""
    return canonical(
        {
            "number": row.number, "digest": row.digest, "inputs": row.inputs_digest, "actor": row.actor,
            "reason": row.reason, "at": row.at.isoformat(), "key": row.key_id,
        }
    )  # fmt: skip


def in_time(session: Session, now: datetime) -> datetime:
    """`now`, once nobody else can change the roster and the clock can be believed."""
    RosterStore(session).alone()
    return believed(session, now)
