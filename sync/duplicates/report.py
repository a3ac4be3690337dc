"""The report of an offline run: one page that needs nothing beside it, a waterfall and the evidence per pair."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

import numpy as np

from schema.vocabulary import CaseKind
from sync.duplicates.detection import Detection
from sync.duplicates.evidence import Explanation, Line, Span, explain
from sync.duplicates.records import Record
from sync.duplicates.scoring import Model

_KINDS: Final = {
    CaseKind.SAME_PROJECT: "同一项目重复申报 / one project twice",
    CaseKind.SAME_TEAM: "同一团队异地参赛 / one team in two places",
    CaseKind.SAME_PERSON: "同一人员参加多个团队 / one person in two teams",
    CaseKind.TEAM_TWO_PROJECTS: "同一团队多个项目 / one team, two projects",
}
_STYLE: Final = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2rem auto;max-width:72rem;color:#222}
details{border:1px solid #ccc;border-radius:6px;margin:.6rem 0;padding:.4rem .8rem}
summary{cursor:pointer} table{border-collapse:collapse;width:100%} td,th{border-top:1px solid #ddd;padding:.3rem;
text-align:left;vertical-align:top} mark{background:#ffe08a} .en{color:#666} .bar{height:.7rem;display:inline-block}
.for{background:#2a7f4f}.against{background:#b3402e}.total{background:#345}
"""
_PIXELS: Final = 8  # of a bar per bit


def write(path: Path, records: Sequence[Record], found: Detection, model: Model) -> None:
    """Write the page. Names are those of the input file: whoever may read that may read this."""
    by_id = {record.id: record for record in records}
    parts = [
        "<!doctype html><html lang='zh'><meta charset='utf-8'><title>查重报告 / Duplicate report</title>",
        f"<style>{_STYLE}</style><h1>查重报告 / Duplicate report</h1>",
        (
            f"<p>项目 {len(records)}，候选对 {found.candidates}，待核 {len(found.pairs)} 对。权重量取于 {escape(model.measured)}，"
            f"语料：{escape(model.corpus)}。</p>"
        ),
        f"<p class='en'>{len(records)} entries, {found.candidates} candidate pairs, {len(found.pairs)} to look at.</p>",
    ]
    for pair in sorted(found.pairs, key=lambda pair: (-pair.score, pair.id_a, pair.id_b)):
        left, right = by_id[pair.id_a], by_id[pair.id_b]
        why = explain(left, right, np.array(pair.features, np.float32), pair.kind, model)
        parts.append(_pair(left, right, pair.score, why))
    path.write_text("\n".join(parts) + "</html>\n", "utf-8")


def _pair(left: Record, right: Record, score: float, why: Explanation) -> str:
    rows = "".join(_row(line) for line in why.lines)
    changes = "".join(
        f"<li>{escape(zh)}<br><span class='en'>{escape(en)}</span></li>"
        for zh, en in zip(why.changes_zh, why.changes_en, strict=True)
    )
    return (
        f"<details><summary><b>{score:.3f}</b> {_KINDS[why.kind]}：{escape(left.id)} {escape(left.project_name)} ↔ "
        f"{escape(right.id)} {escape(right.project_name)}</summary><table><tr><th>项 / Feature<th>甲 / Left<th>乙 / Right"
        f"<th>权重 / Weight</tr>{_total('先验 / Prior', why.prior)}{rows}{_total('后验 / Posterior', why.posterior)}</table>"
        f"<p>什么会改变结论 / What would change it</p><ul>{changes}</ul></details>"
    )


def _row(line: Line) -> str:
    side = "for" if line.bits > 0 else "against"
    return (
        f"<tr><td>{escape(line.zh)}<br><span class='en'>{escape(line.en)}</span><td>{_marked(line.left, line.left_spans)}"
        f"<td>{_marked(line.right, line.right_spans)}<td>{_bar(line.bits, side)}</tr>"
    )


def _total(name: str, bits: float) -> str:
    return f"<tr><th>{name}<td><td><td>{_bar(bits, 'total')}</tr>"


def _bar(bits: float, side: str) -> str:
    return f"<span class='bar {side}' style='width:{abs(bits) * _PIXELS:.0f}px'></span> {bits:+.1f}"


def _marked(text: str, spans: Sequence[Span]) -> str:
    parts, end = [], 0
    for start, stop in spans:
        parts += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return "".join([*parts, escape(text[end:])])
