"""Rules about the samples of a folder: what a row looks like, what it must become, and that nothing in it is overlooked."""

import hashlib
from datetime import datetime
from typing import Any, Final

import orjson

from adapters.base import Page
from adapters.concealment import Concealer
from adapters.conformance.purity import watched
from adapters.conformance.rule import CannotCheckError, Needs, broken, rule
from adapters.conformance.subject import TOKENS, Subject
from adapters.conformance.tracing import leaves, traced
from adapters.draft import Draft, MappingContext
from adapters.payload import AnyPayload
from adapters.source import RawPage, Row
from schema.errors import MappingError, Problem
from schema.identity import Tokeniser
from schema.provenance import SourceRef
from schema.records import Tombstone

_FETCHED: Final = datetime.fromisoformat("2025-07-01T00:00:00+08:00")
_GOLDEN_TOKENS: Final = Tokeniser(b"sample-key-for-golden-records-32b!", "k1")
_FEWEST: Final = 3


def _rows(subject: Subject) -> tuple[list[dict[str, Any]], str]:
    """The rows, and the digest of the file that holds them."""
    try:
        body = (subject.folder / "samples" / "entry.json").read_bytes()
        return orjson.loads(body), hashlib.sha256(body).hexdigest()
    except (OSError, orjson.JSONDecodeError) as error:
        raise CannotCheckError("samples/entry.json 无法读取 / cannot be read") from error


def _context(subject: Subject, tokens: Tokeniser) -> MappingContext:
    adapter = subject.adapter
    return MappingContext(adapter.manifest, adapter.catalogue, adapter.lookups, tokens)


def _page(subject: Subject) -> Page:
    return _mapped(subject, *_rows(subject))


def _mapped(subject: Subject, rows: list[dict[str, Any]], digest: str) -> Page:
    raw = RawPage("sample", _FETCHED, digest, [Row("", f"[{index}]", row) for index, row in enumerate(rows)])
    return subject.adapter.map_page(raw, _context(subject, _GOLDEN_TOKENS), {})


def _records(page: Page) -> list[dict[str, Any]]:
    return [row.record.model_dump(mode="json") for row in page.mapped]


@rule(
    "samples.kinds", "样例数量与种类足够，全部可映射", "enough samples of every kind, all of them mapped", Needs.ADAPTER
)
async def kinds(subject: Subject) -> list[Problem]:
    """Where the platform keeps tombstones there is one among the samples."""
    page = _page(subject)
    problems = [problem for row in page.rejected for problem in row.problems]
    if len(page.mapped) < _FEWEST:
        zh, en = f"样例少于 {_FEWEST} 条", f"fewer than {_FEWEST} samples"
        problems.append(broken("samples/entry.json", zh, en, len(page.mapped)))
    has_tombstone = any(isinstance(row.record, Tombstone) for row in page.mapped)
    if has_tombstone != (subject.adapter.manifest.capabilities.deletions == "persistent"):
        zh, en = "撤回样例与清单 deletions 不符", "tombstones among the samples disagree with the manifest's deletions"
        problems.append(broken("samples/entry.json", zh, en))
    return problems


@rule("samples.golden", "样例映射结果与留存记录一致", "the samples become the records kept beside them", Needs.ADAPTER)
async def golden(subject: Subject) -> list[Problem]:
    """A file of records that is missing is written, and the rule fails once, so that someone reads it."""
    found = _records(_page(subject))
    path = subject.folder / "samples" / "expected.json"
    if not path.is_file():
        path.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        zh, en = "原缺此文件，现已写出：请先核对", "was missing and has been written: read it before it is believed"
        return [broken("samples/expected.json", zh, en)]
    expected = orjson.loads(path.read_bytes())
    if len(expected) != len(found):
        zh, en = f"应有 {len(expected)} 条，实得 {len(found)} 条", f"{len(expected)} expected, {len(found)} found"
        return [broken("samples/expected.json", zh, en)]
    return [
        broken(f"samples/expected.json: [{index}].{key}", "与留存记录不符", "is not as the kept record", one.get(key))
        for index, (one, kept) in enumerate(zip(found, expected, strict=True))
        for key in sorted({*one, *kept})
        if one.get(key) != kept.get(key)
    ]


@rule(
    "samples.fields",
    "每个字段或被读取，或注明忽略原因",
    "every payload field is read, or ignored with a reason",
    Needs.ADAPTER,
)
async def fields(subject: Subject) -> list[Problem]:
    """Told by mapping the samples with rows that note what is asked of them; so the samples show every field too."""
    payload: AnyPayload = subject.adapter.payload
    context, concealer = _context(subject, TOKENS), Concealer(payload)
    read: set[str] = set()
    for row in _rows(subject)[0]:
        source = SourceRef(url="sample", fetched_at=_FETCHED, sha256="", locator="")
        observed = traced(payload.validate_python(concealer.conceal(row, context.tokens).row), read)
        try:
            subject.adapter.to_entry(observed, Draft(context, source))
        except MappingError:
            continue  # samples.kinds tells it
    ignored = subject.adapter.manifest.ignored
    known = leaves(payload)
    silent = sorted(path for path in known - read if not any(_below(path, above) for above in ignored))
    idle = [
        above
        for above in ignored
        if not any(_below(path, above) for path in known) or any(_below(path, above) for path in read & known)
    ]
    return [
        *(
            broken(path, "映射未读取该字段，也未注明忽略", "the mapping does not read it and nothing says why")
            for path in silent
        ),
        *(
            broken(f"manifest.toml: ignored.{path}", "该字段不存在或已被读取", "no such field, or it is read")
            for path in idle
        ),
    ]


def _below(path: str, above: str) -> bool:
    return path == above or path.startswith(f"{above}.")


@rule("samples.pure", "映射不触及网络和文件，结果可重复", "mapping touches neither network nor files", Needs.ADAPTER)
async def pure(subject: Subject) -> list[Problem]:
    """A row that was kept can be mapped again, anywhere and at any time, to the same record."""
    rows, digest = _rows(subject)
    first = _records(_mapped(subject, rows, digest))  # also lets libraries read the tables that they read once
    with watched() as touched:
        try:
            again = _records(_mapped(subject, rows, digest))
        except PermissionError:
            again = first
    if touched:
        return [broken("mapping.py", f"映射时触及外部：{event}", f"mapping asked for {event}") for event in touched]
    return [] if again == first else [broken("mapping.py", "两次映射结果不同", "mapping twice gives two results")]


RULES = (kinds, golden, fields, pure)
