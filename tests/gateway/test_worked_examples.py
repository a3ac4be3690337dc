"""The ten worked examples of docs/duplicates.md are what the code says today; run as a script, this file writes them anew."""

from dataclasses import replace
from pathlib import Path

import orjson
import strawberry

from adapters.sandbox.duplicates.labelled import LabelledCorpus
from gateway.cases import _pairs
from gateway.cli.case_page import KINDS, pair_lines
from schema.identifiers import REGIONS
from schema.identity import mask_name
from schema.types.cases import CaseEntry
from schema.vocabulary import CaseKind
from sync.case_describing import explained
from sync.duplicates.detection import Pair
from sync.duplicates.index import Index
from sync.duplicates.records import Record, read_lines
from sync.duplicates.scoring import fitted_model, score
from sync.scope import EVERYTHING

MODEL = fitted_model()
PAGE = Path(__file__).parents[2] / "docs/duplicates.md"
MARK = "<!-- 以下由程序写出 / written by the code from here on -->"
# What each example shows: the kind of duplicate and its degree, or the kind of look-alike.
WANTED = [
    ("SAME_PROJECT", "easy"),
    ("SAME_PROJECT", "medium"),
    ("SAME_PROJECT", "hard"),
    ("SAME_TEAM", "medium"),
    ("SAME_TEAM", "hard"),
    ("SAME_PERSON", "medium"),
    ("TEAM_TWO_PROJECTS", "medium"),
    ("SIBLING", "hard"),
    ("GENERIC_TITLE", "medium"),
    ("COMMON_NAME", "medium"),
]
LOOK_ALIKES = {
    "SIBLING": "同系列姊妹项目 / sibling projects",
    "GENERIC_TITLE": "通用名称 / a generic title",
    "COMMON_NAME": "常见姓名 / common names",
}
DEGREES = {"easy": "浅 / easy", "medium": "中 / medium", "hard": "深 / hard"}


def side(record: Record) -> CaseEntry:
    region = type("Region", (), {"name": REGIONS[record.region].name, "code": record.region})()
    identifier = strawberry.ID(record.id)
    return CaseEntry(
        region=region, title=record.project_name, lead_organisation=record.org_name, entry_id=identifier, entry=None
    )


def masked(record: Record) -> Record:
    return replace(record, members=tuple(replace(each, name=mask_name(each.name)) for each in record.members))


def compared(index: Index, ids: tuple[str, str], kind: CaseKind) -> Pair:
    table = index.features(ids[0], [ids[1]])
    return Pair(*ids, kind, round(float(score(table, MODEL)[kind][0]), 6), tuple(table[0].tolist()))


def shown(by_id: dict[str, Record], found: Pair) -> str:
    """One pair as a clerk reads it; masked names, as the database holds them."""
    left, right = (masked(by_id[each]) for each in (found.id_a, found.id_b))
    pair = explained(left, right, found, MODEL)
    (made,) = _pairs(EVERYTHING, [pair], {each.id: side(each) for each in (left, right)})
    return "\n".join(pair_lines(made))


def examples() -> str:
    corpus = LabelledCorpus("B", 5, 3000)
    records = read_lines([orjson.dumps(row) for row in corpus.rows()], "corpus").records
    truth = corpus.truth()
    index, by_id = Index(records), {record.id: record for record in records}
    duplicates = [(each.pair, kind, each.degree) for each in truth.duplicates for kind in each.kinds]
    alike = [(each.pair, each.kind, each.degree) for each in truth.look_alikes]
    parts, used = [], set[tuple[str, str]]()
    for number, (kind, degree) in enumerate(WANTED, start=1):
        allowed = kind in LOOK_ALIKES
        asked = (
            (CaseKind.SAME_PERSON if kind == "COMMON_NAME" else CaseKind.SAME_PROJECT) if allowed else CaseKind(kind)
        )
        found = next(
            pair
            for ids, *said in (*duplicates, *alike)
            if said == [kind, degree] and ids not in used
            for pair in [compared(index, ids, asked)]
            if (pair.score < MODEL.thresholds[asked].review) == allowed
        )
        used.add((found.id_a, found.id_b))
        name = f"允许：{LOOK_ALIKES[kind]}" if allowed else KINDS[asked]
        parts.append(f"### {number}. {name}（{DEGREES[degree]}）\n\n```text\n{shown(by_id, found)}\n```\n")
    return "\n".join(parts)


def page() -> str:
    """The page with today's examples."""
    return f"{PAGE.read_text('utf-8').partition(MARK)[0].rstrip()}\n\n{MARK}\n\n{examples()}"


def test_the_page_shows_what_the_code_says_today() -> None:
    assert PAGE.read_text("utf-8") == page()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
