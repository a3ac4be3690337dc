"""What of an entry was other before."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from sync.tables.columns import json, moment


class EntryChangeRow(SQLModel, table=True):
    """One change of one entry, as one pull saw it. `changes` maps the part to what it was and what it became, people as
    masked names and tokens. `changed_at` is the platform's time where it moved, else the hub's own, `recorded_at`.
    """

    __tablename__: ClassVar[Any] = "entry_change"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: str = Field(foreign_key="entry.id", ondelete="CASCADE", index=True)
    changes: dict[str, Any] = json()
    changed_at: datetime = moment()
    recorded_at: datetime = moment()
    run_id: str | None = Field(default=None, max_length=32)
