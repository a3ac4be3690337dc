"""What may be wrong with one row of a list because of the entry it names."""

from collections.abc import Iterator, Sequence

from adapters.registry import regions
from schema.catalogue import national_tracks
from schema.eligibility import Judgement
from schema.vocabulary import OF_PAIRS, CaseStatus, EntryStatus, Severity, TrackMatch, Verdict
from sync.exact_keys import plain
from sync.lists.findings import Column, Finding
from sync.lists.items import ListItem
from sync.lists.surroundings import Surroundings
from sync.tables import CaseRow, EntryRow


def entry_findings(number: int, item: ListItem, around: Surroundings) -> Iterator[Finding]:
    """Findings of one row; `number` is its place in the list, from 1."""
    entry = around.entries.get(item.entry_id)
    yield from _track_findings(number, item, entry)
    if entry is None:
        yield _unknown(number, item, around)
        return
    if entry.status != EntryStatus.ACTIVE:
        yield Finding(
            "ENTRY_NOT_ACTIVE", Severity.BLOCKED, "项目已撤回或未晋级", "withdrawn or eliminated",
            "从名单中去掉，或请省平台更正状态", "take it off, or have its status mended", number, Column.ENTRY, entry.status,
        )  # fmt: skip
    if item.title is not None and plain(item.title) != plain(entry.title):
        yield Finding(
            "TITLE_DIFFERS", Severity.WARNING, f"与登记的项目名称不同：{entry.title}", f"registered as {entry.title}",
            "核对编号是否对应该项目；确认无误可忽略", "check that the id is that of this entry", number, Column.TITLE, item.title,
        )  # fmt: skip
    cases = around.cases.get(entry.id, ())
    yield from _case_findings(number, entry, cases)
    yield from _verdict_findings(number, entry, around)


def _unknown(number: int, item: ListItem, around: Surroundings) -> Finding:
    """That there is no such entry; one of another region is told the same, but for the code that stands in front of it."""
    region = item.entry_id.partition(":")[0]
    own = around.rules.issuer.region
    if region != own and region in regions():
        return Finding(
            "ENTRY_FOREIGN", Severity.BLOCKED, f"编号以 {region} 开头，不属本省（{own}）", f"the id is one of region {region}",
            f"只能推荐本省项目，编号应以 {own}: 开头", f"only your own: ids begin with {own}:", number, Column.ENTRY,
            item.entry_id,
        )  # fmt: skip
    return Finding(
        "ENTRY_UNKNOWN", Severity.BLOCKED, "本省没有这个项目", "your region has no such entry",
        "核对项目编号（形如 41:HA2025000123），或先等待拉取", "check the id, or wait for the next pull", number, Column.ENTRY,
        item.entry_id,
    )  # fmt: skip


def _track_findings(number: int, item: ListItem, entry: EntryRow | None) -> Iterator[Finding]:
    known = {track.id: track.name for track in national_tracks()}
    declared = item.national_track
    if declared is not None and declared not in known:
        yield Finding(
            "TRACK_UNKNOWN", Severity.BLOCKED, "没有这个国家赛道", "no such national track",
            "可用：" + "、".join(f"{k} {v}" for k, v in known.items()), "one of " + ", ".join(known), number, Column.TRACK,
            declared,
        )  # fmt: skip
    elif entry is None:
        return
    elif declared is None and entry.match in (TrackMatch.AMBIGUOUS, TrackMatch.NONE):
        found = regions()[entry.region].catalogue.topic(entry.topic_id)
        candidates = found[1].national if found else ()
        named = "、".join(f"{each} {known[each]}" for each in candidates or known)
        yield Finding(
            "TRACK_MISSING", Severity.BLOCKED, "该赛题对应多个或没有国家赛道，须申报其一",
            "its topic leads to several national tracks or none: declare one",
            f"填写国家赛道之一：{named}", f"give one of {', '.join(candidates or known)}", number, Column.TRACK, entry.topic_id,
        )  # fmt: skip
    elif declared is not None and entry.national_track and declared != entry.national_track:
        proposed = entry.national_track
        yield Finding(
            "TRACK_DIFFERS", Severity.WARNING,
            f"申报的 {declared} {known[declared]} 与对照表建议的 {proposed} {known[proposed]} 不同",
            f"declared {declared}, the crosswalk proposes {proposed}",
            "确认无误可忽略", "ignore if this is meant", number, Column.TRACK, declared,
        )  # fmt: skip


def _case_findings(number: int, entry: EntryRow, cases: Sequence[CaseRow]) -> Iterator[Finding]:
    for case in cases:
        if case.status == CaseStatus.CONFIRMED and case.kept_entry_id != entry.id:
            yield Finding(
                "DUPLICATE_CONFIRMED", Severity.BLOCKED, f"查重案件 {case.id} 已确认重复，保留的是另一项目",
                f"case {case.id} is confirmed; another entry was kept", "从名单中去掉", "take it off", number, Column.ENTRY,
                case.id,
            )  # fmt: skip
        elif case.status == CaseStatus.OPEN:
            yield Finding(
                "DUPLICATE_OPEN", Severity.WARNING, f"查重案件 {case.id} 未裁定，裁定前在总决赛名册中挂起",
                f"case {case.id} is open and holds it on the roster", "等待裁定", "wait for the decision", number, Column.ENTRY,
                case.id,
            )  # fmt: skip


def _verdict_findings(number: int, entry: EntryRow, around: Surroundings) -> Iterator[Finding]:
    judgements = around.judgements.get(entry.id)
    if judgements is None:
        yield Finding(
            "NOT_JUDGED", Severity.TO_CONFIRM, "尚未按通知判定参赛资格", "not judged by the notice's rules yet",
            "稍后重试，或写明理由后确认", "try again later, or confirm with a reason", number, Column.ENTRY, entry.id,
        )  # fmt: skip
        return
    in_case = bool(around.cases.get(entry.id))
    clauses = regions()[entry.region].catalogue.clauses_by_id
    standing = [
        (one, clause)
        for one in judgements
        if one.verdict is not Verdict.MET
        and (clause := clauses.get(one.clause_id)) is not None
        and (entry.id, one.clause_id, one.clause_version) not in around.waived
    ]
    for one, clause in standing:
        if one.verdict is Verdict.NOT_MET and not (in_case and clause.kind in OF_PAIRS):
            yield Finding(
                "CLAUSE_NOT_MET", Severity.BLOCKED, f"不符合通知{clause.locator}“{clause.text}”：{one.zh}",
                f"does not meet {clause.id} ({clause.locator}): {one.en}",
                "从名单中去掉；通知留有余地的可申请豁免" if clause.waivable else "从名单中去掉，或请省平台更正登记内容",
                "take it off, or ask for a waiver" if clause.waivable else "take it off, or have the registration mended",
                number, Column.ENTRY, clause.id,
            )  # fmt: skip
    if open_ones := [one for one, _ in standing if one.verdict is Verdict.UNDETERMINED]:
        yield _undetermined(number, open_ones)


def _undetermined(number: int, judgements: Sequence[Judgement]) -> Finding:
    """One finding for all clauses of a row that are still open: a clerk confirms an entry, not thirty clauses of it."""
    first = judgements[0]
    more = f"等 {len(judgements)} 条" if len(judgements) > 1 else ""
    return Finding(
        "CLAUSE_UNDETERMINED", Severity.TO_CONFIRM, f"参赛资格未定：{first.zh}{more}",
        f"{len(judgements)} clauses are undetermined, the first: {first.en}",
        "补齐材料后重试，或写明理由后确认（理由随名单封存）", "complete what is missing, or confirm with a reason",
        number, Column.ENTRY, " ".join(one.clause_id for one in judgements),
    )  # fmt: skip
