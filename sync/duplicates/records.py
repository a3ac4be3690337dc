"""An entry as detection reads it, and how it is read from a line of an offline file."""

from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from schema.errors import Problem, redact

LONGEST_TEXT = 10_000  # characters of any one text that are compared; a form's limit is some hundreds
MOST_PARTIES = 64  # members or partners that are compared; the notices allow five members


_CHECKED: Final = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


@checked(frozen=True, slots=True, config=_CHECKED)
class Partner:
    """An organisation that takes part beside the lead; `uscc` is its unified social credit code, empty if not given."""

    name: str = ""
    uscc: str = ""


@checked(frozen=True, slots=True, config=_CHECKED)
class Member:
    """A representative. Tokens are keyed digests of the ID number and phone (see `schema.identity`), empty if missing."""

    name: str = ""
    role: str = ""
    id_token: str = ""
    phone_token: str = ""


@checked(frozen=True, slots=True, config=_CHECKED)
class Record:
    """What detection reads of an entry; the field names are those of the offline file."""

    id: str
    region: str = ""
    city: str = ""
    submitted_at: str = ""
    track: str = ""
    topic: str = ""
    project_name: str = ""
    org_name: str = ""
    org_uscc: str = ""
    partners: tuple[Partner, ...] = ()
    team_name: str = ""
    members: tuple[Member, ...] = ()
    abstract: str = ""


_CHECK: Final = TypeAdapter(Record).validator.validate_python


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
    for number, each in enumerate(lines, start=1):
        line = each.removeprefix(BOM_UTF8) if number == 1 else each
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
        content = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _unreadable(line, place, error)
    try:
        record = _CHECK(_without_nulls(content) if b"null" in line else content)
    except ValidationError as error:
        fields = "、".join(sorted({".".join(map(str, each["loc"])) or "-" for each in error.errors()}))
        return _unusable(place, fields)
    return record if record.id else _unusable(place, "id")


def _unreadable(line: bytes, place: str, error: orjson.JSONDecodeError) -> Problem:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as broken:
        return Problem(
            "DETECT_NOT_UTF8",
            place,
            f"第 {broken.start + 1} 个字节起不是 UTF-8 文本，本行未参加查重",
            f"byte {broken.start + 1} is not UTF-8; this line was left out",
            remedy_zh="请以 UTF-8 编码重新导出",
            remedy_en="export the file again as UTF-8",
        )
    return Problem(
        "DETECT_NOT_JSON",
        place,
        f"第 {error.colno} 列起不是 JSON，本行未参加查重",
        f"not JSON from column {error.colno}; this line was left out",
        redact(text[max(0, error.colno - 20) : error.colno + 20]),
        "每行须是一个完整的 JSON 对象",
        "each line must be one whole JSON object",
    )


def _without_nulls(content: Any) -> Any:  # noqa: ANN401  any JSON value may stand there
    """The content where null counts as not given; what is no object is left for the check to refuse."""
    if not isinstance(content, dict):
        return content
    given = {name: value for name, value in content.items() if value is not None}
    for name in ("partners", "members"):
        if isinstance(rows := given.get(name), list):
            given[name] = [_without_nulls(row) for row in rows]
    return given


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
