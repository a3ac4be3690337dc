"""Looks at the stored versions of the roster for what can never be: a gap, a step that no act makes, bytes that are not what
is computed again, more places than there are, two included entries of one confirmed duplicate, what is not on record.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from schema.audit import AuditAction, Signer
from schema.errors import Problem
from schema.roster import RosterStage
from schema.vocabulary import CaseStatus, RosterState
from sync.database import Session
from sync.diagnosis import unsound
from sync.repository.audit import AuditStore
from sync.repository.rosters import RosterStore
from sync.roster.computing import PLACED, compare
from sync.roster.versions import inputs_of, recompute, roster_of, signed_content, subject
from sync.tables import RosterVersionRow

_STEPS: Final[Mapping[str, tuple[RosterStage, RosterStage]]] = MappingProxyType(
    {
        AuditAction.ROSTER_COMPUTED: (RosterStage.OPEN, RosterStage.OPEN),
        AuditAction.ROSTER_FROZEN: (RosterStage.OPEN, RosterStage.FROZEN),
        AuditAction.ROSTER_REOPENED: (RosterStage.FROZEN, RosterStage.OPEN),
        AuditAction.ROSTER_FINAL: (RosterStage.FROZEN, RosterStage.FINAL),
        AuditAction.ROSTER_ERRATUM: (RosterStage.FINAL, RosterStage.FINAL),
    }
)


def examine_roster(session: Session, signer: Signer | None) -> Iterator[Problem]:
    """Everything that is wrong, oldest version first. Signatures are checked where the key is at hand."""
    rows = RosterStore(session).every()
    if [row.number for row in rows] != list(range(1, len(rows) + 1)):
        yield unsound("VERSION_MISSING", "roster", str(len(rows)), "名册版本号不连续", "a version is missing")
    for before, row in itertools.pairwise([None, *rows]):
        if row is not None:
            yield from _step(before, row, signer)
            yield from recompute(row)
            yield from _places(row)
            yield from _duplicates(row)
    yield from _on_record(session, rows)


def _step(before: RosterVersionRow | None, row: RosterVersionRow, signer: Signer | None) -> Iterator[Problem]:
    if (before.stage if before else RosterStage.OPEN, row.stage) != _STEPS.get(row.cause):
        yield unsound("STEP_IMPOSSIBLE", subject(row.number), row.cause, "没有这样的操作", "no act leads here")
    if row.cause == AuditAction.ROSTER_ERRATUM and signer is not None and signer.knows(row.key_id):
        if not signer.made(signed_content(row), row.signature, row.key_id):
            yield unsound(
                "SIGNATURE_WRONG", subject(row.number), row.key_id, "更正的签名不符", "not signed by this key"
            )
    elif row.cause == AuditAction.ROSTER_ERRATUM and not row.signature:
        yield unsound("SIGNATURE_WRONG", subject(row.number), None, "更正没有签名", "an erratum without a signature")


def _places(row: RosterVersionRow) -> Iterator[Problem]:
    """No region has more places than its quota, and none more of a track where tracks are counted."""
    placed = [item for item in roster_of(row).items if item.state in PLACED]
    regions = Counter(item.region for item in placed)
    tracks = Counter((item.region, item.national_track) for item in placed if item.national_track)
    for each in inputs_of(row).lists:
        most = max((count for (region, _), count in tracks.items() if region == each.region), default=0)
        full = each.quota.per_track
        if regions[each.region] > each.quota.total or (full is not None and most > full):
            yield unsound("QUOTA_EXCEEDED", subject(row.number), each.region, "超出名额", "more places than there are")


def _duplicates(row: RosterVersionRow) -> Iterator[Problem]:
    included = {item.entry_id for item in roster_of(row).items if item.state is RosterState.INCLUDED}
    for case in inputs_of(row).cases:
        if case.status is CaseStatus.CONFIRMED and len(included.intersection(case.entries)) > 1:
            yield unsound(
                "DUPLICATES_INCLUDED", subject(row.number), case.id, "确认重复的项目同时入选",
                "two entries of one confirmed duplicate are included",
            )  # fmt: skip


def _on_record(session: Session, rows: Sequence[RosterVersionRow]) -> Iterator[Problem]:
    """Every version and every promotion has one record."""
    happened = Counter((row.cause, subject(row.number)) for row in rows)
    for before, row in itertools.pairwise(rows):
        happened.update(
            (AuditAction.ROSTER_PROMOTED.value, each.after.entry_id)
            for each in compare(roster_of(before), roster_of(row))
            if each.promoted and each.after is not None
        )
    told = AuditStore(session).counts([*_STEPS, AuditAction.ROSTER_PROMOTED])
    for what in sorted({*happened, *told}):
        if happened[what] != told.get(what, 0):
            yield unsound(
                "NOT_ON_RECORD", what[1], what[0], "名册的变化没有记录在案或重复记录",
                "a change of the roster is not on record, or twice",
            )  # fmt: skip
