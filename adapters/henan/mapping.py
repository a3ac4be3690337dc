"""From a Henan row to the record."""

from adapters.draft import Draft
from adapters.henan.payload import Cancelled, Project
from adapters.values import china_time
from schema.records import Entry, Tombstone


def to_entry(row: Project | Cancelled, draft: Draft) -> Entry | Tombstone:
    """The record of one row. Pure."""
    if isinstance(row, Cancelled):
        return draft.tombstone(row.projectNo, china_time(row.updateTime, "updateTime"))
    for index, unit in enumerate((row.leadUnit, *row.partnerUnits)):
        place = f"partnerUnits.{index - 1}" if index else "leadUnit"
        draft.organisation(unit.unitName, credit_code=unit.creditCode, kind=unit.unitNature, place=place)
    for index, member in enumerate(row.members):
        draft.representative(
            member.name,
            id_number=member.idNo,
            phone=member.mobile,
            role=member.duty,
            is_contact=member.isContact,
            place=f"members.{index}",
        )
    verification = row.verification
    return draft.entry(
        native_id=row.projectNo,
        title=row.projectName,
        summary=row.projectSummary,
        topic_id=draft.topic(row.trackNo, row.topicNo, "topicNo"),
        stage=draft.stage(row.stage, "stage"),
        status=draft.status(row.status, "status"),
        team=row.teamName,
        award=draft.award(row.awardLevel, "awardLevel"),
        score=row.reviewScore,
        submitted_at=china_time(row.submitTime, "submitTime"),
        updated_at=china_time(row.updateTime, "updateTime"),
        native={
            "verification_result": verification.result if verification else None,
            "verification_method": verification.method if verification else None,
            "verified_on": verification.verifiedAt if verification else None,
        },
    )
