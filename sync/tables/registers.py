"""Registers that an organiser maintains, and every change ever made to them."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from sync.tables.columns import json, moment, text


class RegisterLineRow(SQLModel, table=True):
    """One line of a register. `id` is a digest of what the line says, so that the same line is stored once; the keys are
    what entries are found by (see `sync.organisation_names` and `sync.exact_keys`).
    """

    __tablename__: ClassVar[Any] = "register_line"

    id: str = Field(primary_key=True, max_length=24)
    register_name: str = Field(index=True)
    name: str = text()
    name_key: str = Field(index=True)
    credit_code: str | None = Field(default=None, index=True)
    project: str = text()
    project_key: str = Field(index=True)
    contest: str | None = None
    role: str | None = None
    remark: str = text()
    added_at: datetime = moment()
    added_by: str


class RegisterChangeRow(SQLModel, table=True):
    """One change of one register: the lines it added and removed, by whom and why. Rows are added, never changed. A
    register with a change is maintained, even when no line is left in it.
    """

    __tablename__: ClassVar[Any] = "register_change"

    id: int | None = Field(default=None, primary_key=True)
    register_name: str = Field(index=True)
    added: list[dict[str, Any]] = json()
    removed: list[dict[str, Any]] = json()
    author: str
    reason: str = text()
    changed_at: datetime = moment()
