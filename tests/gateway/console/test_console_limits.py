"""Pages and acts are held to the limits that hold for everybody: what a key may do, how much a minute, how large."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from graphql import parse

from gateway.auth import EVERY_SCOPE, KeyWish, Viewer, make_key
from gateway.console import sessions
from gateway.console.page import Asked
from gateway.console.registry import PAGES
from gateway.limits.measure import measure
from gateway.schema import graphql_schema
from schema.key_scope import KeyScope
from schema.vocabulary import Role
from sync.settings import LimitSettings

A_PERSON = 60  # pages a minute, which nobody reads


def signed_in(service, **wish):
    """Somebody with a key of the national organiser's, signed in with it; its prefix, and the token of a form."""
    key = make_key(service.hub.database, KeyWish("办公室", Role.NATIONAL, **wish))
    http = service.client().http
    token = re.search(r'name="token" value="([^"]+)"', http.get("/sign-in").text)[1]
    http.post("/sign-in", data={"token": token, "key": key, "next": "/"})
    return http, key.split("_")[1], re.search(r'name="token" value="([^"]+)"', http.get("/").text)[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_any_page_can_be_opened_as_often_as_anybody_would_within_the_budget_of_a_key(page) -> None:
    pairs = [("ids", f"C{number}") for number in range(50)] if page.path == "/cases/preview" else []
    named = dict.fromkeys(re.findall(r"{(\w+)}", page.path), "X")
    variables = page.variables(Asked(named, pairs, {}, Viewer("office", Role.NATIONAL)))
    limits = LimitSettings()
    found = measure(graphql_schema()._schema, parse(page.source()), variables, limits, None)
    assert found.cost * A_PERSON <= limits.cost_per_minute


def test_a_key_that_only_reads_changes_nothing_here_either(own) -> None:
    http, _, token = signed_in(own, scopes=frozenset({KeyScope.READ}))
    answer = http.post("/roster/renew", data={"token": token, "reason": "试"})
    assert (answer.status_code, "FORBIDDEN" in answer.text) == (403, True)


def test_a_key_that_only_reads_hands_in_no_list(own) -> None:
    http, _, token = signed_in(own, scopes=frozenset({KeyScope.READ}))
    answer = http.post("/recommendations/upload", data={"token": token, "mode": "check", "region": "41"})
    assert (answer.status_code, "FORBIDDEN" in answer.text) == (403, True)


def test_a_session_ends_with_the_key_that_opened_it(own) -> None:
    end = datetime.now(UTC) + timedelta(days=1)
    http, _, _ = signed_in(own, expires_at=end)
    before = http.get("/").status_code
    own.hub.now = lambda: end
    assert (before, http.get("/").status_code) == (200, 303)


def test_a_job_that_has_spent_its_minute_keeps_nobody_from_the_pages(own) -> None:
    http, prefix, _ = signed_in(own, scopes=EVERY_SCOPE)
    own.hub.rates.fine(prefix, own.hub.settings.limits.cost_per_minute)
    assert http.get("/").status_code == 200


def test_who_asks_for_too_many_pages_is_told_to_wait_and_signing_in_again_does_not_help(own) -> None:
    http, prefix, _ = signed_in(own)
    own.hub.rates.fine(f"console:{prefix}", own.hub.settings.limits.cost_per_minute)
    again = own.client().http
    again.cookies.set(sessions.COOKIE, http.cookies[sessions.COOKIE])
    answers = [each.get("/entries") for each in (http, again)]
    assert [(each.status_code, "RATE_LIMITED" in each.text) for each in answers] == [(429, True)] * 2


def test_a_visitor_who_asks_for_too_much_is_told_to_wait(own) -> None:
    own.hub.rates.fine("visitor:127.0.0.1", own.hub.settings.limits.cost_per_minute)
    assert own.client().http.get("/publicity").status_code == 429


def test_whoever_shows_too_many_wrong_keys_waits_as_everywhere(own) -> None:
    http = own.client().http
    token = re.search(r'name="token" value="([^"]+)"', http.get("/sign-in").text)[1]
    wrong = {"token": token, "key": "dexhub_nobody_knows", "next": "/"}
    answers = [http.post("/sign-in", data=wrong) for _ in range(own.hub.settings.limits.refusals_per_minute + 1)]
    assert {each.status_code for each in answers[:-1]} | {answers[-1].status_code} == {401, 429}


def test_a_table_may_be_larger_than_a_query(own) -> None:
    http, _, token = signed_in(own)
    rows = "名次,项目编号,国家赛道,备注\n" + "".join(f"{n},HA{n:07},N01,{'说' * 100}\n" for n in range(1, 9000))
    file = {"file": ("list.csv", rows.encode(), "text/csv")}
    answer = http.post("/recommendations/upload", data={"token": token, "mode": "check", "region": "41"}, files=file)
    assert (len(rows.encode()) > own.hub.settings.limits.body_bytes, answer.status_code) == (True, 200)


@pytest.mark.parametrize("path", ["/entries?text=%00", "/entries/41:%00", "/cases/C%00", "/recommendations/TJ%00"])
def test_a_character_that_no_database_takes_is_no_error_of_ours(serve, filled, cookie_of, path) -> None:
    service = serve(filled)
    http = service.client().http
    http.cookies.set(sessions.COOKIE, cookie_of(service, "NATIONAL"))
    assert http.get(path).status_code in (200, 404)
