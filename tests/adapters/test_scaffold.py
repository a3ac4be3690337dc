"""A folder started from a sample: it loads, passes lint, maps its own sample, holds no real person, and says what is open."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from openpyxl import Workbook

import adapters
from adapters import registry
from adapters.base import Adapter, Page
from adapters.concealment import Concealer
from adapters.draft import MappingContext
from adapters.registry import regions
from adapters.sandbox.corpus import generate
from adapters.sandbox.serve import serving
from adapters.scaffold.folder import OpenPoint, start_folder
from adapters.scaffold.roles import role_of, target_of
from adapters.scaffold.sample import read_sample
from adapters.source import Position, RawPage, Row
from adapters.transport import open_transport
from schema.errors import RequestError
from schema.identity import Tokeniser
from schema.provenance import SourceRef
from schema.records import Entry

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "fixtures" / "sixth" / "sample.csv"
SLUG, CODE = "guangdong", "44"
TOKENS = Tokeniser(b"a key for the tests of scaffolds, 32", "k1")
NOWHERE = SourceRef(url="", fetched_at="2025-07-01T00:00:00+08:00", sha256="", locator="")
PEOPLE = ("曹强刚", "370101209106168905", "15433094445", "team0@example.invalid")  # of the sample's first row

Start = Callable[..., tuple[Path, list[OpenPoint]]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a folder below a temporary one, where folders are looked for while the test lasts."""
    into = tmp_path / "adapters"

    def new(sample: Path = SAMPLE, slug: str = SLUG) -> tuple[Path, list[OpenPoint]]:
        return start_folder(slug, sample, into)

    adapters.__path__.append(str(into))
    yield new
    adapters.__path__.remove(str(into))
    for name in [name for name in sys.modules if name.startswith(f"adapters.{SLUG}")]:
        del sys.modules[name]


def document(path: Path, rows: list[dict[str, Any]], **around: Any) -> Path:
    path.write_bytes(orjson.dumps({**around, "data": {"list": rows}}))
    return path


def mapped(adapter: Adapter, rows: list[dict[str, Any]]) -> Page:
    context = MappingContext(adapter.manifest, adapter.catalogue, adapter.lookups, TOKENS)
    raw = RawPage("", NOWHERE.fetched_at, "", [Row("", f"[{index}]", row) for index, row in enumerate(rows)])
    return adapter.map_page(raw, context, {})


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.*") if path.is_file()
    }


def lint(folder: Path) -> tuple[str, str]:
    """What ruff finds in a folder, under the project's own rules as they hold inside `adapters`."""
    ruff = [sys.executable, "-m", "ruff"]
    rules = ["--config", str(ROOT / "pyproject.toml")]
    ours = ["--config", 'lint.isort.known-first-party=["adapters", "schema"]', "--output-format", "concise", "--quiet"]
    checked = subprocess.run([*ruff, "check", *rules, *ours, folder], capture_output=True, text=True, check=False)
    formatted = subprocess.run([*ruff, "format", "--diff", *rules, folder], capture_output=True, text=True, check=False)
    return checked.stdout, formatted.stdout


def dexhub(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from gateway.cli import main; main()", "adapters", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)


def test_a_folder_from_a_table_loads_and_maps_its_own_samples(start: Start) -> None:
    folder, _ = start()
    adapter = registry.read(folder)
    page = mapped(adapter, orjson.loads((folder / "samples" / "entry.json").read_bytes()))
    (first, *_), rejected = [row.record for row in page.mapped], page.rejected
    assert isinstance(first, Entry)
    assert (len(page.mapped), rejected, first.id, first.lead.name) == (3, [], "44:SD20250001", "济南示例1数据有限公司")
    assert ([each.name for each in first.organisations[1:]], len(first.team.representatives)) == (
        ["青岛示例1科技有限公司"],
        1,
    )


def test_a_written_folder_passes_lint_and_is_formatted(start: Start) -> None:
    assert lint(start()[0]) == ("", "")


@pytest.mark.parametrize("slug", sorted(adapter.manifest.slug for adapter in regions().values()))
def test_every_dialect_we_know_would_have_been_started_well(slug: str, start: Start, tmp_path: Path) -> None:
    rows = orjson.loads((ROOT / "adapters" / slug / "samples" / "entry.json").read_bytes())
    folder, points = start(document(tmp_path / "sample.json", rows, code=0))
    adapter = registry.read(folder)
    told = [row.problems for row in mapped(adapter, rows).rejected]
    shapes = [
        problem for problems in told for problem in problems if problem.code in ("FIELD_UNKNOWN", "FIELD_MISSING")
    ]
    assert (shapes, lint(folder), len(points) > 5) == ([], ("", ""), True)
    known = Concealer(region(slug).payload).names()
    assert known <= Concealer(adapter.payload).names()


def region(slug: str) -> Adapter:
    found = registry.region_named(slug)
    assert found is not None
    return found


async def test_its_sandbox_speaks_what_its_source_understands(start: Start) -> None:
    adapter = registry.read(start()[0])
    sandbox = registry.sandbox(SLUG).SandboxPlatform
    made = generate([sandbox.profile(adapter)], {SLUG: 30}, 5).registrations[SLUG]
    site = sandbox(adapter, [one for one in made if one.flaw is None])
    async with serving([site]) as endpoints, open_transport() as transport:
        (page,) = [page async for page in adapter.pull(transport, endpoints[SLUG], Position(), TOKENS, {})]
    assert ([row.problems for row in page.rejected], len(page.mapped)) == ([], len(site.rows()))


def test_no_person_of_the_sample_is_in_any_file(start: Start) -> None:
    files = contents(start()[0])
    assert [(name, who) for name, text in files.items() for who in PEOPLE if who in text] == []


def test_the_same_sample_gives_the_same_files(start: Start, tmp_path: Path) -> None:
    assert contents(start()[0]) == contents(start_folder(SLUG, SAMPLE, tmp_path / "again")[0])


def test_a_workbook_and_a_text_of_the_same_rows_give_the_same_folder(start: Start, tmp_path: Path) -> None:
    made = Workbook()
    for line in SAMPLE.read_text("utf-8").splitlines():
        made.active.append(line.split(","))
    made.save(tmp_path / "sample.csv.xlsx")
    folder, _ = start()
    other, _ = start_folder(SLUG, tmp_path / "sample.csv.xlsx", tmp_path / "again")
    assert {name: text.replace("sample.csv.xlsx", "sample.csv") for name, text in contents(other).items()} == contents(
        folder
    )


def test_what_is_open_is_told_by_file_and_in_two_languages(start: Start) -> None:
    _, points = start()
    unused = [point.en for point in points if "is not mapped" in point.en]
    assert unused == [f"the field {name} is not mapped" for name in ("序号", "联系邮箱", "海洋数据来源")]
    assert {"manifest.toml", "tracks.toml", "notice.toml", "lookups.toml", "mapping.py"} <= {p.place for p in points}
    assert [point for point in points if not (re.search("[一-鿿]", point.zh) and point.en)] == []


def test_a_label_that_cannot_be_guessed_waits_for_a_person(start: Start) -> None:
    folder, _ = start()
    assert '# "复议中" = ""  # 待填' in (folder / "lookups.toml").read_text("utf-8")
    rows = [dict(row) for row in read_sample(SAMPLE).rows]
    codes = [problem.code for row in mapped(registry.read(folder), rows).rejected for problem in row.problems]
    assert codes == ["UNKNOWN_LABEL", "UNKNOWN_LABEL"]


def test_a_slug_that_is_no_region_is_refused_with_those_near_it(tmp_path: Path) -> None:
    with pytest.raises(RequestError) as caught:
        start_folder("shangdong", SAMPLE, tmp_path)
    assert (caught.value.code, "shandong" in caught.value.problems[0].remedy_en, [*tmp_path.iterdir()]) == (
        "REGION_UNKNOWN",
        True,
        [],
    )


def test_a_folder_that_is_there_is_left_alone(start: Start) -> None:
    folder, _ = start()
    before = contents(folder)
    with pytest.raises(RequestError) as caught:
        start()
    assert (caught.value.code, contents(folder) == before) == ("FOLDER_EXISTS", True)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.doc", b""),
        ("a.json", b"{"),
        ("a.json", b'{"data": []}'),
        ("a.json", b"[1, 2]"),
        ("a.csv", "编号,名称\n".encode()),
        ("a.csv", "编号,编号\n1,2\n".encode()),
    ],
)
def test_a_sample_of_no_use_is_refused_and_nothing_is_written(name: str, body: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(RequestError) as caught:
        start_folder(SLUG, tmp_path / name, tmp_path / "into")
    assert (caught.value.code, (tmp_path / "into").exists()) == ("SAMPLE_UNREADABLE", False)


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("成员2身份证号", "person_id"), ("联系方式", "person_phone"), ("团队负责人", "person_name"), ("联系人手机", "person_phone"),
        ("证件号码", "person_id"), ("联系人", "person_name"), ("是否联系人", "person_contact"), ("电子邮箱", "person_other"),
        ("团队名称", "team"), ("赛题编号", "topic"), ("项目编号", "native_id"), ("projectNo", "native_id"),
        ("牵头单位", "organisation_name"), ("单位性质", "organisation_kind"), ("指导单位", ""), ("奖项", "award"),
        ("提交时间", "submitted"), ("idCard", "person_id"), ("contactPhone", "person_phone"), ("备注", ""),
    ],
)  # fmt: skip
def test_a_heading_is_recognised(key: str, role: str) -> None:
    assert role_of(key, "", "", ()) == role


@pytest.mark.parametrize(
    ("values", "role"),
    [(("15412345678", "15412345679"), "person_phone"), (("37010120900908760X",), "person_id"), (("12", "13"), "")],
)
def test_personal_numbers_are_recognised_under_a_heading_that_does_not_say_so(
    values: tuple[str, ...], role: str
) -> None:
    assert role_of("备用", "", "", values) == role


@pytest.mark.parametrize(
    ("table", "label", "member"),
    [
        ("stage", "决赛评审", "FINAL"),
        ("stage", "复议中", None),
        ("status", "未晋级", "ELIMINATED"),
        ("award", "特色单项奖", "SPECIAL"),
        ("award", "未获奖", "NONE"),
        ("organisation_kind", "中央企业", "CENTRAL_STATE_OWNED"),
        ("organisation_kind", "国有企业", "STATE_OWNED"),
    ],
)
def test_a_label_leads_where_its_words_point(table: str, label: str, member: str | None) -> None:
    assert target_of(table, label) == member


def test_the_commands_start_a_folder_show_its_rows_and_hide_persons(tmp_path: Path) -> None:
    started = dexhub("new", SLUG, "--from-sample", SAMPLE, "--into", "trial", cwd=tmp_path)
    shown = dexhub("preview", SLUG, SAMPLE, "--in", "trial", cwd=tmp_path)
    assert (started.returncode, "☐" in started.stdout, shown.returncode) == (0, True, 1)
    assert ("共 12 行，可映射 10，有问题 2" in shown.stdout, "海洋数据来源" in shown.stdout) == (True, True)
    assert "UNKNOWN_LABEL" in shown.stderr
    assert [who for who in PEOPLE if who in started.stdout + shown.stdout + shown.stderr] == []


def test_preview_shows_the_samples_of_a_region_that_is_there(tmp_path: Path) -> None:
    shown = dexhub("preview", "41", cwd=tmp_path)
    assert (shown.returncode, "共 3 行，可映射 3，有问题 0" in shown.stdout) == (0, True)


def test_a_region_that_nobody_linked_has_no_preview(tmp_path: Path) -> None:
    refused = dexhub("preview", "atlantis", cwd=tmp_path)
    assert (refused.returncode, "REGION_UNKNOWN" in refused.stderr) == (2, True)
