"""Duplicate cases as GraphQL types. A region sees of another region's entry its region, title and lead organisation."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.types.catalogue import Region
from schema.vocabulary import CaseKind, CaseStatus

if TYPE_CHECKING:
    from schema.types.entry import Entry


@strawberry.type(
    description="案件中的项目；他省项目只示地区、名称、牵头单位 / An entry's part in a case; of another region's only these three"
)
class CaseEntry:
    """One side of a case."""

    region: Region
    title: str
    lead_organisation: str
    entry_id: strawberry.ID | None = strawberry.field(description="他省项目为空 / Null for another region's entry")
    entry: Annotated["Entry", strawberry.lazy("schema.types.entry")] | None


@strawberry.type(description="一条证据 / One line of evidence")
class Evidence:
    """In words."""

    feature: str
    zh: str
    en: str


@strawberry.type(description="一次裁定 / One decision")
class Decision:
    """Author and reason are shown where the whole case is the viewer's."""

    status: CaseStatus
    kept_entry_id: strawberry.ID | None
    reason: str | None
    author: str | None
    decided_at: datetime


@strawberry.type(description="查重案件 / A duplicate case")
class DuplicateCase:
    """A judgement with evidence."""

    id: strawberry.ID
    kind: CaseKind
    status: CaseStatus
    entries: list[CaseEntry]
    evidence: list[Evidence]
    kept_entry_id: strawberry.ID | None = strawberry.field(
        description="保留的项目；他省项目为空 / The entry that stays"
    )
    decisions: list[Decision]
    opened_at: datetime
    changed_at: datetime
