"""Lists, roster, publicity, objections, registers, pulls and the record: acts of an office, by whom they are for."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from schema.vocabulary import Role
from sync.repository.guard_stops import GuardStopStore
from sync.scope import EVERYTHING
from sync.tables import GuardStopRow

STATES = "{ recommendationLists { state size } }"
OPEN = "{ duplicateCases(statuses: [OPEN], first: 1000) { nodes { id } } }"
STAGE = "{ roster { stage } }"
SEATED = "{ roster { items { entryId state reason } } }"


def table(rows) -> dict[str, object]:
    """A list as a clerk's system exports it."""
    lines = [f"{row['rank']},{row['entryId'].partition(':')[2]},{row['nationalTrack'] or ''}" for row in rows]
    text = "\n".join(["名次,项目编号,国家赛道", *lines])
    return {"name": "list.csv", "mimeType": "text/csv", "buffer": text.encode()}


def hand_in(page, rows, mode: str) -> None:
    page.get_by_label(re.compile("^文件")).set_input_files(table(rows))
    page.get_by_label(re.compile("^对“须确认”")).fill("已逐项核实")
    page.get_by_role("button", name=mode).click()


def test_the_story_of_a_final_from_a_regions_list_to_the_final_roster(visit, own, items) -> None:
    rows = items("41", 3)
    for case in own.national.ask(OPEN)["duplicateCases"]["nodes"]:
        assert own.decide(caseId=case["id"], decision="DISMISSED", reason="核实")["problems"] == []
    clerk, office, public = visit(own, "REGION"), visit(own, "NATIONAL"), visit(own)
    page = clerk.open("/recommendations")
    hand_in(page, rows, "校验")
    page.locator("#outcome .said").wait_for()  # the file is still chosen: what was checked is handed in
    page.get_by_role("button", name="提交并封存").click()
    clerk.done()
    clerk.picture("story-1-receipt")
    receipt = page.locator(".receipt dd b").inner_text()

    page = office.open(f"/recommendations/{receipt}")
    for act in ("开始审核", "接受", "公示"):
        page.get_by_role("button", name=act, exact=True).click()
        office.done()

    page = public.open("/publicity")
    page.get_by_text("提出异议").click()
    for label, words in (
        ("对第几名", "1"), ("姓名或单位", "欧阳明德"), ("联系方式", "ouyang@example.org"), ("事实和理由", "与他人项目雷同"),
        ("证据", "https://example.org/1"),
    ):  # fmt: skip
        page.get_by_label(re.compile(f"^{label}")).fill(words)
    page.get_by_role("button", name="提交异议").click()
    page.get_by_role("heading", name="异议已收到").wait_for()

    page = office.open("/objections")
    page.locator("textarea").fill("查实")
    page.get_by_role("button", name=re.compile("^成立")).click()
    office.done()
    later = datetime.now(UTC) + timedelta(days=60)
    own.hub.now = lambda: later
    office, clerk = visit(own, "NATIONAL"), visit(own, "REGION")
    office.open(f"/recommendations/{receipt}").get_by_role("button", name="确认", exact=True).click()
    office.done()
    page = office.open("/roster")
    for act in ("冻结", "终定"):
        page.locator("#act-reason").fill("组委会会议决定")
        page.get_by_role("button", name=act, exact=True).click()
        office.done()
    office.picture("story-2-final-roster")

    page = clerk.open("/roster")
    told = {item["entryId"]: item["reason"] for item in own.national.ask(SEATED)["roster"]["items"]}
    assert (
        page.get_by_text("已终定").first.is_visible(),
        told[rows[0]["entryId"]],
        own.national.ask(STAGE)["roster"]["stage"],
    ) == (True, "ORGANISER_EXCLUDED", "FINAL")


def test_a_faulty_list_hears_of_every_row_and_is_not_handed_in(visit, own, items) -> None:
    rows = [*items("41", 2), {"rank": 9, "entryId": "41:NOBODY", "nationalTrack": "N99"}]
    clerk = visit(own, "REGION")
    page = clerk.open("/recommendations")
    hand_in(page, rows, "校验")
    page.locator("#outcome table").wait_for()
    clerk.picture("list-with-faults-region")
    assert (len(page.locator("#outcome tbody tr").all()) >= 2, own.national.ask(STATES)["recommendationLists"]) == (
        True,
        [],
    )


def test_the_marked_workbook_comes_back_and_the_form_still_works(visit, own, items) -> None:
    visitor = visit(own, "REGION")
    page = visitor.open("/recommendations")
    with page.expect_download() as download:
        hand_in(page, items("41", 2), "下载标注结果")
    page.get_by_role("button", name="提交并封存").click()
    visitor.done()
    assert download.value.suggested_filename == "河南推荐名单-核对结果.xlsx"


def test_a_list_is_returned_row_by_row_and_the_next_version_says_what_differs(visit, own, items) -> None:
    office, clerk = visit(own, "NATIONAL"), visit(own, "REGION")
    receipt = own.submit(own.of(Role.REGION, "41"), "41", items("41", 3))["list"]["receipt"]
    own.move(own.national, receipt, "CHECK")
    page = office.open(f"/recommendations/{receipt}")
    page.get_by_label("退回第 2 行的理由").fill("请核对赛道")
    page.get_by_label("理由", exact=True).fill("一行有误")
    page.get_by_role("button", name="退回", exact=True).click()
    office.done()
    seen = clerk.open(f"/recommendations/{receipt}").locator(".history").first.inner_text()
    hand_in(clerk.open("/recommendations"), items("41", 2), "提交并封存")
    clerk.done()
    clerk.open("/recommendations").get_by_text("与上一版比较").first.click()
    assert ("请核对赛道" in seen, clerk.page.locator("del").count() > 0) == (True, True)


def test_what_if_shows_who_would_move_up_and_changes_nothing(visit, own, items) -> None:
    rows = items("41", 3)
    own.accepted(own.national, "41", rows)
    before = own.national.ask(SEATED)
    visitor = visit(own, "NATIONAL")
    page = visitor.open("/roster/what-if")
    page.get_by_label("项目编号").fill(rows[0]["entryId"])
    page.get_by_role("button", name="推演").click()
    page.wait_for_url("**entry=**")
    changed = [cell.inner_text() for cell in page.locator("tbody tr td:last-child .chip").all()]
    assert ("排除" in changed, own.national.ask(SEATED)) == (True, before)


def test_versions_of_the_roster_are_compared(visit, own, items) -> None:
    own.accepted(own.national, "41", items("41", 2))
    own.accepted(own.national, "61", items("61", 1))
    visitor = visit(own, "NATIONAL")
    page = visitor.open("/roster")
    page.get_by_role("button", name="比较").click()
    page.wait_for_url("**older=**")
    assert page.get_by_role("heading", name=re.compile("第 1 版 → 第 2 版")).is_visible()


def test_a_quota_is_set_with_a_reason(visit, own) -> None:
    visitor = visit(own, "NATIONAL")
    page = visitor.open("/recommendations")
    page.get_by_text("设定名额和截止时间").click()
    page.locator("summary", has_text="河南").click()
    page.locator("#total-41").fill("30")
    page.locator("#reason-41").fill("组委会来函")
    page.locator("form[action$='/41/quota'] button").click()
    visitor.done()
    (set_to,) = [
        each
        for each in own.national.ask("{ selectionRules { issuer settings { total } } }")["selectionRules"]
        if each["issuer"] == "41"
    ]
    assert set_to["settings"] == [{"total": 30}]


def test_a_line_enters_a_register(visit, own) -> None:
    visitor = visit(own, "NATIONAL")
    page = visitor.open("/registers/DISHONEST_DEBTORS")
    page.get_by_label("单位名称").fill("失信测试有限公司")
    page.locator("#line-reason").fill("信用中国公布")
    page.get_by_role("button", name="加入").click()
    visitor.done()
    assert page.locator("section tbody th").all_inner_texts() == ["失信测试有限公司"]


def test_a_file_of_lines_is_looked_at_and_then_entered(visit, own) -> None:
    visitor = visit(own, "NATIONAL")
    page = visitor.open("/registers/DISHONEST_DEBTORS")
    body = {"name": "r.csv", "mimeType": "text/csv", "buffer": "单位名称\n甲公司\n乙公司\n".encode()}
    page.locator("#file").set_input_files(body)
    page.locator("#import-reason").fill("信用中国")
    page.get_by_role("button", name="先看内容").click()
    looked = page.locator("h1").inner_text()
    page.go_back()
    page.locator("#file").set_input_files(body)
    page.locator("#import-reason").fill("信用中国")
    page.get_by_role("button", name="导入").click()
    visitor.done()
    assert ("2 行，尚未导入" in looked, page.locator("section tbody th").count()) == (True, 2)


def test_a_pull_is_started_and_its_progress_is_followed(visit, serve, filled_sqlite, sandbox) -> None:
    service = serve(filled_sqlite, sandbox[1])
    visitor = visit(service, "NATIONAL")
    page = visitor.open("/sync")
    page.locator("#live tbody tr").first.wait_for()
    before = page.locator("#live tbody tr").count()
    page.get_by_label("河南", exact=True).check()
    page.get_by_role("button", name=re.compile("^拉取所选")).click()
    visitor.done()
    expect(page.locator("#live tbody tr")).to_have_count(before + 1)
    expect(page.locator("#live progress")).to_have_count(0, timeout=60_000)
    assert page.locator("#live tbody tr").first.locator("th, .chip").all_inner_texts() == ["河南", "成功"]


def test_a_guard_stop_shows_its_difference_and_is_let_pass_once(visit, own) -> None:
    with own.hub.database.write() as session:
        GuardStopStore(session, EVERYTHING).add(
            GuardStopRow(
                run_id="stopped", region="41", stopped_at=datetime.now(UTC), kind="deletions", number=9, bound=3,
                entries=30, difference=[{"entry": "41:gone", "before": "名称", "after": None}],
            )
        )  # fmt: skip
    visitor = visit(own, "NATIONAL")
    page = visitor.open("/sync")
    page.locator("textarea").fill("平台清理测试数据")
    page.get_by_role("button", name="放行一次").click()
    visitor.done()
    assert "平台清理测试数据" in page.locator(".card").inner_text()


def test_the_record_is_verified(visit, furnished) -> None:
    visitor = visit(furnished, "NATIONAL")
    page = visitor.open("/system")
    page.get_by_role("link", name="核对全部记录").click()
    assert "记录完整" in page.locator(".said").inner_text()
