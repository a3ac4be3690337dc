"""Who may do what, by requests that no page offers: refused all the same, for every page and every act."""

import re

import pytest

from gateway.console import sessions
from gateway.console.registry import ACTS, PAGES
from schema.vocabulary import Role

REFUSED_PAGES = [page for page in PAGES if Role.REGION not in page.roles]
REFUSED_ACTS = [act for act in ACTS if Role.REGION not in act.roles]


def path_of(made) -> str:
    return re.sub(r"\{\w+\}", "X", made.path)


@pytest.fixture
def clerk(service, cookie_of):
    """A region's clerk, without a browser; and the token of a form of theirs."""
    http = service.client().http
    http.cookies.set(sessions.COOKIE, cookie_of(service, "REGION"))
    found = re.search(r'name="token" value="([^"]+)"', http.get("/").text)
    assert found
    return http, found[1]


@pytest.mark.parametrize("page", REFUSED_PAGES, ids=lambda page: page.path)
def test_a_page_of_the_organisers_is_refused_to_a_region(clerk, page) -> None:
    assert clerk[0].get(path_of(page)).status_code == 403


@pytest.mark.parametrize("act", REFUSED_ACTS, ids=lambda act: act.path)
def test_an_act_of_the_organisers_is_refused_to_a_region(clerk, act) -> None:
    http, token = clerk
    answer = http.post(path_of(act), data={"token": token, "reason": "试"})
    assert (answer.status_code, "FORBIDDEN" in answer.text) == (403, True)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/registers/ORGANISERS/template.xlsx"), ("POST", "/registers/ORGANISERS/import")],
)
def test_files_of_registers_are_the_organisers_alone(clerk, method, path) -> None:
    assert clerk[0].request(method, path, data={"token": clerk[1]} if method == "POST" else None).status_code == 403


def test_a_region_gets_the_template_of_no_other_region(clerk) -> None:
    http, _ = clerk
    answers = [http.get(f"/recommendations/template/{code}.xlsx") for code in ("41", "61")]
    assert [answer.status_code for answer in answers] == [200, 404]


def test_without_a_session_everything_but_publicity_leads_to_signing_in(service) -> None:
    http = service.client().http
    plain = [page for page in PAGES if "{" not in page.path]
    assert {page.path: http.get(page.path).status_code for page in plain} == {
        page.path: 200 if page.public else 303 for page in plain
    }
