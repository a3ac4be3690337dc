"""A table handed in over HTTP: by whom, in what form, and what it leads to."""

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from adapters import table
from adapters.columns import columns_of
from adapters.registry import regions
from adapters.sandbox.export import exported, text_table, workbook
from adapters.sandbox.serve import platforms
from gateway import files
from gateway.cli.files import put as put_by_hand
from gateway.hub import UPLOADS
from schema.vocabulary import Role
from sync.database import Database
from sync.settings import PlatformSettings

SLUG, CODE = "henan", "41"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files" / SLUG


@pytest.fixture
def hub(running, empty, folder: Path) -> Iterator:
    """A served hub that keeps files, and reads the region from them."""
    with running(empty) as service:
        service.hub.settings.files_folder = folder.parent
        service.hub.settings.platforms[SLUG] = PlatformSettings(url=folder.as_uri())
        yield service


@pytest.fixture
def empty(sqlite_backend) -> Database:
    return Database(sqlite_backend.new("empty"))


@pytest.fixture(scope="module")
def lines(corpus) -> list[list]:
    site = next(site for site in platforms(corpus) if site.adapter.manifest.slug == SLUG)
    sound = {made.native_id for made in corpus.registrations[SLUG] if made.flaw is None}
    return exported([row for row in site.rows() if row["projectNo"] in sound], columns_of(SLUG))


def put(client, body: object, region: str = CODE, name: str | None = "export.xlsx") -> httpx.Response:
    return client.http.post(f"/files/{region}", params={"name": name} if name else {}, content=body)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (2 << 20))
    return content.getvalue()


@pytest.mark.parametrize("region", [CODE, SLUG, "河南"])
def test_a_table_is_laid_down_whole_with_its_digest_told(hub, folder: Path, lines, region: str) -> None:
    body = workbook(lines)
    answer = put(hub.of(Role.REGION, CODE), body, region)
    (kept,) = folder.iterdir()
    assert (answer.status_code, kept.read_bytes() == body) == (201, True)
    assert answer.json() == {
        "region": CODE, "file": kept.name, "size": len(body), "rows": len(lines) - 1,
        "sha256": hashlib.sha256(body).hexdigest(),
    }  # fmt: skip


def test_what_was_handed_in_last_is_what_is_pulled(hub, lines, until) -> None:
    put(hub.national, workbook(lines[:3]))
    put(hub.national, text_table(lines), name="a.csv")
    hub.national.ask("mutation ($r: [ID!]) { startPull(regions: $r) { started { code } } }", r=[CODE])
    ask = "{ pulls { nodes { status created problems { code } } } }"
    until(lambda: [run["status"] for run in hub.national.ask(ask)["pulls"]["nodes"]] == ["SUCCEEDED"])
    assert hub.national.ask(ask)["pulls"]["nodes"] == [
        {"status": "SUCCEEDED", "created": len(lines) - 1, "problems": []}
    ]


@pytest.mark.parametrize("other", [code for code in regions() if code != CODE])
def test_another_region_is_answered_as_one_that_does_not_exist(hub, folder: Path, lines, other: str) -> None:
    client = hub.of(Role.REGION, other)
    answers = [put(client, workbook(lines), region) for region in (CODE, "99", "...")]
    assert ([each.status_code for each in answers], answers[0].json()) == ([404] * 3, answers[1].json())
    assert folder.exists() is False


@pytest.mark.parametrize(("role", "expected"), [(None, (401, "UNAUTHENTICATED")), (Role.JOB, (403, "FORBIDDEN"))])
def test_who_may_not_hand_in_is_refused(hub, folder: Path, lines, role, expected) -> None:
    client = hub.of(role) if role else hub.client()
    assert (code(put(client, workbook(lines))), folder.exists()) == (expected, False)


@pytest.mark.parametrize(
    "name",
    [None, "", "a", "a.xls", "a.exe", "a.xlsx.exe", "../a.xlsx", "..\\a.xlsx", "/etc/a.csv", "b/a.csv", ".a.csv", "~a.csv",
     "a\x00.csv", "a\n.csv", "x" * 200 + ".csv", "%2e%2e%2fa.csv"],
)  # fmt: skip
def test_a_name_that_is_no_plain_name_of_a_table_is_refused(hub, folder: Path, lines, name: str | None) -> None:
    answer = put(hub.of(Role.REGION, CODE), workbook(lines), name=name)
    assert (code(answer), folder.exists()) == ((400, "FILE_NAME_INVALID"), False)


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("a.xlsx", b"", "FILE_UNREADABLE"),
        ("a.xlsx", b"<html></html>", "FILE_UNREADABLE"),
        ("a.xlsx", bomb(), "FILE_TOO_LARGE"),
        ("a.csv", bomb(), "FILE_ENCODING"),
        ("a.csv", b"", "FILE_EMPTY"),
        ("a.csv", "别的列\n1\n".encode(), "COLUMN_MISSING"),
    ],
)
def test_what_is_no_table_of_the_region_is_refused_and_leaves_nothing(
    hub, folder: Path, name: str, body: bytes, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MOST_UNPACKED", 1 << 20)
    answer = put(hub.of(Role.REGION, CODE), body, name=name)
    assert (code(answer), list(folder.iterdir())) == ((422, expected), [])


def test_all_problems_of_the_headings_are_told_at_once(hub) -> None:
    answer = put(hub.of(Role.REGION, CODE), "别的列\n1\n".encode(), name="a.csv")
    told = {problem["code"] for problem in answer.json()["errors"][0]["extensions"]["problems"]}
    assert told == {"COLUMN_MISSING", "COLUMN_UNKNOWN"}


def test_a_body_beyond_the_cap_is_refused_while_it_comes_and_leaves_nothing(hub, folder: Path, monkeypatch) -> None:
    monkeypatch.setattr("sync.dropped_files.MOST_BYTES", 1 << 20)

    def pieces() -> Iterator[bytes]:
        for _ in range(64):
            yield bytes(1 << 16)

    answer = put(hub.of(Role.REGION, CODE), pieces())
    assert (code(answer), list(folder.iterdir())) == ((413, "FILE_TOO_LARGE"), [])


def test_without_a_folder_the_operator_is_told_what_to_set(hub, lines) -> None:
    hub.hub.settings.files_folder = None
    assert code(put(hub.national, workbook(lines))) == (503, "FILES_FOLDER_MISSING")


def test_the_command_line_lays_down_the_same(hub, folder: Path, lines, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("DEXHUB_FILES_FOLDER", str(folder.parent))
    path = tmp_path / "导出 1.xlsx"
    path.write_bytes(workbook(lines))
    put_by_hand(SLUG, path, as_json=True)
    (kept,) = folder.iterdir()
    assert (kept.read_bytes() == path.read_bytes(), kept.name.endswith("Z 导出 1.xlsx")) == (True, True)
    assert hashlib.sha256(path.read_bytes()).hexdigest() in capsys.readouterr().out


def test_one_more_than_are_received_at_a_time_is_asked_to_come_later(hub, folder: Path, lines) -> None:
    for _ in range(UPLOADS):
        hub.hub.uploads.acquire()
    client, body = hub.of(Role.REGION, CODE), workbook(lines)
    busy = (code(put(client, body)), folder.exists())
    hub.hub.uploads.release()
    assert (busy, put(client, body).status_code) == (((503, "UPLOADS_BUSY"), False), 201)


def test_files_that_are_refused_give_their_places_back(hub, lines) -> None:
    client = hub.of(Role.REGION, CODE)
    refused = [put(client, b"", name=name).status_code for name in ["a.csv", "a.exe"] * UPLOADS]
    assert (refused, put(client, workbook(lines)).status_code) == ([422, 400] * UPLOADS, 201)


def test_a_file_that_does_not_end_in_time_is_given_up_and_leaves_nothing(hub, folder: Path, lines, monkeypatch) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.2)  # seconds
    client, rest = hub.of(Role.REGION, CODE), threading.Event()

    def never_whole() -> Iterator[bytes]:
        yield b"half"
        rest.wait(5)
        yield b"the rest"

    answer = put(client, never_whole())
    rest.set()
    assert (code(answer), list(folder.iterdir())) == ((408, "UPLOAD_TOO_SLOW"), [])
