"""Bad input on purpose: one file for each way in which an offline file, or the life it describes, can be out of bounds."""

import random
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from adapters.sandbox.duplicates.labelled import LabelledCorpus

Row = dict[str, Any]
_SOUND: Final = 200  # sound entries around the bad ones, so that something remains to be found


def _sound(seed: int, total: int = _SOUND) -> Iterator[Row]:
    return LabelledCorpus("B", seed, total).rows()


def _changed(seed: int, count: int, change: Callable[[Row, int], None], spare: int = _SOUND) -> Iterator[Row]:
    """`count` changed entries, then `spare` sound ones."""
    rows = _sound(seed, count + spare)
    for number, row in enumerate(islice(rows, count)):
        change(row, number)
        yield row
    yield from rows


def _titled(*titles: str) -> Callable[[Row, int], None]:
    def change(row: Row, number: int) -> None:
        row["project_name"] = titles[number % len(titles)]

    return change


def _empty(row: Row, _: int) -> None:
    row.update(project_name="", abstract="", team_name="", org_name="", members=[], partners=[])


def _null(row: Row, _: int) -> None:
    row.update({key: None for key in row if key != "id"})


def _null_within(row: Row, _: int) -> None:
    row["members"] = [dict.fromkeys(member) for member in row["members"]] + [None]
    row["partners"] = [{"name": None, "uscc": None}, None]


def _one_company(row: Row, _: int) -> None:
    row.update(org_name="岚泽数据科技有限公司", org_uscc="91410100MA0000001X")


def _one_phone(row: Row, _: int) -> None:
    for member in row["members"]:
        member["phone_token"] = f"k1.{0:032x}"


def _one_title_and_text(row: Row, _: int) -> None:
    row.update(project_name="智慧城市大数据平台", abstract="本项目建设智慧城市大数据平台。")


def _twice(row: Row, number: int) -> None:
    if number % 2:
        row["id"] = "41:twice"


def _wrong_types(row: Row, number: int) -> None:
    key = ("project_name", "members", "partners", "abstract", "submitted_at")[number % 5]
    row[key] = (7, "王伟", {"name": "x"}, ["a"], False)[number % 5]


ZOO: Final[dict[str, Callable[[int], Iterator[Row]]]] = {
    "empty_fields": lambda seed: _changed(seed, 300, _empty),
    "one_character_titles": lambda seed: _changed(seed, 300, _titled("云", "×", "a", "１", " ", "。")),
    "long_titles": lambda seed: _changed(seed, 60, _titled("智慧水务" * 2500, "×" * 10_000, "数据要素乘" * 2000)),
    "emoji_titles": lambda seed: _changed(
        seed, 300, _titled("🚀🚀智慧🌾农业", "👨‍👩‍👧‍👦", "数据➕要素✖️医疗🏥", "\u202e平台", "\0空")
    ),
    "null_everywhere": lambda seed: _changed(seed, 1000, _null),
    "null_within": lambda seed: _changed(seed, 300, _null_within),
    "thousand_same_titles": lambda seed: _changed(seed, 1000, _titled("智慧农业大数据平台")),
    "thousand_same_texts": lambda seed: _changed(seed, 1000, _one_title_and_text),
    "company_of_3000": lambda seed: _changed(seed, 3000, _one_company),
    "phone_of_5000_teams": lambda seed: _changed(seed, 5000, _one_phone),
    "duplicate_ids": lambda seed: _changed(seed, 300, _twice),
    "wrong_types": lambda seed: _changed(seed, 300, _wrong_types),
}


def broken_lines(seed: int) -> bytes:
    """Sound lines with others among them: broken UTF-8, broken JSON, no object, nothing, a byte order mark."""
    rng = random.Random(seed)
    lines = [orjson.dumps(row) for row in _sound(seed)]
    bad = [
        lines[0].replace("平".encode(), b"\xe5\xb9")[:-8],
        b"\xff\xfe\xfd",
        "平台".encode("gb18030"),
        lines[1][: len(lines[1]) // 2],
        b"[1, 2, 3]",
        b"null",
        b"",
        b"{}",
    ]
    for line in bad:
        lines.insert(rng.randrange(1, len(lines)), line)
    return b"\xef\xbb\xbf" + b"\n".join(lines) + b"\n"


def write(folder: Path, seed: int) -> None:
    """Every kind into a file of its name, and broken_lines.jsonl, no_lines.jsonl and one_line.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in ZOO.items():
        with (folder / f"{name}.jsonl").open("wb") as out:
            out.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows(seed))
    (folder / "broken_lines.jsonl").write_bytes(broken_lines(seed))
    (folder / "no_lines.jsonl").write_bytes(b"")
    (folder / "one_line.jsonl").write_bytes(orjson.dumps(next(_sound(seed))))
