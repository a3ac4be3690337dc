"""Every page, for everybody who may see it: nothing fails, nothing runs that a province sent, everybody can read it."""

import re
from typing import Any, Final

import pytest

from gateway.console.registry import PAGES
from schema.vocabulary import Role

PLAIN: Final = [page for page in PAGES if "{" not in page.path and page.path != "/cases/preview"]
SEEN: Final = [(role, page) for role in (Role.NATIONAL, Role.REGION) for page in PLAIN if role in page.roles]


def name_of(path: str) -> str:
    return re.sub(r"\W+", "-", path).strip("-") or "overview"


def struck(visitor: Any) -> Any:
    return visitor.page.evaluate("window.struck")


@pytest.mark.parametrize(("role", "page"), SEEN, ids=lambda each: getattr(each, "path", each))
def test_a_page_opens_whole_readable_by_all_and_runs_nothing_that_a_province_sent(visit, furnished, role, page) -> None:
    visitor = visit(furnished, role.value, stays=True)
    visitor.open(page.path).wait_for_load_state("networkidle")
    visitor.picture(f"{name_of(page.path)}-{role.value.lower()}")
    heading = visitor.page.locator("h1").first.inner_text()
    assert (heading.startswith("未能完成"), visitor.faults(), struck(visitor)) == (False, [], None)


def test_an_entry_opens_with_what_its_province_knows_or_why_not(visit, furnished) -> None:
    visitor = visit(furnished, "NATIONAL")
    visitor.open("/entries?regions=41").locator("#rows a", has_text="<script>").first.click()
    visitor.page.locator("#native .stale, #native .facts").wait_for()
    visitor.picture("entry-national")
    assert ("<script>" in visitor.page.locator("h1").inner_text(), visitor.faults(), struck(visitor)) == (
        True,
        [],
        None,
    )


def test_a_case_shows_both_sides_its_evidence_and_clauses(visit, furnished) -> None:
    visitor = visit(furnished, "NATIONAL", stays=True)
    visitor.open("/cases").locator(".queue a").first.click()
    visitor.page.locator(".waterfall .total").first.wait_for()
    visitor.picture("case-national")
    assert (visitor.page.locator(".side").count() >= 2, visitor.faults(), struck(visitor)) == (True, [], None)


def test_a_list_and_its_receipt_can_be_read_and_printed(visit, furnished) -> None:
    visitor = visit(furnished, "REGION")
    visitor.open("/recommendations").locator("tbody code").first.click()
    visitor.picture("list-region")
    faults = visitor.faults()
    visitor.page.get_by_text("打印回执").click()
    visitor.page.emulate_media(media="print")
    visitor.picture("receipt-region")
    assert (faults, visitor.faults(), visitor.page.locator("header.top").is_visible()) == ([], [], False)


def test_a_visitor_sees_what_is_laid_open_and_nothing_else(visit, furnished) -> None:
    visitor = visit(furnished)
    page = visitor.open("/publicity")
    visitor.picture("publicity-visitor")
    faults, menu = visitor.faults(), page.locator(".menu a").all_inner_texts()
    visitor.open("/entries")
    visitor.picture("sign-in-visitor")
    assert (faults, menu, page.url.startswith(f"{furnished.url}/sign-in?"), visitor.faults()) == (
        [],
        ["公示"],
        True,
        [],
    )


def test_a_register_and_a_comparison_of_rules_open(visit, furnished) -> None:
    visitor = visit(furnished, "NATIONAL")
    visitor.open("/registers").get_by_role("link", name="组织单位", exact=True).click()
    visitor.picture("register-national")
    assert visitor.faults() == []


def test_everything_can_be_read_on_a_telephone(visit, furnished) -> None:
    visitor = visit(furnished, "REGION", viewport={"width": 390, "height": 844}, device_scale_factor=2)
    wide = []
    for page in PLAIN:
        if Role.REGION in page.roles:
            visitor.open(page.path)
            if visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(page.path)
    visitor.open("/")
    visitor.picture("overview-telephone")
    assert wide == []


def test_english_is_shown_to_who_wants_it(visit, furnished) -> None:
    visitor = visit(furnished, "NATIONAL")
    visitor.open("/").get_by_role("link", name="English").click()
    visitor.page.locator("html[lang=en]").wait_for()
    visitor.picture("overview-english")
    assert visitor.page.locator("h1").first.inner_text() == "Overview"


@pytest.mark.parametrize("role", ["REGION", "JOB"])
def test_what_a_role_may_not_do_is_not_offered_and_refused_all_the_same(visit, furnished, role) -> None:
    visitor = visit(furnished, role)
    visitor.expects_refusals()
    offered = visitor.open("/").locator(".menu a").all_inner_texts()
    status = visitor.page.goto(f"{furnished.url}/system").status
    assert ("系统" in offered, status, visitor.page.locator(".problems .code").inner_text()) == (
        False,
        403,
        "FORBIDDEN",
    )
