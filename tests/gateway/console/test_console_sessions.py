"""Signing in and out, and what becomes of forms when a session is over, stale or another's."""

from datetime import timedelta

import pytest

from gateway.auth import create_key, revoke_key
from gateway.console import sessions
from schema.vocabulary import Role
from sync.tables import ConsoleSessionRow

TOKEN = "document.querySelector('input[name=token]').value"


def test_one_signs_in_with_a_key_goes_where_one_wanted_to_and_signs_out(visit, own) -> None:
    key = create_key(own.hub.database, "省组委会", Role.REGION, "41")
    page = visit(own).open("/entries?stages=FINAL")
    page.get_by_label("密钥").fill(key)
    page.get_by_role("button", name="登录").click()
    page.locator("#results").wait_for()
    led_to, readable = page.url.removeprefix(own.url), page.evaluate("document.cookie")
    page.get_by_role("button", name="退出").click()
    page.get_by_label("密钥").wait_for()
    page.goto(f"{own.url}/entries")
    assert (led_to, readable, page.get_by_label("密钥").is_visible()) == ("/entries?stages=FINAL", "", True)


def test_a_wrong_key_is_told_in_plain_words(visit, service) -> None:
    visitor = visit(service)
    visitor.expects_refusals()
    page = visitor.open("/sign-in")
    page.get_by_label("密钥").fill("dexhub_nobody_knows")
    page.get_by_role("button", name="登录").click()
    assert "密钥无效或已吊销" in page.locator("[role=alert]").inner_text()


def test_an_idle_session_ends_and_says_so_and_what_was_sent_is_not_done(visit, own) -> None:
    page = visit(own, "NATIONAL").open("/cases")
    page.locator(".queue a").first.click()
    page.locator("#decide textarea").fill("核实")
    now = own.hub.now
    own.hub.now = lambda: now() + timedelta(minutes=32)
    page.get_by_role("button", name="不是重复").click()
    page.get_by_label("密钥").wait_for()
    decided = own.national.ask("{ duplicateCases { nodes { decisions { status } } } }")["duplicateCases"]["nodes"]
    assert ("登录已过期" in page.locator(".said").inner_text(), [each for each in decided if each["decisions"]]) == (
        True,
        [],
    )


def test_a_session_that_ended_leads_to_signing_in_from_a_part_of_a_page_too(visit, own) -> None:
    visitor = visit(own, "NATIONAL")
    visitor.expects_refusals()
    page = visitor.open("/entries")
    now = own.hub.now
    own.hub.now = lambda: now() + timedelta(hours=13)
    page.locator("#f-regions").select_option("61")
    page.get_by_label("密钥").wait_for()
    assert "登录已过期" in page.locator(".said").inner_text()


def test_a_revoked_key_ends_its_session_at_once(visit, own) -> None:
    visitor = visit(own)
    key = create_key(own.hub.database, "离任", Role.NATIONAL)
    page = visitor.open("/sign-in")
    page.get_by_label("密钥").fill(key)
    page.get_by_role("button", name="登录").click()
    page.locator(".figures").wait_for()
    revoke_key(own.hub.database, key.split("_")[1], "operator", "离任")
    page.reload()
    assert page.get_by_label("密钥").is_visible()


def test_signing_out_while_another_window_reads_a_page_ends_the_session(own, cookie_of, monkeypatch) -> None:
    http, later = own.client().http, own.hub.now() + timedelta(minutes=2)
    http.cookies.set(sessions.COOKIE, cookie_of(own, "NATIONAL"))
    own.hub.now = lambda: later
    look = sessions._is_over

    def meanwhile(row, *rest):
        over = look(row, *rest)
        with own.hub.database.write() as opened:
            opened.get(ConsoleSessionRow, row.digest).ended_at = later
        return over

    monkeypatch.setattr(sessions, "_is_over", meanwhile)
    first = http.get("/").status_code
    monkeypatch.setattr(sessions, "_is_over", look)
    assert (first, http.get("/").status_code) == (200, 303)


def test_a_form_of_another_session_is_refused(visit, own) -> None:
    one, other = visit(own, "NATIONAL"), visit(own, "REGION")
    one.expects_refusals()
    token = other.open("/").evaluate(TOKEN)
    status = one.open("/").evaluate(
        "token => fetch('/sync/start', {method: 'POST', body: new URLSearchParams({token})}).then(each => each.status)",
        token,
    )
    assert status == 403


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "////evil.example",
        "//////evil.example",
    ],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(service, place) -> None:
    page = service.client().http.get("/sign-in", params={"next": place}).text
    assert 'name="next" value="/"' in page


@pytest.mark.parametrize("place", ["//evil.example", "////evil.example"])
def test_choosing_a_language_leads_to_no_other_site(service, place) -> None:
    answer = service.client().http.get("/language/en", params={"next": place})
    assert answer.headers["Location"] == "/"
