"""Detection between files, without a database: entries as JSON Lines in, pairs as CSV out."""

import csv
from pathlib import Path
from typing import Final

from schema.errors import Problem, RequestError
from sync.duplicates.blocking import RULES
from sync.duplicates.detection import Detection, Pair
from sync.duplicates.records import Reading, read_lines

HEADER: Final = ("id_a", "id_b", "kind", "score")


def read_entries(path: Path) -> Reading:
    """The entries of a file. Raises RequestError where there is no such file."""
    try:
        with path.open("rb") as lines:
            return read_lines(lines, path.name)
    except OSError as error:
        raise RequestError(
            Problem(
                "DETECT_INPUT_UNREADABLE",
                "--input",
                f"无法读取文件：{error.strerror}",
                f"the file cannot be read: {error.strerror}",
                path.name,
                "请核对路径和权限",
                "check the path and its permissions",
            )
        ) from error


def write_pairs(path: Path, pairs: list[Pair]) -> None:
    """The pairs in their order, the score with six decimals."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows((pair.id_a, pair.id_b, str(pair.kind), f"{pair.score:.6f}") for pair in pairs)


def caps_reached(found: Detection) -> list[Problem]:
    """What was too widespread to be compared pair by pair; such entries still meet by the other rules."""
    return [
        Problem(
            "DETECT_KEY_WIDESPREAD",
            name,
            f"“{RULES[name].zh}”有 {count} 个值为超过 {RULES[name].cap} 个项目所共有，不单凭它们逐对比对",
            f"{count} values of “{RULES[name].en}” are shared by more than {RULES[name].cap} entries and make no pairs",
            remedy_zh="无须处理；这些项目仍按其他规则比对",
            remedy_en="nothing to do: these entries are still compared by the other rules",
        )
        for name, count in found.set_aside.items()
        if count
    ]
