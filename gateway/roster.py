"""The roster as GraphQL types. A region sees its own items; of a version no author and no reason, which may name others."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Self

import strawberry

from gateway import entries, facts
from gateway.entries import beijing
from gateway.operations import Problem
from schema.roster import RosterAct, RosterReason, RosterStage
from schema.types.catalogue import NATIONAL_TRACKS, NationalTrack, Region
from schema.types.entry import Entry
from schema.types.node import Node
from schema.vocabulary import CaseStatus, RosterState
from sync.database import Session
from sync.roster import computing
from sync.roster.decisions import CaseWord
from sync.roster.inputs import Decision
from sync.scope import Scope
from sync.tables import RosterVersionRow

strawberry.enum(RosterStage, description="名册所处阶段 / How far the roster has come")
strawberry.enum(RosterReason, description="所处状态的理由 / Why an item stands where it stands")
strawberry.enum(RosterAct, description="组委会对项目的决定 / The organiser's word on an entry")


@strawberry.type(description="总决赛名册的一项 / An item of the national final's roster")
class RosterItem:
    """With the reason for its state and what that rests on: a row of a list, clauses, cases, an objection."""

    region: Region
    rank: int
    entry_id: strawberry.ID
    entry: Entry | None
    national_track: NationalTrack | None
    state: RosterState
    reason: RosterReason
    reason_zh: str
    reason_en: str
    receipt: strawberry.ID = strawberry.field(description="所依据名单的回执号 / The list it comes from")
    list_version: int = strawberry.field(description="所依据名单的版本 / The version of that list")
    clauses: list[strawberry.ID] = strawberry.field(description="不符合或未定的条款 / Clauses not met, or still open")
    waived: list[strawberry.ID] = strawberry.field(description="已豁免的条款 / Clauses that were waived")
    cases: list[strawberry.ID] = strawberry.field(description="涉及的查重案件 / Duplicate cases it is part of")
    objection: strawberry.ID | None = strawberry.field(description="成立的异议 / The objection that was upheld")

    @classmethod
    def of(cls, item: computing.RosterItem, known: Mapping[str, Entry]) -> Self:
        """From the record and the entries that are stored."""
        return cls(
            region=facts.region_types()[item.region],
            rank=item.rank,
            entry_id=strawberry.ID(item.entry_id),
            entry=known.get(item.entry_id),
            national_track=NATIONAL_TRACKS.get(item.national_track or ""),
            state=item.state,
            reason=item.reason,
            reason_zh=item.reason_zh,
            reason_en=item.reason_en,
            receipt=strawberry.ID(item.receipt),
            list_version=item.version,
            clauses=[strawberry.ID(each) for each in item.clauses],
            waived=[strawberry.ID(each) for each in item.waived],
            cases=[strawberry.ID(each) for each in item.cases],
            objection=strawberry.ID(item.objection) if item.objection else None,
        )


@strawberry.type(description="名册中一个国家赛道的各项 / The items of one national track")
class RosterTrack:
    """By region and rank. `nationalTrack` is null for items whose track nobody declared."""

    national_track: NationalTrack | None
    included: int
    held: int
    excluded: int
    alternates: int
    items: list[RosterItem]

    @classmethod
    def all(cls, items: Sequence[RosterItem]) -> list[Self]:
        """Every track that has items, in the order of the national taxonomy."""
        found: dict[str, list[RosterItem]] = {}
        for item in items:
            found.setdefault(str(item.national_track.id) if item.national_track else "", []).append(item)
        return [cls._of(found[name]) for name in (*NATIONAL_TRACKS, "") if name in found]

    @classmethod
    def _of(cls, items: list[RosterItem]) -> Self:
        counts = Counter(item.state for item in items)
        return cls(
            national_track=items[0].national_track,
            included=counts[RosterState.INCLUDED],
            held=counts[RosterState.HELD],
            excluded=counts[RosterState.EXCLUDED],
            alternates=counts[RosterState.ALTERNATE],
            items=items,
        )


@strawberry.type(description="名册的一个版本 / A version of the roster")
class RosterVersion(Node):
    """Freezing, reopening, making final and errata are versions too."""

    number: int
    stage: RosterStage
    cause: str
    at: datetime
    digest: str
    inputs_digest: str = strawberry.field(description="计算所用全部输入的摘要 / Digest of all it was computed from")
    actor: str | None = strawberry.field(description="仅组委会可见 / For the organiser alone")
    reason: str | None = strawberry.field(description="仅组委会可见 / For the organiser alone")
    key_id: str
    signature: str = strawberry.field(description="更正的签名 / An erratum's signature")

    @classmethod
    def of(cls, row: RosterVersionRow, scope: Scope) -> Self:
        """From its row, as far as a viewer may see it."""
        whole = scope.region is None
        return cls(
            id=strawberry.ID(f"roster-{row.number}"),
            number=row.number,
            stage=RosterStage(row.stage),
            cause=row.cause,
            at=beijing(row.at),
            digest=row.digest,
            inputs_digest=row.inputs_digest,
            actor=row.actor if whole else None,
            reason=row.reason if whole else None,
            key_id=row.key_id,
            signature=row.signature,
        )


@strawberry.type(
    description="总决赛名册：由名单、查重裁定、资格判定、名额和组委会决定算出 / "
    "The roster, computed from lists, cases, verdicts, quotas and the organiser's decisions"
)
class Roster:
    """`digest` says whether two rosters are the same."""

    digest: str
    stage: RosterStage
    version: RosterVersion | None = strawberry.field(
        description="存有这些内容的版本；尚未存储时为空 / The version with these items; null until one is stored"
    )
    items: list[RosterItem]
    tracks: list[RosterTrack] = strawberry.field(description="按国家赛道 / The same items by national track")


@strawberry.type(description="两个名册之间的一处不同 / One difference between two rosters")
class RosterChange:
    """Null where the item is not in one of them."""

    entry_id: strawberry.ID
    before: RosterItem | None
    after: RosterItem | None
    promoted: bool = strawberry.field(description="由候补递补 / An alternate that moved up")


@strawberry.type(description="若作出这些决定，名册将如何 / What decisions would give")
class WhatIfResult:
    """Nothing is changed by asking."""

    roster: Roster | None
    changes: list[RosterChange]
    problems: list[Problem]


@strawberry.type(description="对名册操作的结果 / What came of an act on the roster")
class RosterActResult:
    """The version that stands now, or why nothing was done."""

    version: RosterVersion | None
    problems: list[Problem]


@strawberry.input(description="对一个项目的决定 / A decision on an entry")
class RosterDecisionInput:
    """The last word on an entry holds."""

    entry_id: strawberry.ID
    act: RosterAct
    reason: str

    def as_decision(self) -> Decision:
        """The record."""
        return Decision(str(self.entry_id), self.act, self.reason)


@strawberry.input(description="假设的案件裁定 / A decision on a case that might be taken")
class CaseDecisionInput:
    """CONFIRMED names the entry that stays."""

    case_id: strawberry.ID
    decision: CaseStatus
    keep_entry_id: strawberry.ID | None = None

    def as_word(self) -> CaseWord:
        """The record."""
        return CaseWord(str(self.case_id), self.decision, str(self.keep_entry_id) if self.keep_entry_id else None)


def roster(
    session: Session, scope: Scope, whole: computing.Roster, row: RosterVersionRow | None, stage: RosterStage
) -> Roster:
    """The type of a roster, with the items that the scope covers."""
    items = [item for item in whole.items if scope.covers(item.region)]
    known = entries.by_ids(session, scope, [item.entry_id for item in items])
    made = [RosterItem.of(item, known) for item in items]
    return Roster(
        digest=whole.digest,
        stage=stage,
        version=RosterVersion.of(row, scope) if row else None,
        items=made,
        tracks=RosterTrack.all(made),
    )


def changes(session: Session, scope: Scope, found: Iterable[computing.ItemChange]) -> list[RosterChange]:
    """The types of differences, as far as the scope covers them."""
    covered = [each for each in found if (item := each.after or each.before) and scope.covers(item.region)]
    sides = [side for each in covered for side in (each.before, each.after) if side]
    known = entries.by_ids(session, scope, sorted({side.entry_id for side in sides}))
    return [
        RosterChange(
            entry_id=strawberry.ID(side.entry_id),
            before=RosterItem.of(each.before, known) if each.before else None,
            after=RosterItem.of(each.after, known) if each.after else None,
            promoted=each.promoted,
        )
        for each in covered
        if (side := each.after or each.before)
    ]
