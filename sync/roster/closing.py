"""Freezing the roster, opening it again, making it final, and the errata that follow: each done once, whoever else tries.

Each act names the version it is about. Whoever comes second finds another version standing and is told who was first.
"""

from collections.abc import Sequence

from schema.audit import AuditAction, Signer
from schema.errors import Problem, RequestError, reason_missing
from schema.roster import RosterAct, RosterStage
from schema.vocabulary import RosterState
from sync.database import Database, Session
from sync.publicity import unsettled
from sync.repository.packing import packed
from sync.repository.rosters import RosterStore
from sync.roster.computing import PLACED, compare, compute
from sync.roster.decisions import by_entry, what_if
from sync.roster.gathering import gather
from sync.roster.inputs import Decision, Inputs
from sync.roster.versions import Author, add, in_time, inputs_of, keep, overtaken, roster_of, signed_content
from sync.tables import RosterVersionRow


def freeze(database: Database, number: int, author: Author) -> RosterVersionRow:
    """Let nothing change the roster any more. Every item must be settled, every list's publicity be over and every
    objection be decided, and nothing may have changed since this version.
    """
    with database.write() as session:
        now = in_time(session, author.at)
        row = _standing(session, number, RosterStage.OPEN)
        inputs = gather(session, now)
        problems = [] if author.reason.strip() else [reason_missing()]
        if inputs.digest != row.inputs_digest:
            problems.append(_moved(number))
        problems += _held(row) + unsettled(session, {each.receipt: each.region for each in inputs.lists}, now)
        if problems:
            raise RequestError(problems)
        return add(session, row, inputs, RosterStage.FROZEN, AuditAction.ROSTER_FROZEN, author)


def reopen(database: Database, number: int, author: Author) -> RosterVersionRow:
    """Open a frozen roster again, on record; a final one stays closed."""
    with database.write() as session:
        in_time(session, author.at)
        row = _standing(session, number, RosterStage.FROZEN)
        if not author.reason.strip():
            raise RequestError(reason_missing())
        return add(session, row, inputs_of(row), RosterStage.OPEN, AuditAction.ROSTER_REOPENED, author)


def finalise(database: Database, number: int, author: Author) -> RosterVersionRow:
    """Make a frozen roster final, unless an included entry has meanwhile been withdrawn, lost its list or a case."""
    with database.write() as session:
        now = in_time(session, author.at)
        row = _standing(session, number, RosterStage.FROZEN)
        problems = [] if author.reason.strip() else [reason_missing()]
        problems += overtaken(session, row, now)
        if problems:
            raise RequestError(problems)
        return add(session, row, inputs_of(row), RosterStage.FINAL, AuditAction.ROSTER_FINAL, author)


def issue_erratum(
    database: Database, number: int, words: Sequence[Decision], author: Author, signer: Signer | None
) -> RosterVersionRow:
    """Mend a final roster: computed again from what it was made of and these decisions, and signed with the hub's key."""
    with database.write() as session:
        in_time(session, author.at)
        row = _standing(session, number, RosterStage.FINAL)
        inputs = inputs_of(row).deciding(by_entry(words), {})
        what_if(session, words, (), author)  # refuses what is wrong with the decisions themselves
        problems = [] if signer is not None else [_unsigned()]
        problems += _not_for_errata(session, row, inputs, words, author)
        if problems or signer is None:
            raise RequestError(problems)
        return _signed(session, row, inputs, author, signer)


def _signed(
    session: Session, row: RosterVersionRow, inputs: Inputs, author: Author, signer: Signer
) -> RosterVersionRow:
    made = compute(inputs)
    erratum = RosterVersionRow(
        number=row.number + 1, stage=RosterStage.FINAL, cause=AuditAction.ROSTER_ERRATUM, actor=author.name,
        reason=author.reason.strip(), at=author.at, digest=made.digest, inputs_digest=inputs.digest,
        content=packed(made.content), inputs=packed(inputs.content), key_id=signer.key_id, signature="",
    )  # fmt: skip
    erratum.signature = signer.signature(signed_content(erratum))
    return keep(session, row, erratum, made)


def _not_for_errata(
    session: Session, row: RosterVersionRow, inputs: Inputs, words: Sequence[Decision], author: Author
) -> list[Problem]:
    """An erratum settles: it holds nobody, changes something, and moves nobody up who could not go today."""
    problems = [
        Problem(
            "ERRATUM_HOLDS", "decisions", "更正须作出结论，不能挂起", "an erratum settles and holds nobody", each.entry_id,
            "改为 EXCLUDE 或 CLEAR", "say EXCLUDE or CLEAR",
        )
        for each in words
        if each.act is RosterAct.HOLD
    ]  # fmt: skip
    changes = compare(roster_of(row), compute(inputs))
    if not changes:
        problems.append(
            Problem(
                "ERRATUM_EMPTY", "decisions", "这些决定不改变名册", "these decisions change nothing",
                remedy_zh="先用 roster what-if 查看", remedy_en="look with roster what-if first",
            )
        )  # fmt: skip
    live = {each.entry_id: each for each in compute(gather(session, author.at).deciding(by_entry(words), {})).items}
    for each in changes:
        if each.promoted and each.after is not None:
            found = live.get(each.after.entry_id)
            if found is None or found.state not in (RosterState.INCLUDED, RosterState.ALTERNATE):
                problems.append(
                    Problem(
                        "PROMOTED_UNFIT", "decisions", f"递补的项目现已不能入选：{found.reason_zh if found else '名单已失效'}",
                        f"whoever would move up cannot go: {found.reason_en if found else 'its list does not count'}",
                        each.after.entry_id, "在同一更正中一并排除该项目", "exclude it in the same erratum",
                    )
                )  # fmt: skip
    return problems


def _standing(session: Session, number: int, stage: RosterStage) -> RosterVersionRow:
    """The version that stands, if it is this one and has come so far; else RequestError with what stands instead."""
    row = RosterStore(session).newest()
    if row is not None and row.number == number and row.stage == stage:
        return row
    if row is None:
        said = ("还没有名册版本", "there is no version of the roster yet")
    else:
        said = (
            f"现行版本为第 {row.number} 版（{row.stage}），由 {row.actor} 作出",
            f"version {row.number} ({row.stage}) stands, made by {row.actor}",
        )
    raise RequestError(
        Problem(
            "ROSTER_MOVED", "version", *said, str(number),
            f"查看现行版本；此操作要求其为 {stage}", f"look at the version that stands; it must be {stage} for this",
        )
    )  # fmt: skip


def _moved(number: int) -> Problem:
    return Problem(
        "ROSTER_MOVED", "version", "该版本之后名单、裁定、判定或名额又有变化",
        "lists, cases, verdicts or quotas have changed since this version", str(number),
        "先更新（roster renew），核对后再操作", "bring it up to date (roster renew), look at it, and try again",
    )  # fmt: skip


def _held(row: RosterVersionRow) -> list[Problem]:
    return [
        Problem(
            "ITEM_HELD", item.entry_id, f"仍有挂起：{item.reason_zh}", f"still held: {item.reason_en}", item.state,
            "先裁定相关案件或作出决定", "decide the case, or the entry, first",
        )
        for item in roster_of(row).items
        if item.state in PLACED and item.state is not RosterState.INCLUDED
    ]  # fmt: skip


def _unsigned() -> Problem:
    return Problem(
        "SIGNING_KEY_MISSING", "DEXHUB_TOKEN_KEY_FILE", "未配置密钥，更正无法签名", "no key is configured, so nothing can be signed",
        remedy_zh="设置 DEXHUB_TOKEN_KEY_FILE", remedy_en="set DEXHUB_TOKEN_KEY_FILE",
    )  # fmt: skip
