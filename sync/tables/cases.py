"""Duplicate cases and what was decided on them."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from sync.tables.columns import json, moment, text


class CaseRow(SQLModel, table=True):
    """A duplicate case as it stands; its past is in `DecisionRow`.

    `evidence` holds a `sync.case_evidence.PairEvidence` for each pair found; `clauses` the region and id of each clause that
    the case would break; `score` is that of its surest pair, None where it was found before there were scores.
    """

    __tablename__: ClassVar[Any] = "duplicate_case"

    id: str = Field(primary_key=True, max_length=20)
    kind: str = Field(index=True)
    status: str = Field(index=True)
    evidence: list[dict[str, Any]] = json()
    opened_at: datetime = moment()
    changed_at: datetime = moment()
    kept_entry_id: str | None = None
    level: str
    score: float | None = None
    clauses: list[dict[str, str]] = json()


class CaseEntryRow(SQLModel, table=True):
    """An entry's part in a case."""

    __tablename__: ClassVar[Any] = "duplicate_case_entry"

    case_id: str = Field(primary_key=True, foreign_key="duplicate_case.id", ondelete="CASCADE")
    entry_id: str = Field(primary_key=True, index=True)
    region: str = Field(max_length=2, index=True)


class DecisionRow(SQLModel, table=True):
    """One decision on a case: what the case was then, and the evidence it rested on. Rows are added, never changed."""

    __tablename__: ClassVar[Any] = "case_decision"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="duplicate_case.id", index=True)
    status: str
    kept_entry_id: str | None = None
    reason: str = text()
    author: str
    decided_at: datetime = moment()
    kind: str
    entries: list[str] = json()
    evidence: list[dict[str, Any]] = json()


class PairRow(SQLModel, table=True):
    """Two entries at or above review for a kind, ids in order, and their comparison: what cases are gathered from without
    comparing everything again.
    """

    __tablename__: ClassVar[Any] = "duplicate_pair"

    id_a: str = Field(primary_key=True, max_length=80)
    id_b: str = Field(primary_key=True, max_length=80, index=True)
    kind: str = Field(primary_key=True)
    score: float
    features: list[float] = json()


class DetectionRow(SQLModel, table=True):
    """The detection by which the pairs stand, in one row: `run` names it, so that an index kept in a process can tell whether
    it is the one in step with the pairs; `model` and the snapshot of rarity are what every score rests on.
    """

    __tablename__: ClassVar[Any] = "detection"

    id: int = Field(primary_key=True)
    run: str = Field(max_length=16)
    model: str = Field(max_length=16)
    snapshot_at: datetime = moment()
    ran_at: datetime = moment()
