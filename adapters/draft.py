"""A draft of one entry: what every province's mapping does in the same way, done once.

`to_entry(payload, draft)` of a province names its fields; the draft turns labels into vocabulary, personal numbers into
tokens, topics into the crosswalk's proposal, and collects warnings. Pure: no network, no database, no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from adapters.lookups import Lookups
from adapters.manifest import Manifest
from schema.catalogue import Catalogue
from schema.errors import MappingError, Problem, redact
from schema.identifiers import credit_code_fault, entry_id
from schema.identity import Tokeniser, id_number_doubtful, mask_name
from schema.provenance import SourceRef
from schema.records import Entry, RecordWarning, Tombstone
from schema.vocabulary import AwardLevel, EntryStatus, OrganisationKind, Stage


@dataclass(frozen=True)
class MappingContext:
    """What mapping may know besides the row: the region's facts and the key for tokens."""

    manifest: Manifest
    catalogue: Catalogue
    lookups: Lookups
    tokens: Tokeniser


class Draft:
    """One row on its way to an entry."""

    def __init__(self, context: MappingContext, source: SourceRef) -> None:
        self.lookups = context.lookups
        self._context = context
        self._source = source
        # As plain data: the record validates them with everything else, at once.
        self._people: list[dict[str, object]] = []
        self._organisations: list[dict[str, object]] = []
        self._warnings: list[RecordWarning] = []

    def topic(self, track_number: int, topic_number: int, place: str) -> str:
        """The id of the topic with these printed numbers; MappingError UNKNOWN_TOPIC where the notice has none."""
        found = self._context.catalogue.topic_numbered(track_number, topic_number)
        if found is None:
            raise self._unknown_topic(f"赛道 {track_number} 赛题 {topic_number}", place)
        return found.id

    def _unknown_topic(self, value: str, place: str) -> MappingError:
        return MappingError(
            Problem(
                "UNKNOWN_TOPIC",
                place,
                value=redact(value),
                zh=f"通知中没有该赛道或赛题：{redact(value)}",
                en=f"the notice prints no such track or topic: {redact(value)}",
                remedy_zh=f"核对通知；如有更正，修改 adapters/{self._context.manifest.slug}/tracks.toml",
                remedy_en=f"check the notice; if it was amended, edit adapters/{self._context.manifest.slug}/tracks.toml",
            )
        )

    def stage(self, label: str, place: str) -> Stage:
        """The stage that the province's label leads to."""
        return self.lookups.member(Stage, "stage", label, place)

    def status(self, label: str, place: str) -> EntryStatus:
        """The status that the province's label leads to."""
        return self.lookups.member(EntryStatus, "status", label, place)

    def award(self, label: str | None, place: str) -> AwardLevel | None:
        """The award that the province's label leads to; None for an empty label and for one that says there is none."""
        return self.lookups.member_or_none(AwardLevel, "award", label, place)

    def representative(
        self,
        name: str,
        *,
        id_number: str | None,
        phone: str | None,
        place: str,
        role: str | None = None,
        is_contact: bool = False,
    ) -> None:
        """Add a 参赛代表; numbers become tokens here and go no further."""
        tokens = self._context.tokens
        if id_number and id_number_doubtful(id_number):
            self.warn("ID_NUMBER_DOUBTFUL", place, "身份证件号码校验未通过", "the identity number fails its check")
        self._people.append(
            {
                "name": mask_name(name),
                "name_token": tokens.token("name", name),
                "id_token": tokens.token("id", id_number),
                "phone_token": tokens.token("phone", phone),
                "role": role or None,
                "is_contact": is_contact,
            }
        )

    def organisation(self, name: str, *, credit_code: str | None, kind: str | None, place: str) -> None:
        """Add a 参赛单位; the first is the lead. `kind` is the province's label."""
        code = (credit_code or "").strip().upper() or None
        if code and (fault := credit_code_fault(code)):
            self.warn("CREDIT_CODE_DOUBTFUL", place, "统一社会信用代码校验未通过", fault)
        self._organisations.append(
            {
                "name": name.strip(),
                "credit_code": code,
                "kind": self.lookups.member_or_none(OrganisationKind, "organisation_kind", kind, place),
                "is_lead": not self._organisations,
            }
        )

    def warn(self, code: str, place: str, zh: str, en: str) -> None:
        """Note something for a person to look at."""
        self._warnings.append(RecordWarning(code=code, place=place, zh=zh, en=en))

    def tombstone(self, native_id: str, deleted_at: datetime) -> Tombstone:
        """The record of an entry that its platform says is gone."""
        region = self._context.manifest.code
        return Tombstone(id=entry_id(region, native_id), region=region, deleted_at=deleted_at, source=self._source)

    def entry(  # noqa: PLR0913  the fields of an entry
        self,
        *,
        native_id: str,
        title: str,
        summary: str,
        topic_id: str,
        stage: Stage,
        team: str,
        submitted_at: datetime,
        updated_at: datetime,
        status: EntryStatus = EntryStatus.ACTIVE,
        sub_topic_id: str | None = None,
        city: str | None = None,
        award: AwardLevel | None = None,
        score: float | None = None,
        native: dict[str, JsonValue] | None = None,
    ) -> Entry:
        """The entry; `topic_id` and `sub_topic_id` are ids of the catalogue."""
        found = self._context.catalogue.topic(topic_id)
        if found is None:
            raise self._unknown_topic(topic_id, "topic")
        track, topic = found
        if sub_topic_id and sub_topic_id not in _ids(topic.sub_topics):
            raise self._unknown_topic(sub_topic_id, "subTopic")
        region = self._context.manifest.code
        return Entry.model_validate(
            {
                "id": entry_id(region, native_id),
                "region": region,
                "native_id": native_id,
                "city": city,
                "title": title.strip(),
                "summary": summary.strip(),
                "track_id": track.id,
                "topic_id": topic.id,
                "sub_topic_id": sub_topic_id,
                "national_track": topic.proposal,
                "match": topic.match,
                "stage": stage,
                "status": status,
                "award": award,
                "score": score,
                "organisations": self._organisations,
                "team": {"name": team.strip(), "representatives": self._people},
                "submitted_at": submitted_at,
                "updated_at": updated_at,
                "native": native or {},
                "warnings": self._warnings,
                "source": self._source,
            }
        )


def _ids(items: Iterable[object]) -> set[str]:
    return {str(getattr(item, "id", "")) for item in items}
