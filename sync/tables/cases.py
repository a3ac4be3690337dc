"""Duplicate cases and what was decided on them."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from sync.tables.columns import json, moment, text


class CaseRow(SQLModel, table=True):
    """A duplicate case as it stands; its past is in `DecisionRow`."""

    __tablename__: ClassVar[Any] = "duplicate_case"

    id: str = Field(primary_key=True, max_length=20)
    kind: str = Field(index=True)
    status: str = Field(index=True)
    evidence: list[dict[str, Any]] = json()
    opened_at: datetime = moment()
    changed_at: datetime = moment()
    kept_entry_id: str | None = None


class CaseEntryRow(SQLModel, table=True):
    """An entry's part in a case."""

    __tablename__: ClassVar[Any] = "duplicate_case_entry"

    case_id: str = Field(primary_key=True, foreign_key="duplicate_case.id", ondelete="CASCADE")
    entry_id: str = Field(primary_key=True, index=True)
    region: str = Field(max_length=2, index=True)


class DecisionRow(SQLModel, table=True):
    """One decision on a case. Rows are added, never changed."""

    __tablename__: ClassVar[Any] = "case_decision"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="duplicate_case.id", index=True)
    status: str
    kept_entry_id: str | None = None
    reason: str = text()
    author: str
    decided_at: datetime = moment()
