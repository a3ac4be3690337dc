"""Where a fact comes from: a clause of a notice, or bytes of a platform."""

import datetime as dt
from datetime import datetime, timedelta, timezone
from typing import Final

from pydantic import BaseModel, ConfigDict, model_validator

CHINA: Final = timezone(timedelta(hours=8), "+08:00")  # no tzdata needed; China has kept one offset since 1991


class Fact(BaseModel):
    """Base of what our TOML files state: frozen, no unknown keys, white space at the ends refused as it is ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Notice(Fact):
    """A province's notice: what it calls itself, and where its text is kept. Absent facts say why they are absent."""

    title: str
    title_remark: str | None = None
    contest: str
    level: str
    number: str | None = None
    number_absent: str | None = None
    date: dt.date | None = None
    date_quote: str | None = None
    date_absent: str | None = None
    based_on: tuple[str, ...]
    theme: str
    text: str
    track_model: str
    track_model_quote: str
    track_model_locator: str

    @model_validator(mode="after")
    def _said_or_said_to_be_absent(self) -> "Notice":
        if (self.number is None) == (self.number_absent is None):
            raise ValueError("give either number or number_absent")
        if (self.date is None) == (self.date_absent is None):
            raise ValueError("give either date or date_absent")
        return self


class SourceRef(BaseModel):
    """The bytes a record was read from: address, time, SHA-256 of the body, place inside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    fetched_at: datetime
    sha256: str
    locator: str
