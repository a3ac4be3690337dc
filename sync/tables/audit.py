"""The record of changes and its seals. Both tables are only ever added to; the database itself refuses anything else."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from sync.tables.columns import moment, text


class AuditRecordRow(SQLModel, table=True):
    """One change: see `schema.audit.Record`. `digest` is over it and `previous`, the digest of the record before."""

    __tablename__: ClassVar[Any] = "audit_record"

    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = moment()
    actor: str
    action: str
    subject: str = Field(index=True)
    reason: str = text()
    change: str = text()
    previous: str = Field(max_length=64)
    digest: str = Field(max_length=64)


class AuditHeadRow(SQLModel, table=True):
    """Where the chain ends: one row, locked by whoever appends, so that two who do it at once stand one after the other;
    and the witness that the last records were not cut off.
    """

    __tablename__: ClassVar[Any] = "audit_head"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    count: int
    digest: str = Field(max_length=64)


class AuditSealRow(SQLModel, table=True):
    """One seal: see `schema.audit.Seal`."""

    __tablename__: ClassVar[Any] = "audit_seal"

    count: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = moment()
    head: str = Field(max_length=64)
    key_id: str = Field(max_length=8)
    signature: str = Field(max_length=64)
