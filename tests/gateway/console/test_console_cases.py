"""Duplicates on the console: decided by keyboard, taken back, decided together, and by two clerks at once."""

import pytest

OPEN = "{ duplicateCases(statuses: [OPEN], order: REVIEW) { nodes { id } } }"
CASE = "query ($id: ID!) { duplicateCase(id: $id) { status decisions { status reason author } } }"


@pytest.fixture
def queue(own) -> list[str]:
    return [case["id"] for case in own.national.ask(OPEN)["duplicateCases"]["nodes"]]


def standing(own, case: str) -> tuple[str, list[str]]:
    found = own.national.ask(CASE, id=case)["duplicateCase"]
    return found["status"], [each["reason"] for each in found["decisions"]]


def test_a_case_is_decided_by_keyboard_and_the_next_one_opens(visit, own, queue) -> None:
    page = visit(own, "NATIONAL").open("/cases")
    page.keyboard.press("j")
    page.wait_for_url(f"**/cases/{queue[0]}*")
    page.keyboard.press("1")  # no reason yet: the key leads to where it is written
    page.keyboard.type("电话核实为同一团队")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.wait_for_url(f"**/cases/{queue[1]}?done=decide_case")
    assert (standing(own, queue[0]), "裁定已记录" in page.locator(".said").inner_text()) == (
        ("CONFIRMED", ["电话核实为同一团队"]),
        True,
    )


def test_no_case_is_decided_without_a_reason(visit, own, queue) -> None:
    page = visit(own, "NATIONAL").open(f"/cases/{queue[0]}")
    page.get_by_role("button", name="不是重复").click()
    assert (page.locator("#decide textarea:invalid").count(), standing(own, queue[0])) == (1, ("OPEN", []))


def test_a_decision_is_taken_back_within_the_session(visit, own, queue) -> None:
    page = visit(own, "NATIONAL").open(f"/cases/{queue[0]}")
    page.locator("#decide textarea").fill("看错了")
    page.get_by_role("button", name="不是重复").click()
    page.get_by_role("button", name="撤回", exact=True).click()
    page.wait_for_url(f"**/cases/{queue[0]}?done=decide_case")
    assert (standing(own, queue[0])[0], page.locator(".decided").count()) == ("OPEN", 0)


def test_of_two_clerks_the_second_hears_that_the_case_has_changed(visit, own, queue) -> None:
    first, second = visit(own, "NATIONAL"), visit(own, "NATIONAL")
    second.expects_refusals()
    for clerk in (first, second):
        clerk.open(f"/cases/{queue[0]}").locator("#decide textarea").fill("核实")
    first.page.get_by_role("button", name="不是重复").click()
    first.page.locator(".said").wait_for()
    second.page.get_by_role("button", name="1 重复").click()
    told = second.page.locator(".problems .code").inner_text()
    assert (told, standing(own, queue[0])) == ("CASE_CHANGED", ("DISMISSED", ["核实"]))


def test_a_double_click_decides_once(visit, own, queue) -> None:
    page = visit(own, "NATIONAL").open(f"/cases/{queue[0]}")
    page.locator("#decide textarea").fill("核实")
    page.evaluate("""() => {
        const form = document.getElementById("decide");
        const body = new URLSearchParams([...new FormData(form), ["decision", "DISMISSED"]]);
        return Promise.all([1, 2].map(() => fetch(form.action, { method: "POST", body })));
    }""")
    assert standing(own, queue[0]) == ("DISMISSED", ["核实"])


def test_cases_are_dismissed_together_only_after_a_look_that_names_them(visit, own, queue) -> None:
    page = visit(own, "NATIONAL").open("/cases")
    for case in queue[:2]:
        page.get_by_label(f"选择案件 {case}").check()
    page.get_by_role("button", name="批量排除").click()
    named = page.locator("tbody code").all_inner_texts()
    page.locator("textarea").fill("同一集团的两个独立项目")
    page.get_by_role("button", name="排除这 2 个案件").click()
    page.locator(".said").wait_for()
    assert (named, [standing(own, case)[0] for case in queue[:3]]) == (queue[:2], ["DISMISSED", "DISMISSED", "OPEN"])


def test_a_region_is_offered_no_decision(visit, furnished) -> None:
    page = visit(furnished, "REGION").open("/cases")
    page.locator(".queue a").first.click()
    page.locator(".sides").wait_for()
    assert page.locator("#decide").count() == 0
