"""参赛项目: filtered, with chosen columns, page by page; and one entry's own page."""

from functools import cache
from typing import Any, Final

from gateway import facts
from gateway.console.page import Asked, Page, Words
from gateway.schema import graphql_schema
from schema.types.catalogue import NATIONAL_TRACKS
from schema.vocabulary import AwardLevel, CaseStatus, EligibilityStatus, EntryStatus, Stage, Verdict

PAGE_SIZE: Final = 50
COLUMNS: Final = {
    "region": Words("地区", "Region"),
    "city": Words("市州", "City"),
    "nationalTrack": Words("国家赛道", "National track"),
    "track": Words("省内赛道", "Native track"),
    "topic": Words("赛题", "Topic"),
    "organisation": Words("牵头单位", "Lead organisation"),
    "team": Words("团队", "Team"),
    "stage": Words("阶段", "Stage"),
    "status": Words("状态", "Status"),
    "award": Words("奖项", "Award"),
    "score": Words("得分", "Score"),
    "eligibility": Words("资格", "Eligibility"),
    "cases": Words("查重", "Duplicates"),
    "submittedAt": Words("报名时间", "Submitted"),
    "updatedAt": Words("更新时间", "Updated"),
}
_AT_FIRST: Final = ("region", "nationalTrack", "organisation", "stage", "award", "eligibility", "cases", "submittedAt")
SORTS: Final = {
    "SUBMITTED_AT": COLUMNS["submittedAt"],
    "UPDATED_AT": COLUMNS["updatedAt"],
    "SCORE": COLUMNS["score"],
    "STAGE": COLUMNS["stage"],
    "AWARD": COLUMNS["award"],
    "TITLE": Words("名称", "Title"),
    "ID": Words("编号", "Id"),
}
CONDITIONS: Final = (
    "regions",
    "nationalTracks",
    "tracks",
    "topics",
    "stages",
    "statuses",
    "awards",
    "standings",
    "verdicts",
    "caseStatuses",
    "clauses",
    "text",
    "organisation",
    "submittedFrom",
    "submittedBefore",
)


def columns_of(asked: Asked) -> list[str]:
    """The columns that are asked for, or were when they were last chosen."""
    chosen = asked.among("columns", list(COLUMNS)) or asked.remembered.get("columns") or _AT_FIRST
    return [name for name in COLUMNS if name in chosen]


def _filter(asked: Asked) -> dict[str, Any]:
    tracks = [track.id for region in facts.region_types().values() for track in region.tracks]
    found: dict[str, Any] = {
        "regions": asked.among("regions", list(facts.region_types())),
        "nationalTracks": asked.among("nationalTracks", list(NATIONAL_TRACKS)),
        "tracks": asked.among("tracks", [str(each) for each in tracks]),
        "topics": asked.among("topics", list(facts.topic_types())),
        "stages": asked.among("stages", Stage),
        "statuses": asked.among("statuses", EntryStatus),
        "awards": asked.among("awards", AwardLevel),
        "standings": asked.among("standings", EligibilityStatus),
        "verdicts": asked.among("verdicts", Verdict),
        "caseStatuses": asked.among("caseStatuses", CaseStatus),
        "clauses": asked.all("clauses"),
        "text": asked.one("text"),
        "organisation": asked.one("organisation"),
        "submittedFrom": asked.day("submittedFrom"),
        "submittedBefore": asked.day("submittedBefore"),
    }
    return {name: value for name, value in found.items() if value}


def _variables(asked: Asked) -> dict[str, Any]:
    made = {
        "filter": _filter(asked),
        "sort": [
            {
                "by": asked.member("sort", list(SORTS), "SUBMITTED_AT"),
                "descending": asked.member("order", ("down", "up"), "down") == "down",
            }
        ],
        "first": PAGE_SIZE,
        "after": asked.one("after"),
    }
    columns_of(asked)
    asked.check(*CONDITIONS, "sort", "order", "after", "columns")
    return made


def _view(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    chosen = {name: asked.all(name) for name in CONDITIONS}
    regions = [region for code, region in facts.region_types().items() if asked.viewer.scope.covers(code)]
    tracks = [(region, track) for region in regions if region.code in chosen["regions"] for track in region.tracks]
    return {
        "page_of": data["entries"],
        "regions": regions,
        "national_tracks": list(NATIONAL_TRACKS.values()),
        "native_tracks": tracks,
        "columns": COLUMNS,
        "shown": columns_of(asked),
        "sorts": SORTS,
        "chosen": chosen,
        "sort": asked.one("sort") or "SUBMITTED_AT",
        "order": asked.one("order") or "down",
        "asked_for": [pair for pair in asked.pairs if pair[0] in CONDITIONS],
        "pairs": [pair for pair in asked.pairs if pair[0] != "after"],
        "continued": asked.one("after") is not None,
    }


def _remember(asked: Asked) -> dict[str, Any]:
    chosen = asked.all("columns")
    return {"columns": chosen} if chosen and chosen != asked.remembered.get("columns") else {}


def _id(asked: Asked) -> dict[str, Any]:
    asked.check()
    return {"id": asked.path["id"]}


def _entry(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    del asked
    return {"entry": data["entry"], "missing": data["entry"] is None}


@cache
def _native_labels() -> dict[str, dict[str, Words]]:
    """Of each concrete type of entry the fields that `Entry` has not, with their descriptions as labels: whoever adds a
    province adds its fields to this page by declaring them.
    """
    schema = graphql_schema()._schema  # noqa: SLF001  strawberry hands out the schema of graphql-core no other way
    entry: Any = schema.type_map["Entry"]
    found = {}
    for made in schema.get_implementations(entry).objects:
        own = {name: field for name, field in made.fields.items() if name not in entry.fields}
        found[made.name] = {name: _words(name, field.description) for name, field in own.items()}
    return found


def _words(name: str, description: str | None) -> Words:
    zh, _, en = (description or name).partition(" / ")
    return Words(zh, en or zh)


@cache
def _native_part() -> str:
    parts = "".join(f" ... on {kind} {{ {' '.join(fields)} }}" for kind, fields in _native_labels().items() if fields)
    return f"\nfragment NativePart on Entry {{ __typename{parts} }}\n"


def _native(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    entry = data["entry"] or {}
    labels = _native_labels().get(entry.get("__typename", ""), {})
    values = [(words, entry[name]) for name, words in labels.items() if entry.get(name) not in (None, [], "")]
    return {"id": asked.path["id"], "entry": entry, "values": values, "missing": not entry}


PAGES: Final = (
    Page(
        "/entries",
        Words("参赛项目", "Entries"),
        "entries",
        "entries",
        variables=_variables,
        view=_view,
        in_menu=True,
        remember=_remember,
    ),
    Page("/entries/{id}", Words("项目", "Entry"), "entry", "entry", section="/entries", variables=_id, view=_entry),
    Page(
        "/entries/{id}/native",
        Words("省平台信息", "From the province"),
        "entry_native",
        "entry_native",
        section="/entries",
        variables=_id,
        view=_native,
        append=_native_part,
    ),
)
