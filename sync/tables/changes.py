"""What happened, in the order in which it was committed: what subscriptions follow."""

from typing import Any, ClassVar

from sqlmodel import Field, SQLModel


class ChangeRow(SQLModel, table=True):
    """One thing that happened to a pull, a case, a list or the roster. The database itself adds these rows, by triggers, so
    that no writer can forget to; it numbers them in the order of commits, without gaps, and keeps the newest 100,000.
    """

    __tablename__: ClassVar[Any] = "change_feed"

    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    topic: str = Field(max_length=8)
    subject: str = Field(max_length=80)
    what: str = Field(max_length=32)
