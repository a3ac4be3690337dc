"""A clerk's list over HTTP: by whom, in what form, what comes back, and that it counts whole or not at all."""

import io
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import openpyxl
import orjson
import pytest

from adapters.registry import regions
from gateway.list_uploads import XLSX
from schema.vocabulary import Role
from sync.list_files import read_list, region_template
from sync.workbooks.columns import TEMPLATE_VERSION
from sync.workbooks.kinds import MOST_BYTES

LISTS = "{ recommendationLists(currentOnly: false) { receipt content } }"
CODE = "41"


@pytest.fixture
def served(serve, filled):
    """A filled hub over either database."""
    return serve(filled)


@pytest.fixture
def clerk(served):
    return served.of(Role.REGION, CODE)


@pytest.fixture
def filled_in(items):
    """The region's template as a clerk fills it in."""

    def get(rows=None, change=lambda _: None) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(region_template(None, CODE)))
        sheet = book["推荐名单"]
        for number, item in enumerate(rows if rows is not None else items(CODE, 5), start=2):
            sheet.cell(number, 1, item["rank"])
            sheet.cell(number, 2, item["entryId"].partition(":")[2])
            sheet.cell(number, 4, item["nationalTrack"])
        change(sheet)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return get


def push(client, body, region: str = CODE, headers=None, **query) -> httpx.Response:
    asked = {"confirm": "已逐项核实"} | query
    return client.http.post(f"/lists/{region}", params=asked, content=body, headers=headers)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


def codes(answer: httpx.Response) -> list[tuple]:
    return [(f["row"], f["column"], f["code"]) for f in answer.json()["findings"] if f["severity"] == "BLOCKED"]


@pytest.mark.parametrize("region", [CODE, "henan", "河南"])
def test_a_filled_in_template_is_sealed_with_a_receipt(served, clerk, filled_in, items, region) -> None:
    answer = push(clerk, filled_in(), region)
    (sealed,) = clerk.ask(LISTS)["recommendationLists"]
    assert (answer.status_code, answer.json()["receipt"]) == (201, sealed["receipt"])
    assert orjson.loads(sealed["content"])["items"] == items(CODE, 5)


def test_a_form_is_taken_like_a_body(own, filled_in) -> None:
    clerk = own.of(Role.REGION, CODE)
    answer = clerk.http.post(f"/lists/{CODE}?confirm=已核实", files={"file": ("名单.xlsx", filled_in(), XLSX)})
    assert (answer.status_code, answer.json()["accepted"]) == (201, True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"--x\r\nno form", "multipart/form-data; boundary=x"), (b"", "multipart/form-data"),
     (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n', "multipart/form-data; boundary=x")],
    ids=["cut off", "no boundary", "no file"],
)  # fmt: skip
def test_a_form_without_a_file_is_refused(service, body, kind) -> None:
    answer = push(service.of(Role.REGION, CODE), body, headers={"Content-Type": kind})
    assert code(answer) == (422, "FORM_INVALID")


def test_a_dry_run_seals_nothing_and_says_so(served, clerk, filled_in) -> None:
    answer = push(clerk, filled_in(), dry_run=True)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["dryRun"]) == (200, False, True)
    assert clerk.ask(LISTS)["recommendationLists"] == []


def faulty(sheet) -> None:
    sheet["A3"], sheet["B4"], sheet["B5"] = "第二", "none", None


# Rows of the sheet, as the clerk counts them.
FOUND = [(3, "rank", "RANK_INVALID"), (4, "entryId", "ENTRY_UNKNOWN"), (5, "entryId", "VALUE_MISSING")]


def test_faults_of_reading_and_of_validation_are_told_together_and_nothing_is_sealed(clerk, filled_in) -> None:
    answer = push(clerk, filled_in(change=faulty))
    assert (answer.status_code, codes(answer)) == (422, FOUND)
    assert clerk.ask(LISTS)["recommendationLists"] == []


def test_every_finding_has_words_and_a_remedy_in_both_languages(service, filled_in) -> None:
    found = push(service.of(Role.REGION, CODE), filled_in(change=faulty)).json()["findings"]
    assert [f for f in found if not all((f["zh"], f["en"], f["remedy_zh"], f["remedy_en"]))] == []


@pytest.mark.parametrize("asked", [{"marked": True}, {"headers": {"Accept": XLSX}}], ids=["by query", "by header"])
def test_the_clerk_gets_the_workbook_back_mends_it_and_succeeds(own, filled_in, items, asked) -> None:
    clerk = own.of(Role.REGION, CODE)
    answer = push(clerk, filled_in(change=faulty), **asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, XLSX)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet, good = book["推荐名单"], items(CODE, 5)
    assert [cell for cell in ("A3", "B4", "B5") if sheet[cell].comment is None] == []
    sheet["A3"] = 2
    sheet["B4"], sheet["B5"] = (good[number]["entryId"].partition(":")[2] for number in (2, 3))
    out = io.BytesIO()
    book.save(out)
    again = push(clerk, out.getvalue(), **asked)
    assert again.status_code == 201
    assert orjson.loads(clerk.ask(LISTS)["recommendationLists"][0]["content"])["items"] == good


@pytest.mark.parametrize("other", [code for code in regions() if code != CODE])
def test_another_region_is_answered_as_one_that_does_not_exist(service, filled_in, other) -> None:
    client, body = service.of(Role.REGION, other), filled_in()
    pushed = [push(client, body, region) for region in (CODE, "99", "北京")]
    asked = [client.http.get(f"/lists/{region}/template") for region in (CODE, "99")]
    assert [each.status_code for each in (*pushed, *asked)] == [404] * 5
    assert pushed[0].json() == pushed[1].json()


@pytest.mark.parametrize(("role", "expected"), [(None, (401, "UNAUTHENTICATED")), (Role.JOB, (403, "FORBIDDEN"))])
def test_who_may_not_push_is_refused(service, role, expected) -> None:
    client = service.of(role) if role else service.client()
    assert code(push(client, b"")) == expected


def test_a_cookie_is_no_key(service, filled_in) -> None:
    key = service.of(Role.REGION, CODE).http.headers["Authorization"]
    answer = push(service.client(), filled_in(), headers={"Cookie": f"Authorization={key.split()[1]}"})
    assert code(answer) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"MZ\x90", (415, "FILE_FOREIGN")), (b"", (422, "FILE_EMPTY")), (b"PK\x03\x04", (422, "FILE_UNREADABLE")),
     (b"a,b\n1,2", (422, "HEADINGS_NOT_FOUND"))],
)  # fmt: skip
def test_what_is_no_list_is_answered_with_what_it_is(service, body, expected) -> None:
    assert code(push(service.of(Role.REGION, CODE), body, marked=True)) == expected


def test_a_body_beyond_the_cap_is_refused_while_it_comes(service) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range((MOST_BYTES >> 16) + 8):
            yield bytes(1 << 16)

    assert code(push(service.of(Role.REGION, CODE), pieces())) == (413, "FILE_TOO_LARGE")


def test_a_push_cut_off_half_way_is_no_list(own, filled_in, until) -> None:
    clerk, body = own.of(Role.REGION, CODE), filled_in()
    where = urlsplit(own.url)
    lines = (f"POST /lists/{CODE} HTTP/1.1", f"Host: {where.netloc}", f"Content-Length: {len(body)}",
             f"Authorization: {clerk.http.headers['Authorization']}", "", "")  # fmt: skip
    with socket.create_connection((where.hostname, where.port)) as connection:
        connection.sendall("\r\n".join(lines).encode() + body[: len(body) // 2])
    whole = push(clerk, body)
    assert (whole.status_code, len(clerk.ask(LISTS)["recommendationLists"])) == (201, 1)


def test_two_clerks_at_once_make_two_versions_and_no_half_one(served, clerk, filled_in, items) -> None:
    bodies = [filled_in(items(CODE, 3)), filled_in(items(CODE, 4))]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda body: push(clerk, body), bodies))
    sealed = [orjson.loads(each["content"]) for each in clerk.ask(LISTS)["recommendationLists"]]
    assert sorted(answer.json()["version"] for answer in answers) == [1, 2]
    assert sorted(len(each["items"]) for each in sealed) == [3, 4]


def test_a_push_repeated_with_its_key_gets_the_first_answer(own, filled_in) -> None:
    clerk, body = own.of(Role.REGION, CODE), filled_in()
    first, again = (push(clerk, body, headers={"Idempotency-Key": "a"}).json() for _ in range(2))
    assert (first["repeated"], again["repeated"], again["receipt"]) == (False, True, first["receipt"])


def test_a_key_with_another_list_is_refused(own, filled_in, items) -> None:
    clerk = own.of(Role.REGION, CODE)
    push(clerk, filled_in(), headers={"Idempotency-Key": "a"})
    other = push(clerk, filled_in(items(CODE, 4)), headers={"Idempotency-Key": "a"})
    assert (other.status_code, codes(other)) == (422, [(None, None, "KEY_REUSED")])


def test_an_issuer_of_another_region_does_not_exist(service, filled_in) -> None:
    assert code(push(service.of(Role.REGION, CODE), filled_in(), issuer="4309")) == (404, "REGION_UNKNOWN")


def test_what_is_to_be_confirmed_stops_a_list_until_it_is(own, filled_in) -> None:
    clerk = own.of(Role.REGION, CODE)
    asked, confirmed = (push(clerk, filled_in(), confirm=reason) for reason in ("", "已逐项核实"))
    assert {f["severity"] for f in asked.json()["findings"] if f["confirmed"] is None} >= {"TO_CONFIRM"}
    assert (asked.status_code, confirmed.status_code) == (422, 201)


def test_the_template_of_another_region_is_refused(own) -> None:
    answer = push(own.of(Role.NATIONAL), region_template(None, "61"))
    assert (None, None, "TEMPLATE_OF_ANOTHER_REGION") in codes(answer)


def test_an_older_template_is_read_and_said_to_be_old() -> None:
    book = openpyxl.load_workbook(io.BytesIO(region_template(None, CODE)))
    book["dexhub"]["A1"] = TEMPLATE_VERSION - 1
    out = io.BytesIO()
    book.save(out)
    assert [(each.code, each.stops) for each in read_list(out.getvalue(), CODE).marks] == [("TEMPLATE_OUTDATED", False)]


def test_what_is_typed_into_a_template_below_its_codes_stays_text() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(region_template(None, CODE)))["推荐名单"]
    assert [sheet.column_dimensions[letter].number_format for letter in "ABCDE"] == ["General", "@", "@", "@", "@"]


@pytest.mark.parametrize("region", regions())
def test_the_template_is_given_to_the_region_and_to_the_nation(service, region) -> None:
    clients = service.of(Role.REGION, region), service.national
    answers = [client.http.get(f"/lists/{region}/template", params={"entries": True}) for client in clients]
    books = [openpyxl.load_workbook(io.BytesIO(each.content)) for each in answers]
    names = ["推荐名单", "填写说明", "dexhub"]
    assert [(book.sheetnames, book["dexhub"].sheet_state, book["dexhub"]["B1"].value) for book in books] == [
        (names, "veryHidden", region)
    ] * 2
