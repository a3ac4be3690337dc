"""From a line of a Shanxi batch to the record."""

from collections.abc import Iterator

from adapters.draft import Draft
from adapters.shanxi.payload import Application, Description, Unit, Withdrawn
from adapters.values import china_time
from schema.records import Entry, Tombstone


def to_entry(row: Application | Withdrawn, draft: Draft) -> Entry | Tombstone:
    """The record of one row. Pure."""
    if isinstance(row, Withdrawn):
        return draft.tombstone(row.number, china_time(row.updated_at, "更新时间"))
    basics = row.basics
    for index, unit in enumerate(row.units):
        place = f"参赛单位基本信息.{index}"
        draft.organisation(unit.name, credit_code=unit.credit_code, kind=unit.kind, place=place)
    for index, member in enumerate(row.group.members):
        draft.representative(
            member.name,
            id_number=member.id_number,
            phone=member.phone,
            role=member.role,
            is_contact=member.is_contact,
            place=f"参赛团队信息.团队成员.{index}",
        )
    return draft.entry(
        native_id=row.number,
        title=basics.title,
        summary=basics.summary,
        topic_id=draft.topic(basics.track, basics.topic, "项目基本信息.赛题序号"),
        stage=draft.stage(row.stage, "当前环节"),
        status=draft.status(row.status, "状态"),
        team=row.group.name,
        award=draft.award(row.award, "奖项"),
        score=row.score,
        submitted_at=china_time(row.submitted_at, "提交时间"),
        updated_at=china_time(row.updated_at, "更新时间"),
        native={
            "blind_code": row.blind_code,
            "scenes": list(basics.scenes),
            "data_sources": list(basics.market.data_sources),
            "service_types": list(basics.market.service_types),
            "has_large_model": _large_model(row.units),
            "source_channel": basics.channel,
            "form_sections": list(_filled_in(row.description)),
            "unit_scale": row.units[0].scale,
        },
    )


def _large_model(units: list[Unit]) -> bool | None:
    """Whether any unit uses a large model; None where none of them answered."""
    answers = [unit.data_use.large_model for unit in units if unit.data_use.large_model is not None]
    return any(answers) if answers else None


def _filled_in(description: Description) -> Iterator[str]:
    """The form's titles of the sections that hold text, in the form's order."""
    chapters = (description.overview, description.solution, description.effect, description.business)
    for chapter in chapters:
        yield from (title for title, text in chapter.model_dump(by_alias=True).items() if text.strip())
