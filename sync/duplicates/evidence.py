"""Says in words why a pair was found: lines of evidence with their weight, the way from prior to posterior, and what would
change the verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from rapidfuzz.distance import Indel

from schema.vocabulary import CaseKind
from sync.duplicates.comparison import FEATURES
from sync.duplicates.records import Record
from sync.duplicates.scoring import Model, Question, columns_of, probability

Span = tuple[int, int]

_LEAST: Final = 0.05  # bits; less is not worth a line
_SUBJECTS: Final[Mapping[str, tuple[str, str, frozenset[str]]]] = {
    "TITLE": ("项目名称", "title", frozenset(name for name in FEATURES if name.startswith("title"))),
    "SUMMARY": ("项目简介", "summary", frozenset({"words", "words_part", "shingles", "shingle_bits"})),
    "NUMBERS": ("简介中的数字", "numbers in the summary", frozenset({"numbers", "number_bits", "number_against"})),
    "ORGANISATION": ("参赛单位", "organisations", frozenset({"core", "core_bits", "core_part", "lead"})),
    "CREDIT_CODE": ("信用代码", "credit codes", frozenset({"code", "code_near", "code_against"})),
    "TOKENS": ("证件令牌", "ID tokens", frozenset({"tokens", "token_against"})),
    "NAMES": ("成员姓名", "members' names", frozenset({"names", "name_count", "name_against"})),
    "PHONES": ("电话令牌", "phone tokens", frozenset({"phones", "persons"})),
    "TEAM": ("团队名称", "team names", frozenset({"team", "team_near"})),
}
_SUBJECT_OF: Final = {feature: subject for subject, (_, _, names) in _SUBJECTS.items() for feature in names}


@dataclass(frozen=True, slots=True)
class Line:
    """What one subject says: both values, the spans (start, end) in which they differ, the weight in bits, a sentence."""

    feature: str
    left: str
    right: str
    left_spans: tuple[Span, ...]
    right_spans: tuple[Span, ...]
    bits: float
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Prior, lines (the heaviest first) and posterior of the question that decided, in bits; what would change the verdict."""

    kind: CaseKind
    prior: float
    lines: tuple[Line, ...]
    posterior: float
    probability: float
    changes_zh: tuple[str, ...]
    changes_en: tuple[str, ...]


def explain(left: Record, right: Record, features: np.ndarray, kind: CaseKind, model: Model) -> Explanation:
    """Why these two records were found to break `kind`; `features` is their row of the comparison."""
    question = model.questions["PROJECT" if kind is CaseKind.SAME_PROJECT else "PEOPLE"]
    columns = columns_of(features.reshape(1, -1))
    weights: dict[str, float] = dict.fromkeys(_SUBJECTS, 0.0)
    for curve in question.curves:
        weights[_SUBJECT_OF[curve.feature.partition("*")[0]]] += float(curve.of(columns)[0])
    found = dict(zip(FEATURES, features.tolist(), strict=True))
    lines = [_line(subject, bits, left, right, found) for subject, bits in weights.items() if abs(bits) >= _LEAST]
    lines.sort(key=lambda line: (-abs(line.bits), line.feature))
    posterior = float(question.bits(columns)[0])
    zh, en = _changes(question, weights, posterior, model.thresholds[kind].review)
    return Explanation(
        kind,
        round(float(question.prior_bits(columns)[0]), 3),
        tuple(lines),
        posterior,
        float(probability(np.array(posterior))),
        tuple(zh),
        tuple(en),
    )


def differing(left: str, right: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans of each text that the other does not have at their place."""
    codes = [code for code in Indel.opcodes(left, right) if code.tag != "equal"]
    return (
        tuple((code.src_start, code.src_end) for code in codes if code.src_end > code.src_start),
        tuple((code.dest_start, code.dest_end) for code in codes if code.dest_end > code.dest_start),
    )


def _line(subject: str, bits: float, left: Record, right: Record, found: Mapping[str, float]) -> Line:
    one, two = _shown(subject, left), _shown(subject, right)
    zh, en = _SENTENCES[subject]
    values = {name: (round(100 * number) if name in _RATIOS else round(number)) for name, number in found.items()}
    direction_zh, direction_en = ("支持", "for") if bits > 0 else ("反对", "against")
    return Line(
        subject,
        one,
        two,
        *differing(one, two),
        round(bits, 3),
        f"{zh.format(**values)}（{direction_zh} {abs(bits):.1f} 比特）",
        f"{en.format(**values)} ({abs(bits):.1f} bits {direction_en})",
    )


def _shown(subject: str, record: Record) -> str:
    """What of a record a subject is about. Tokens are never shown, only whose they are."""
    organisations = ((record.org_name, record.org_uscc), *((each.name, each.uscc) for each in record.partners))
    return {
        "TITLE": record.project_name,
        "SUMMARY": record.abstract,
        "NUMBERS": record.abstract,
        "ORGANISATION": "、".join(name for name, _ in organisations if name),
        "CREDIT_CODE": "、".join(code for _, code in organisations if code),
        "TOKENS": "、".join(sorted(member.name for member in record.members if member.id_token)),
        "NAMES": "、".join(sorted(member.name for member in record.members)),
        "PHONES": "、".join(sorted(member.name for member in record.members if member.phone_token)),
        "TEAM": record.team_name,
    }[subject]


_RATIOS: Final = frozenset({
    "title", "title_part", "title_order", "title_in_text", "words", "words_part", "shingles", "numbers", "core_part", "lead",
    "team_near",
})  # fmt: skip
_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "TITLE": (
        "标题去掉地名后，按少见程度计有 {title}% 相同；标题用词有 {title_in_text}% 见于对方全文",
        "places aside, {title}% of the titles is shared by rarity; {title_in_text}% of a title's words are in the other text",
    ),
    "SUMMARY": (
        "简介中少见的词有 {words_part}% 相同，少见的句段有 {shingles}% 相同（套话不计）",
        "{words_part}% of the summary's rare words and {shingles}% of its rare phrases are shared, boilerplate left out",
    ),
    "NUMBERS": (
        "简介中的数字按少见程度计有 {numbers}% 相同",
        "{numbers}% of the summary's numbers are shared by rarity",
    ),
    "ORGANISATION": (
        "单位核心名（去掉地区、括号和公司形式）有 {core_part}% 相同，共同单位 {core} 家",
        "{core_part}% of the organisations' core names is shared; {core} organisation(s) in common",
    ),
    "CREDIT_CODE": (
        "相同信用代码 {code} 个（相差一两位 {code_near}，明显不同 {code_against}）",
        "{code} credit code(s) in common (one or two characters apart: {code_near}; clearly different: {code_against})",
    ),
    "TOKENS": (
        "相同证件令牌 {tokens} 个（双方均已填报而无一相同：{token_against}）",
        "{tokens} ID token(s) in common (given on both sides and none equal: {token_against})",
    ),
    "NAMES": (
        "同名且令牌不矛盾的成员 {name_count} 名（同名而令牌不同 {name_against} 名）",
        "{name_count} namesake(s) whose tokens do not disagree ({name_against} namesake(s) with different tokens)",
    ),
    "PHONES": (
        "电话令牌相同，按共用程度折算；姓名与电话都相同的成员 {persons} 名",
        "a phone token in common, weighed by how many share it; {persons} member(s) with the same name and phone",
    ),
    "TEAM": ("团队名称相似度 {team_near}%", "team names are {team_near}% alike"),
}


def _changes(
    question: Question, weights: Mapping[str, float], posterior: float, review: float
) -> tuple[list[str], list[str]]:
    """Which single subjects the verdict rests on, and what a further shared person would do where it is open."""
    margin = posterior - float(np.log2(review / (1 - review)))
    zh, en = [], []
    for subject, bits in sorted(weights.items(), key=lambda item: -item[1]):
        if bits > 0 and bits >= margin >= 0:
            name_zh, name_en, _ = _SUBJECTS[subject]
            zh.append(f"若“{name_zh}”的证据被推翻（−{bits:.1f} 比特），即低于待核线")
            en.append(f"without the evidence of the {name_en} (−{bits:.1f} bits) the pair falls below review")
    if not zh and margin >= 0:
        zh.append(f"没有哪一项证据能单独改变结论（高出待核线 {margin:.1f} 比特）")
        en.append(f"no single line changes the verdict: it stands {margin:.1f} bits above review")
    if margin < 0:
        gain = max((c.bits[1] for c in question.curves if c.feature == "tokens"), default=0.0)
        zh.append(f"距待核线 {-margin:.1f} 比特；再有一名成员证件令牌相同可增 {gain:.1f} 比特")
        en.append(f"{-margin:.1f} bits below review; one member with an equal ID token would add {gain:.1f} bits")
    return zh, en
