"""Reading on the console: finding entries, going from a figure to what it counts, taking tables away."""

from openpyxl import load_workbook
from playwright.sync_api import expect


def total(page) -> int:
    return int(page.locator("#total").inner_text().replace(",", ""))


def test_a_cell_of_the_heat_map_leads_to_as_many_entries_as_it_says(visit, furnished) -> None:
    page = visit(furnished, "NATIONAL", stays=True).open("/")
    cell = page.locator(".heat td a").first
    said = int(cell.inner_text())
    cell.click()
    page.wait_for_url("**/entries?*")
    assert total(page) == said


def test_a_filter_narrows_what_is_shown_and_stands_in_the_address(visit, furnished) -> None:
    page = visit(furnished, "NATIONAL", stays=True).open("/entries")
    before = page.locator("#total").inner_text()
    page.locator("#f-regions").select_option("61")
    page.wait_for_url("**regions=61**")
    expect(page.locator("#total")).not_to_have_text(before)
    assert {cell.inner_text() for cell in page.locator("#rows tr td:nth-child(2)").all()} == {"陕西"}


def test_fifty_more_are_added_below_without_repeating_any(visit, furnished) -> None:
    page = visit(furnished, "NATIONAL", stays=True).open("/entries")
    page.get_by_text("继续显示 50 项").click()
    expect(page.locator("#rows tr")).to_have_count(100)
    places = page.eval_on_selector_all("#rows tr th a", "all => all.map(each => each.href)")
    assert len(set(places)) == 100


def test_columns_that_were_chosen_are_there_the_next_time(visit, furnished) -> None:
    page = visit(furnished, "NATIONAL").open("/entries?columns=team&columns=score")
    page.goto(f"{furnished.url}/entries")
    assert page.locator("#results thead th").all_inner_texts() == ["名称", "团队", "得分"]


def test_the_table_to_take_away_holds_what_is_filtered(visit, furnished, tmp_path) -> None:
    visitor = visit(furnished, "REGION")
    page = visitor.open("/entries?stages=FINAL")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    download.value.save_as(tmp_path / "entries.xlsx")
    sheet = load_workbook(tmp_path / "entries.xlsx").active
    assert sheet.max_row - 1 == total(page)


def test_what_a_province_alone_knows_is_asked_for_when_the_entry_is_looked_at(visit, asking) -> None:
    page = visit(asking, "NATIONAL").open("/entries?regions=43&columns=city")
    page.locator("#rows a").first.click()
    page.locator("#native .facts").wait_for()
    assert "推荐单位" in page.locator("#native").inner_text()


def test_rules_of_one_kind_stand_side_by_side(visit, furnished) -> None:
    page = visit(furnished, "REGION", stays=True).open("/rules")
    page.get_by_role("link", name="各省对照").click()
    page.get_by_label("类别").select_option("TEAM")
    page.get_by_role("button", name="对照").click()
    page.wait_for_url("**kind=TEAM**")
    assert page.locator(".side-by-side section").count() == 5


def test_a_query_is_handed_to_graphiql_as_it_was_run(visit, furnished) -> None:
    visitor = visit(furnished, "NATIONAL")
    visitor.expects_refusals()  # GraphiQL has no key yet, and reads no schema without one
    page = visitor.open("/rules")
    page.get_by_role("link", name="在 GraphiQL 中打开").click()
    page.locator(".graphiql-query-editor .CodeMirror").wait_for()
    written = page.evaluate("document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.getValue()")
    assert written.startswith("query Rules(")


def test_a_filter_typed_by_hand_hears_of_every_mistake(visit, furnished) -> None:
    visitor = visit(furnished, "NATIONAL")
    visitor.expects_refusals()
    page = visitor.open("/entries?stages=LAST&regions=99&nonsense=1&submittedFrom=yesterday")
    assert [each.inner_text() for each in page.locator(".problems li small:not(.code)").all()] == [
        "regions", "stages", "submittedFrom", "nonsense",
    ]  # fmt: skip


def test_an_address_that_is_none_leads_home(visit, furnished) -> None:
    visitor = visit(furnished, "NATIONAL")
    visitor.expects_refusals()
    page = visitor.open("/nowhere")
    page.locator("main").get_by_role("link", name="回到总览").click()
    assert page.url == f"{furnished.url}/"


def test_another_regions_entry_is_not_there(visit, furnished) -> None:
    visitor = visit(furnished, "REGION")
    visitor.expects_refusals()
    answer = visitor.page.goto(f"{furnished.url}/entries/61:SNDX000001")
    assert (answer.status, visitor.page.locator(".problems .code").inner_text()) == (404, "PAGE_MISSING")
