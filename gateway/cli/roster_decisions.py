"""Reads decisions from a JSON file: `{"entries": [{"entry", "act", "reason"}], "cases": [{"case", "decision", "keep"}]}`."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from schema.errors import Problem, RequestError
from schema.roster import RosterAct
from schema.vocabulary import CaseStatus
from sync.roster.decisions import CaseWord
from sync.roster.inputs import Decision


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entry: str
    act: RosterAct
    reason: str


class _Case(BaseModel):
    model_config = ConfigDict(extra="forbid")

    case: str
    decision: CaseStatus
    keep: str | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entries: list[_Entry] = []
    cases: list[_Case] = []


def read_decisions(path: Path) -> tuple[list[Decision], list[CaseWord]]:
    """Decisions on entries and on cases; RequestError with every place that is wrong."""
    try:
        said = _File.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise RequestError(
            [
                Problem(
                    "DECISIONS_INVALID", f"{path.name}: {'.'.join(map(str, each['loc']))}", "文件格式有误", each["msg"],
                    remedy_zh="格式见 docs/roster.md", remedy_en="see docs/roster.md for the form",
                )
                for each in error.errors()
            ]
        ) from None  # fmt: skip
    return (
        [Decision(each.entry, each.act, each.reason) for each in said.entries],
        [CaseWord(each.case, each.decision, each.keep) for each in said.cases],
    )
