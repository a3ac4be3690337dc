"""Duplicate cases as GraphQL types. A region sees of another region's entry its region, title and lead organisation."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.types.catalogue import Region
from schema.types.node import Node
from schema.vocabulary import CaseKind, CaseLevel, CaseStatus

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


@strawberry.type(description="文本中的一段，自 start 至 end 之前 / A part of a text, from start up to end")
class Span:
    """In characters, from 0."""

    start: int
    end: int


@strawberry.type(description="中英文各一句 / One thing said in both languages")
class Sentence:
    """Said to a person."""

    zh: str
    en: str


@strawberry.type(
    description="一条证据；他省的值不示，项目名称除外 / A line of evidence; another region's value is blank, titles apart"
)
class EvidenceLine:
    """What one feature says of two entries. Spans are what one side has and the other has not."""

    feature: str
    left: str
    right: str
    left_spans: list[Span]
    right_spans: list[Span]
    bits: float = strawberry.field(description="权重（比特），正为支持，负为反对 / Match weight; negative: against it")
    zh: str
    en: str


@strawberry.type(description="案件中的一对项目及其证据 / Two entries of a case and the evidence between them")
class CasePair:
    """From prior to posterior in bits; null where exact keys found it, before there were weights."""

    entries: list[CaseEntry]
    score: float | None = strawberry.field(description="校准后的概率 / Calibrated probability")
    prior: float | None
    posterior: float | None
    lines: list[EvidenceLine]
    what_would_change: list[Sentence]


@strawberry.type(description="同案而未见重复证据的两个项目 / Two entries of one case that were not found alike")
class Contradiction:
    """They are in one case because both resemble most of the others."""

    entries: list[CaseEntry]


@strawberry.type(description="所涉条款，各地区通知原文 / A clause the case would break, in its region's own words")
class CaseClause:
    """Which clause it is follows from the clauses themselves (see sync.case_clauses)."""

    region: Region
    id: strawberry.ID
    text: str
    locator: str


@strawberry.type(description="一次裁定及当时的证据 / One decision and what it rested on")
class Decision:
    """Author and reason are shown where the whole case is the viewer's."""

    status: CaseStatus
    kept_entry_id: strawberry.ID | None
    reason: str | None
    author: str | None
    decided_at: datetime
    pairs: list[CasePair]


@strawberry.type(description="查重案件 / A duplicate case")
class DuplicateCase(Node):
    """A judgement with evidence."""

    kind: CaseKind
    status: CaseStatus
    level: CaseLevel
    score: float | None = strawberry.field(description="最高一对的概率 / That of its surest pair")
    entries: list[CaseEntry]
    pairs: list[CasePair]
    contradictions: list[Contradiction] = strawberry.field(
        description="同案而未见重复证据的各对 / Pairs of the case that were not found alike"
    )
    clauses: list[CaseClause]
    kept_entry_id: strawberry.ID | None = strawberry.field(
        description="保留的项目；他省项目为空 / The entry that stays"
    )
    decisions: list[Decision]
    new_evidence: list[Sentence] = strawberry.field(
        description="裁定之后的新证据，重开的原因 / What came after the decision: why it is open again"
    )
    opened_at: datetime
    changed_at: datetime
