"""The canonical records: what an entry is, whatever province it came from. Frozen; no I/O; no personal numbers.

`Entry.content_hash` covers all that the province said and nothing that the hub added, so pulling twice changes nothing.
"""

import hashlib
from typing import Annotated

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from schema.provenance import SourceRef
from schema.vocabulary import AwardLevel, EntryStatus, OrganisationKind, Stage, TrackMatch

Text = Annotated[str, Field(min_length=1)]


class Record(BaseModel):
    """Base of all records."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordWarning(Record):
    """Something a person should look at, which does not stop the record."""

    code: str
    place: str
    zh: str
    en: str


class Organisation(Record):
    """参赛单位. Exactly one of an entry's organisations is the lead (牵头单位)."""

    name: Text
    credit_code: str | None = None
    kind: OrganisationKind | None = None
    is_lead: bool = False


class Representative(Record):
    """参赛代表: name masked; name, ID number and phone only as keyed tokens (see `schema.identity`)."""

    name: Text
    name_token: str | None = None
    id_token: str | None = None
    phone_token: str | None = None
    role: str | None = None
    is_contact: bool = False


class Team(Record):
    """参赛团队 and its representatives, in the order given."""

    name: Text
    representatives: tuple[Representative, ...] = ()


class Entry(Record):
    """参赛项目 as the hub keeps it.

    `national_track` is the crosswalk's proposal (None where it is ambiguous or absent); `score` is the province's own
    figure on its own scale; `native` holds what only this province has, by the names of its own GraphQL type.
    """

    id: Text
    region: Text
    native_id: Text
    city: str | None = None
    title: Text
    summary: str = ""
    track_id: Text
    topic_id: Text
    sub_topic_id: str | None = None
    national_track: str | None = None
    match: TrackMatch
    stage: Stage
    status: EntryStatus = EntryStatus.ACTIVE
    award: AwardLevel | None = None
    score: float | None = None
    organisations: tuple[Organisation, ...] = Field(min_length=1)
    team: Team
    submitted_at: AwareDatetime
    updated_at: AwareDatetime
    native: dict[str, JsonValue] = {}
    warnings: tuple[RecordWarning, ...] = ()
    source: SourceRef

    @property
    def lead(self) -> Organisation:
        """The lead organisation."""
        return next(organisation for organisation in self.organisations if organisation.is_lead)

    def content_hash(self) -> str:
        """SHA-256 over everything but where and when it was read."""
        content = {name: value for name, value in self.__dict__.items() if name != "source"}
        # A third of the time of model_dump_json, and every record stored is hashed.
        return hashlib.sha256(orjson.dumps(content, default=vars)).hexdigest()


class Tombstone(Record):
    """What is left of an entry that its platform says is gone."""

    id: Text
    region: Text
    deleted_at: AwareDatetime
    source: SourceRef
