"""Rows set aside, stops of the guard, remapping and the schedule, on the command line."""

from datetime import UTC, datetime

import orjson
import pytest
from openpyxl import load_workbook

from adapters.registry import regions
from sync.repository.guard_stops import GuardStopStore
from sync.repository.jobs import JobStore
from sync.repository.pulls import PullStore
from sync.scope import EVERYTHING
from sync.tables import GuardStopRow

HEADINGS = (
    "地区", "项目编号", "位置", "字段", "现值（已掩码）", "问题", "处理办法", "首次出现", "最近出现", "代码",
)  # fmt: skip


@pytest.fixture
def keyed(at, monkeypatch):
    """A filled database, and the key that it was filled with."""
    monkeypatch.setenv("DEXHUB_TOKEN_KEY", "t" * 64)
    return at


def aside(database) -> list:
    with database.read() as session:
        return PullStore(session).quarantined(EVERYTHING)


def exported(path) -> list[tuple]:
    return list(load_workbook(path).active.iter_rows(values_only=True))


def test_rows_set_aside_are_listed_as_json_without_their_content(dexhub, at) -> None:
    run = dexhub("quarantine", "list", "--json")
    assert (run.code, [row["key"] for row in run.json]) == (0, [row.key for row in aside(at)])
    assert {"body"} & {name for row in run.json for name in row} == set()


def test_the_table_of_rows_set_aside_says_how_to_mend_each(dexhub, at) -> None:
    run = dexhub("quarantine", "list", "henan")
    wanted = {row.key for row in aside(at) if row.region == "41"}
    assert (run.code, {key for key in wanted if key in run.out}, "湖南" in run.out) == (0, wanted, False)


def test_an_exported_workbook_has_a_line_for_each_problem_in_chinese(dexhub, at, tmp_path) -> None:
    file = tmp_path / "out.xlsx"
    run = dexhub("quarantine", "export", file, "41")
    first, *lines = exported(file)
    wanted = [
        (row.key, problem["code"], problem["zh"]) for row in aside(at) if row.region == "41" for problem in row.problems
    ]
    assert (run.code, first, [(line[1], line[9], line[5]) for line in lines]) == (0, HEADINGS, wanted)


def test_every_line_of_an_exported_workbook_says_where_what_and_how_to_mend_it(dexhub, at, tmp_path) -> None:
    file = tmp_path / "out.xlsx"
    dexhub("quarantine", "export", file)
    _, *lines = exported(file)
    assert [line for line in lines if not (line[0] and line[1] and line[2] and line[3] and line[6] and line[7])] == []


def test_no_personal_number_is_in_an_exported_workbook(dexhub, at, tmp_path, corpus) -> None:
    file = tmp_path / "out.xlsx"
    dexhub("quarantine", "export", file)
    text = orjson.dumps(exported(file)).decode()
    assert [number for number in corpus.personal_numbers() if number in text] == []


def test_rows_are_tried_again_and_those_not_understood_stay(dexhub, keyed) -> None:
    before = [row.key for row in aside(keyed)]
    run = dexhub("quarantine", "replay", "henan")
    number = sum(row.region == "41" for row in aside(keyed))
    told = f"河南：{number} 行，已收录 / entered 0，仍隔离 / still set aside {number}"
    assert (run.code, run.out.strip(), [row.key for row in aside(keyed)]) == (0, told, before)


def test_an_unknown_region_is_refused(dexhub, at) -> None:
    run = dexhub("quarantine", "list", "atlantis")
    assert (run.code, run.problems) == (2, ["REGION_UNKNOWN"])


def test_mapping_again_with_the_same_mapping_changes_nothing(dexhub, keyed) -> None:
    run = dexhub("remap", "henan", "--json")
    assert (run.code, run.json["changed"], run.json["rejected"]) == (0, 0, 0)


@pytest.fixture
def stopped(at) -> str:
    """A run that its guard has paused."""
    row = GuardStopRow(
        run_id="r1", region="41", stopped_at=datetime.now(UTC), kind="deletions", number=9, bound=3, entries=50,
        difference=[{"entry": "41:X", "before": "项目甲", "after": None}],
    )  # fmt: skip
    with at.write() as session:
        GuardStopStore(session, EVERYTHING).add(row)
    return row.run_id


def test_a_stop_is_listed_with_its_difference(dexhub, stopped) -> None:
    run = dexhub("guard", "list")
    assert (run.code, "项目甲" in run.out, "未放行" in run.out) == (0, True, True)


def test_a_stop_is_overridden_once_with_a_reason(dexhub, stopped) -> None:
    runs = [dexhub("guard", "override", stopped, "--reason", "省平台已确认") for _ in range(2)]
    (row,) = dexhub("guard", "list", "--json").json
    assert ([run.code for run in runs], row["reason"]) == ([0, 2], "省平台已确认")


def test_the_schedule_tells_each_job_and_how_it_last_went(dexhub, at) -> None:
    with at.write() as session:
        JobStore(session).enter("detect", datetime.now(UTC))
    told = dexhub("schedules", "--json").json
    assert {row["name"] for row in told} == {"detect", *(f"pull {code}" for code in regions())}
