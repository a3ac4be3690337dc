"""What everybody may read without a key, and how somebody objects."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from schema.vocabulary import Role
from sync.repository.publicity import PublicityStore
from sync.scope import EVERYTHING

SAID = {
    "rank": 2,
    "objector": "欧阳明德",
    "contact": "ouyang@example.org",
    "grounds": "与他人项目雷同，电话13912345678",
    "evidence": ["https://example.org/1"],
}
WAITING = "{ objections { nodes { id entryId objector contact grounds evidence status } } }"


@pytest.fixture
def window(own, items):
    """The window of a list of three, open for a week; and the service."""
    opened = own.published(own.accepted(own.national, "41", items("41", 3)), datetime.now(UTC) + timedelta(days=7))
    with own.hub.database.read() as session:
        return PublicityStore(session, EVERYTHING).window(opened)


@pytest.fixture
def public(own):
    """Somebody without a key."""
    return own.client().http


def codes(answer) -> list[str]:
    return [problem["code"] for problem in answer.json()["errors"][0]["extensions"]["problems"]]


def test_the_page_names_every_project_with_its_organisation_and_no_number_of_it(public, window, own, items) -> None:
    page = public.get("/publicity").text
    titles = [each["title"] in page and each["organisation"] in page for each in window.names]
    assert (titles, [item["entryId"] for item in items("41", 3) if item["entryId"] in page]) == ([True] * 3, [])


def test_the_page_runs_no_script_but_ours_whatever_a_title_holds(public, window) -> None:
    policy = public.get("/publicity").headers["content-security-policy"]
    assert [part for part in policy.split("; ") if "-src" in part] == [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
    ]  # fmt: skip


def test_the_json_says_what_is_open_until_when_and_by_what_rule(public, window) -> None:
    (told,) = public.get("/publicity.json").json()["windows"]
    assert (told["id"], told["open"], [sorted(each) for each in told["names"]]) == (
        "GS-41-001", True, [["organisation", "rank", "title", "track"]] * 3,
    )  # fmt: skip


def test_the_feed_is_atom_with_an_entry_for_each_window(public, window) -> None:
    answer = public.get("/publicity/feed.atom")
    ids = [each.text for each in ET.fromstring(answer.content).iter("{http://www.w3.org/2005/Atom}id")]
    assert (answer.headers["content-type"], ids) == (
        "application/atom+xml",
        ["urn:dexhub:publicity", "urn:dexhub:publicity:GS-41-001"],
    )


def test_the_list_of_a_city_is_laid_open_under_its_own_name(public, own, items, expected) -> None:
    city = [item for item in items("43") if expected[item["entryId"]].city == "益阳"]
    province = own.of(Role.REGION, "43")
    below = [{**item, "rank": rank} for rank, item in enumerate(city, start=1)]
    own.published(own.accepted(province, "43", below, issuer="4309"), datetime.now(UTC) + timedelta(days=7))
    (told,) = public.get("/publicity.json").json()["windows"]
    assert (told["region"], told["issuer"], "湖南益阳 GS-4309-001" in public.get("/publicity").text) == (
        "湖南", "湖南益阳", True,
    )  # fmt: skip


def test_a_hub_without_publicity_says_so(public) -> None:
    assert "目前没有公示" in public.get("/publicity").text


def test_an_objection_is_taken_in_and_shown_to_the_organiser_without_its_telephone_number(
    public, window, own, items
) -> None:
    answer = public.post("/publicity/GS-41-001/objections", json=SAID)
    told = own.national.ask(WAITING)["objections"]["nodes"]
    assert (answer.status_code, told) == (
        201,
        [
            {
                "id": answer.json()["objection"], "entryId": items("41", 3)[1]["entryId"], "objector": "欧阳明德",
                "contact": "ouyang@example.org", "grounds": "与他人项目雷同，电话139********", "evidence": ["https://example.org/1"],
                "status": "RECEIVED",
            }
        ],
    )  # fmt: skip


def test_who_objects_is_masked_to_all_but_the_organiser(public, window, own) -> None:
    public.post("/publicity/GS-41-001/objections", json=SAID)
    seen = [
        client.ask("{ objections { nodes { objector contact grounds evidence } } }")["objections"]["nodes"]
        for client in (own.of(Role.REGION, "41"), own.of(Role.JOB), own.of(Role.REGION, "61"))
    ]
    masked = [{"objector": "欧**", "contact": None, "grounds": None, "evidence": []}]
    assert seen == [masked, masked, []]


def test_nothing_of_an_objector_is_in_the_log_or_on_record(public, window, own, caplog) -> None:
    public.post("/publicity/GS-41-001/objections", json=SAID)
    public.post("/publicity/GS-41-001/objections", json={**SAID, "rank": "x"})
    text = caplog.text + str(own.national.ask("{ auditRecords { nodes { actor subject reason change } } }"))
    assert [word for word in ("欧阳明德", "ouyang", "雷同", "example.org") if word in text] == []


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"objector": "匿名"}, ["OBJECTION_NAMELESS"]),
        ({"objector": " "}, ["OBJECTION_INCOMPLETE"]),
        ({"contact": "139 1234 5678"}, ["CONTACT_PERSONAL"]),
        ({"evidence": []}, ["EVIDENCE_MISSING"]),
        ({"rank": 9}, ["ITEM_UNKNOWN"]),
        ({"grounds": "", "evidence": [""], "rank": 0}, ["OBJECTION_INCOMPLETE", "EVIDENCE_MISSING", "ITEM_UNKNOWN"]),
        ({"more": 1}, ["BODY_INVALID"]),
    ],
)
def test_a_faulty_objection_is_refused_with_all_that_is_wrong(public, window, change, faults) -> None:
    answer = public.post("/publicity/GS-41-001/objections", json={**SAID, **change})
    assert (answer.status_code, codes(answer)) == (400, faults)


@pytest.mark.parametrize(
    ("window", "change", "faults"),
    [("GS-41-001", {"grounds": "a\0b"}, ["BODY_INVALID"]), ("GS%00", {}, ["PUBLICITY_UNKNOWN"])],
)
def test_what_no_database_stores_is_refused_and_no_error_of_ours(serve, filled, window, change, faults) -> None:
    answer = serve(filled).client().http.post(f"/publicity/{window}/objections", json={**SAID, **change})
    assert (answer.status_code, codes(answer)) == (400, faults)


def test_a_body_that_is_too_large_is_refused_before_it_is_read_to_its_end(public, window) -> None:
    answer = public.post("/publicity/GS-41-001/objections", content=b"x" * 70_000)
    assert (answer.status_code, codes(answer)) == (413, ["BODY_INVALID"])


def test_an_objection_to_nothing_is_refused(public, window) -> None:
    assert codes(public.post("/publicity/GS-41-009/objections", json=SAID)) == ["PUBLICITY_UNKNOWN"]


def test_an_objection_after_the_window_is_refused(public, window, own) -> None:
    own.hub.now = lambda: window.closes_at
    assert codes(public.post("/publicity/GS-41-001/objections", json=SAID)) == ["OBJECTION_LATE"]


@pytest.fixture
def stopped(public, window, own):
    """The list was returned with an objection waiting."""
    public.post("/publicity/GS-41-001/objections", json=SAID)
    assert own.move(own.national, window.receipt, "RETURN", reason="须补充")["problems"] == []
    return window


def test_once_a_list_is_returned_the_public_sees_that_and_no_name_of_it(public, stopped) -> None:
    page, told, feed = (public.get(path).text for path in ("/publicity", "/publicity.json", "/publicity/feed.atom"))
    said = ["公示中止" in page, '"open":false' in told, "公示中止" in feed]
    named = [each["title"] for each in stopped.names if each["title"] in page + told + feed]
    assert (said, named) == ([True] * 3, [])


def test_nobody_objects_to_a_window_that_was_stopped(public, stopped) -> None:
    assert codes(public.post("/publicity/GS-41-001/objections", json=SAID)) == ["PUBLICITY_STOPPED"]


@pytest.fixture
def returned(serve, filled, items):
    """Over either database: a list that was laid open and then returned."""
    service = serve(filled)
    receipt = service.accepted(service.national, "41", items("41", 3))
    service.published(receipt, datetime.now(UTC) + timedelta(days=7))
    assert service.move(service.national, receipt, "RETURN", reason="须补充")["problems"] == []
    return service


def test_other_regions_see_no_names_of_a_window_that_was_stopped(returned) -> None:
    asked = "{ publicityWindows { nodes { isOpen stoppedAt names { rank } } } }"
    seen = [returned.of(Role.REGION, code).ask(asked)["publicityWindows"]["nodes"][0] for code in ("41", "61")]
    assert [(each["isOpen"], each["stoppedAt"] is None, len(each["names"])) for each in seen] == [
        (False, False, 3),
        (False, False, 0),
    ]


def test_a_stopped_window_asked_for_by_its_id_shows_other_regions_no_names(returned) -> None:
    asked = '{ node(id: "GS-41-001") { ... on PublicityWindow { names { rank } } } }'
    seen = [len(returned.of(Role.REGION, code).ask(asked)["node"]["names"]) for code in ("41", "61")]
    assert seen == [3, 0]


def test_the_page_of_the_public_shows_no_names_of_a_window_that_was_stopped(returned) -> None:
    page = returned.client().http.get("/publicity").text
    assert ("已中止" in page, "<tbody>" in page) == (True, False)
