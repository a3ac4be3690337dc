"""An entry as detection reads it, and how it is read from a line of an offline file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from schema.errors import Problem, redact

LONGEST_TEXT = 10_000  # characters of any one text that are compared; a form's limit is some hundreds
MOST_PARTIES = 64  # members or partners that are compared; the notices allow five members


def _text(value: Any) -> Any:  # noqa: ANN401  any JSON value may stand there
    """Null is an empty text; numbers are taken as they would be printed; the rest is left for the check to refuse."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else value


def _list(value: Any) -> Any:  # noqa: ANN401  as above
    return () if value is None else value


Text = Annotated[str, BeforeValidator(_text)]
_CHECKED = ConfigDict(extra="ignore")


@checked(frozen=True, slots=True, config=_CHECKED)
class Partner:
    """An organisation that takes part beside the lead; `uscc` is its unified social credit code, empty if not given."""

    name: Text = ""
    uscc: Text = ""


@checked(frozen=True, slots=True, config=_CHECKED)
class Member:
    """A representative. Tokens are keyed digests of the ID number and phone (see `schema.identity`), empty if missing."""

    name: Text = ""
    role: Text = ""
    id_token: Text = ""
    phone_token: Text = ""


@checked(frozen=True, slots=True, config=_CHECKED)
class Record:
    """What detection reads of an entry; the field names are those of the offline file."""

    id: Text
    region: Text = ""
    city: Text = ""
    submitted_at: Text = ""
    track: Text = ""
    topic: Text = ""
    project_name: Text = ""
    org_name: Text = ""
    org_uscc: Text = ""
    partners: Annotated[tuple[Partner, ...], BeforeValidator(_list)] = ()
    team_name: Text = ""
    members: Annotated[tuple[Member, ...], BeforeValidator(_list)] = ()
    abstract: Text = ""


_RECORD = TypeAdapter(Record)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a file, in its order, and what was wrong with it, by line."""

    records: list[Record]
    problems: list[Problem]


def read_lines(lines: Iterable[bytes], place: str) -> Reading:
    """The records of a JSON Lines file. A line that cannot be used is left out and reported, the others go on.

    Of two lines with one id the first is used. Empty lines are passed over, as editors leave them at the end.
    """
    records: dict[str, Record] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        found = _read(line, f"{place}:{number}")
        if isinstance(found, Problem):
            problems.append(found)
        elif found.id in records:
            problems.append(
                Problem(
                    "DETECT_ID_REPEATED",
                    f"{place}:{number}",
                    "编号与前面的行重复，本行未参加查重",
                    "an earlier line has this id; this line was left out",
                    redact(found.id),
                    "请为每个项目给出不同的编号",
                    "give each entry an id of its own",
                )
            )
        else:
            records[found.id] = found
            problems.extend(_cut(found, f"{place}:{number}"))
    return Reading(list(records.values()), problems)


def _read(line: bytes, place: str) -> Record | Problem:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return Problem(
            "DETECT_NOT_UTF8",
            place,
            f"第 {error.start + 1} 个字节起不是 UTF-8 文本，本行未参加查重",
            f"byte {error.start + 1} is not UTF-8; this line was left out",
            remedy_zh="请以 UTF-8 编码重新导出",
            remedy_en="export the file again as UTF-8",
        )
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return Problem(
            "DETECT_NOT_JSON",
            place,
            f"第 {error.colno} 列起不是 JSON，本行未参加查重",
            f"not JSON from column {error.colno}; this line was left out",
            redact(text[max(0, error.colno - 20) : error.colno + 20]),
            "每行须是一个完整的 JSON 对象",
            "each line must be one whole JSON object",
        )
    try:
        record = _RECORD.validate_python(content)
    except ValidationError as error:
        fields = "、".join(sorted({".".join(map(str, each["loc"])) or "-" for each in error.errors()}))
        return _unusable(place, fields)
    return record if record.id else _unusable(place, "id")


def _unusable(place: str, fields: str) -> Problem:
    return Problem(
        "DETECT_LINE_INVALID",
        place,
        f"字段缺失或类型不对：{fields}；本行未参加查重",
        f"fields missing or of the wrong type: {fields}; this line was left out",
        remedy_zh="id 必填；文本须为字符串或 null，partners 与 members 须为数组",
        remedy_en="id is required; texts are strings or null, partners and members are arrays",
    )


def _cut(record: Record, place: str) -> list[Problem]:
    """What of the record is longer than is compared; said, because a duplicate could hide behind it."""
    texts = {"project_name": record.project_name, "abstract": record.abstract, "org_name": record.org_name}
    long = [name for name, text in texts.items() if len(text) > LONGEST_TEXT]
    long += [
        name for name, rows in (("members", record.members), ("partners", record.partners)) if len(rows) > MOST_PARTIES
    ]
    if not long:
        return []
    return [
        Problem(
            "DETECT_FIELD_LONG",
            place,
            f"{'、'.join(long)} 过长，只比对前 {LONGEST_TEXT} 个字符或前 {MOST_PARTIES} 人（单位）",
            f"{', '.join(long)} too long: only the first {LONGEST_TEXT} characters or {MOST_PARTIES} members are compared",
            remedy_zh="请核对该项目的填报内容",
            remedy_en="check what was filled in",
        )
    ]
