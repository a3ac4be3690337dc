"""From a Hunan node to the record."""

from typing import Final

from adapters.draft import Draft
from adapters.hunan.payload import Project
from adapters.values import epoch_time
from schema.records import Entry, Tombstone
from schema.vocabulary import Stage

_CITY_STAGES: Final = (Stage.REGISTERED, Stage.QUALIFICATION, Stage.CITY)  # 四（二）2 to 4: all held by the city


def to_entry(row: Project, draft: Draft) -> Entry | Tombstone:
    """The record of one node. Pure."""
    status = draft.status(row.status, "status")
    if row.withdrawn_at is not None:
        return draft.tombstone(row.id, epoch_time(row.withdrawn_at, "withdrawnAt"))
    stage = draft.stage(row.phase, "phase")
    city = draft.lookups.text("city", row.host_city.code, "hostCity.code")
    for index, unit in sorted(enumerate(row.organisations), key=lambda item: not item[1].lead):
        place = f"organisations.{index}"
        draft.organisation(unit.name, credit_code=unit.credit_code, kind=unit.nature, place=place)
    for index, member in enumerate(row.team.members):
        draft.representative(
            member.name,
            id_number=member.id_number,
            phone=member.phone,
            role=member.duty,
            is_contact=member.contact,
            place=f"team.members.{index}",
        )
    authority = row.recommending_authority
    return draft.entry(
        native_id=row.id,
        city=city,
        title=row.title,
        summary=row.abstract,
        topic_id=draft.topic(row.track.no, row.topic.no, "topic.no"),
        stage=stage,
        status=status,
        team=row.team.name,
        award=draft.award(row.award, "award"),
        score=row.score,
        submitted_at=epoch_time(row.created_at, "createdAt"),
        updated_at=epoch_time(row.updated_at, "updatedAt"),
        native={
            "host_city": city,
            "host_city_code": row.host_city.code,
            "recommending_authority": authority.name if authority else None,
            "recommending_kind": authority.kind if authority else None,
            "city_award": row.city_award,
            "city_stage_done": stage not in _CITY_STAGES,
        },
    )
