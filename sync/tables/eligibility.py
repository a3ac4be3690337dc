"""What the clauses say of entries, what each judgement rested on, and what an organiser waived."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from sync.tables.columns import moment, text


class EligibilityRow(SQLModel, table=True):
    """All judgements on one entry: their sentences as packed JSON, in the order of the pattern, which has the verdicts.

    `content_hash` is the entry's when it was judged and `compared` the regions it was held against, so what is still to be
    judged is found by comparing; `basis` is a digest over everything that went in, so what would only be judged the same
    again is left alone.
    """

    __tablename__: ClassVar[Any] = "eligibility"

    entry_id: str = Field(primary_key=True, foreign_key="entry.id", ondelete="CASCADE")
    status: str = Field(index=True)
    pattern: str = Field(max_length=16, index=True)
    content_hash: str = Field(max_length=64)
    compared: str
    basis: str = Field(max_length=32)
    judged_at: datetime = moment()
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class PatternVerdictRow(SQLModel, table=True):
    """One verdict within a pattern. Entries judged alike share a pattern: 25,000 entries have a hundred or so, so that a
    filter by clause or verdict reads few rows here instead of three quarters of a million there.
    """

    __tablename__: ClassVar[Any] = "eligibility_pattern"
    __table_args__ = (Index("ix_eligibility_pattern_verdict", "verdict", "clause_id", "pattern"),)

    pattern: str = Field(primary_key=True, max_length=16)
    position: int = Field(primary_key=True)
    clause_id: str
    clause_version: str = Field(max_length=16)
    verdict: str


class PeerRow(SQLModel, table=True):
    """That an entry was judged knowing of another one: when either changes, the other is looked at again."""

    __tablename__: ClassVar[Any] = "eligibility_peer"

    entry_id: str = Field(primary_key=True, foreign_key="entry.id", ondelete="CASCADE")
    peer_id: str = Field(primary_key=True, index=True)


class WaiverRow(SQLModel, table=True):
    """That the organiser lets an entry pass a clause, where the notice leaves room. Rows are added and revoked, never
    removed; whether one holds is asked with a time, and never stored.
    """

    __tablename__: ClassVar[Any] = "waiver"

    id: str = Field(primary_key=True, max_length=16)
    entry_id: str = Field(index=True)
    clause_id: str
    clause_version: str = Field(max_length=16)
    reason: str = text()
    author: str
    granted_at: datetime = moment()
    expires_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)
    revoked_by: str | None = None
    revoke_reason: str = Field(default="")
