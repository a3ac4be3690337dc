"""From a Shaanxi row to the record."""

from adapters.draft import Draft
from adapters.shaanxi.payload import Project
from adapters.values import china_time, number
from schema.records import Entry


def to_entry(row: Project, draft: Draft) -> Entry:
    """The record of one row. Pure."""
    draft.organisation(row.lead, credit_code=row.credit_code, kind=row.kind, place="牵头单位")
    for index, partner in enumerate(row.partners.split(";") if row.partners else ()):
        name, code, kind = partner.rsplit("/", 2)
        draft.organisation(name, credit_code=code, kind=kind, place=f"联合单位.{index}")
    for index, person in enumerate(row.representatives):
        draft.representative(
            person.name,
            id_number=person.id_number,
            phone=person.phone,
            role=person.duty,
            is_contact=index == 0,  # the table has no column for it; the first one is assumed
            place=f"参赛代表.{index}",
        )
    return draft.entry(
        native_id=row.number,
        title=row.title,
        summary=row.summary,
        topic_id=draft.topic(int(row.track_number), int(row.topic_number), "赛题序号"),
        stage=draft.stage(row.stage, "当前阶段"),
        status=draft.status(row.status, "状态"),
        team=row.team,
        award=draft.award(row.award, "奖项"),
        score=number(row.score, "评分"),
        submitted_at=china_time(row.submitted, "报名时间"),
        updated_at=china_time(row.updated, "更新时间"),
        native={
            "guiding_authorities": [name.strip() for name in row.authorities.split("、") if name.strip()],
            "improvement_evidence": row.improvement or None,
            "prior_award_2024": row.prior_award or None,
        },
    )
