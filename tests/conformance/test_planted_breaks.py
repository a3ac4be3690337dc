"""Breaking one thing in a copy of a province turns exactly the rule about it red."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.conformance.rule import Result, Rule
from adapters.conformance.runner import EXEMPTIONS, RULES, check
from adapters.conformance.subject import Subject

Edit = Callable[[Path], None]


class Break(NamedTuple):
    """What turns `rule` red in a copy of `slug`."""

    rule: str
    slug: str
    edit: Edit


def instead(file: str, old: str, new: str) -> Edit:
    """Put `new` where `old` stands first."""

    def edit(folder: Path) -> None:
        path = folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return edit


def behind(file: str, text: str) -> Edit:
    """Add text at the end."""

    def edit(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8") as out:
            out.write(f"\n\n{text}\n")

    return edit


def without(file: str) -> Edit:
    return lambda folder: (folder / file).unlink()


def source(body: str, before: str = "") -> Edit:
    """A source that passes on the pages of the right one in a way of its own."""
    return behind(
        "source.py",
        f"{before}\n\nclass PlatformSource(PlatformSource):\n    async def pages(self, transport, position):\n{body}",
    )


def swallowing(which: str) -> Edit:
    """A source that takes an error for the end of the list."""
    return source(f"""
        try:
            async for page in super().pages(transport, position):
                yield page
        except Exception as error:
            if not ({which}):
                raise
""")


HASTY = '''
from dataclasses import replace as changed
from schema.errors import PassingFault

class Hasty(Transport):
    """Asks again at once, whatever it was told."""

    def __init__(self, patient):
        super().__init__(patient._connection, changed(patient._limits, attempts=1), patient._circuits)
        self.left = patient._limits.attempts

    async def get(self, url, **options):
        for left in reversed(range(self.left)):
            try:
                return await super().get(url, **options)
            except PassingFault:
                if not left:
                    raise
'''
LENIENT = """
import orjson

def lenient(answer):
    try:
        return orjson.loads(answer.body.decode("utf-8", "replace"))
    except ValueError:
        return answer.json()
"""
CHANGING = """
from dataclasses import replace as changed
from itertools import count

PULLS = count()

def rewritten(row, mark):
    if "submitTime" not in row.data:
        return row
    return row._replace(data={**row.data, "submitTime": row.data["submitTime"].replace("-", mark)})
"""
ANY_TIME = """
def any_time(first, second):
    try:
        return china_time(first, "submitTime")
    except Exception:
        return china_time(second, "updateTime")
"""
TOO_MANY = '''to_entry(row: Project | Cancelled, draft: Draft) -> Entry | Tombstone:
    """With a rule of the contest where a reading of the row should be."""
    if len(getattr(row, "members", ())) > 5:
        from schema.errors import MappingError, Problem

        raise MappingError(Problem("TOO_MANY", "members", "超员", "too many", remedy_zh="改", remedy_en="mend"))
    return understood(row, draft)


def understood('''

BREAKS = (
    Break("facts.names", "henan", instead("manifest.toml", 'iso = "CN-HA"', 'iso = "CN-HE"')),
    Break("facts.names", "henan", instead("manifest.toml", 'slug = "henan"', 'slug = "hunan"')),
    Break("facts.manifest", "henan", instead("manifest.toml", "every_minutes", "every_minuts")),
    Break("facts.files", "henan", without("subgraph.py")),
    Break("facts.files", "henan", instead("source.py", "class PlatformSource", "class ProjectSource")),
    Break("facts.catalogue", "henan", instead("tracks.toml", 'national = ["N01"]', 'national = ["N99"]')),
    Break("facts.lookups", "henan", instead("lookups.toml", '"FINAL"', '"FINALE"')),
    Break("facts.counts", "henan", instead("manifest.toml", "topics = 78", "topics = 79")),
    Break("facts.clauses", "henan", instead("clauses.toml", "人数不超过5人", "人数不超过6人")),
    Break("facts.clauses", "henan", instead("clauses.toml", '"HA-T09"', '"HA-T99"')),
    Break("facts.citations", "henan", instead("tracks.toml", "×工业制造", "×工业智造")),
    Break("facts.citations", "henan", instead("tracks.toml", "line = 378", "line = 380")),
    Break("facts.citations", "henan", instead("notice.toml", 'locator = "六（一）"', 'locator = ""')),
    Break("facts.exemptions", "henan", behind("manifest.toml", '[exempt]\n"rows.flaws" = "it is not needed"')),
    Break("facts.exemptions", "henan", behind("manifest.toml", '[exempt]\n"rows.flies" = "there is no such rule"')),
    Break("samples.kinds", "henan", instead("manifest.toml", '"persistent"', '"none"')),
    Break("samples.golden", "henan", instead("samples/expected.json", "一单制流转平台", "一单制平台")),
    Break("samples.golden", "henan", without("samples/expected.json")),
    Break("samples.fields", "henan", behind("manifest.toml", '[ignored]\n"projectName" = "but it is read"')),
    Break("samples.fields", "henan", behind("manifest.toml", '[ignored]\n"projectTitle" = "there is no such field"')),
    Break("samples.fields", "hunan", instead("manifest.toml", '"track.name"', '"topic.no"')),
    Break(
        "samples.fields",
        "henan",
        instead("payload.py", "teamName: str", "teamName: str\n    remark: str | None = None"),
    ),
    Break(
        "samples.pure",
        "henan",
        instead("mapping.py", "verification = row", "open(__file__).close()\n    verification = row"),
    ),
    Break("rows.understood", "henan", instead("mapping.py", "to_entry(", TOO_MANY)),
    Break(
        "rows.flaws",
        "henan",
        lambda folder: [
            instead(
                "mapping.py", 'china_time(row.submitTime, "submitTime")', "any_time(row.submitTime, row.updateTime)"
            )(folder),
            behind("mapping.py", ANY_TIME)(folder),
        ],
    ),
    Break("rows.new-field", "henan", instead("payload.py", '"""参赛项目."""', 'model_config = {"extra": "ignore"}')),
    Break("rows.personal", "henan", instead("source.py", 'f"{place}[{index}]"', "str(item)")),
    Break(
        "paging.sizes",
        "henan",
        source("""
        async for page in super().pages(transport, position):
            if not page.total:
                raise ValueError("nothing")
            yield page
"""),
    ),
    Break(
        "paging.empty-last",
        "hebei",
        source("""
        first = True
        async for page in super().pages(transport, position):
            with agreed_envelope(page.url):
                if not (page.rows or first):
                    raise ValueError("a page without rows")
            first = False
            yield page
"""),
    ),
    Break("paging.repeats", "hebei", instead("source.py", "if token in asked - {None}:", "if not asked:")),
    Break("paging.repeats", "henan", instead("source.py", "if since is not None and any(", "if not number and any(")),
    Break("paging.shifts", "henan", instead("source.py", "elif number > 1 and reading != before:", "elif not number:")),
    Break(
        "incremental.full",
        "henan",
        source("""
        number = 0
        async for page in super().pages(transport, position):
            yield page
            number += 1
            if position.since and number == 5:
                return
"""),
    ),
    Break(
        "incremental.boundary",
        "henan",
        instead(
            "source.py",
            ".replace(microsecond=0) if",
            ".replace(microsecond=0) + __import__('datetime').timedelta(seconds=1) if",
        ),
    ),
    Break("incremental.clock", "henan", instead("manifest.toml", "overlap_minutes = 10", "overlap_minutes = 0")),
    Break(
        "incremental.clock",
        "henan",
        instead(
            "source.py",
            ".replace(microsecond=0) if",
            ".replace(microsecond=0, tzinfo=__import__('schema.provenance').provenance.CHINA) if",
        ),
    ),
    Break(
        "incremental.deletions",
        "henan",
        instead("source.py", "for row in rows if seen", 'for row in rows if not row.data.get("cancelled") and seen'),
    ),
    Break(
        "incremental.idempotent",
        "henan",
        source(
            """
        mark = "-/"[next(PULLS) % 2]
        async for page in super().pages(transport, position):
            yield changed(page, rows=[rewritten(row, mark) for row in page.rows])
""",
            CHANGING,
        ),
    ),
    Break(
        "faults.rate-limit",
        "henan",
        source(
            """
        async for page in super().pages(Hasty(transport), position):
            yield page
""",
            HASTY,
        ),
    ),
    Break("faults.server-error", "henan", swallowing('"answered 503" in str(error)')),
    Break("faults.time-out", "henan", swallowing('"in time" in str(error)')),
    Break("faults.truncated", "henan", swallowing('"ClientPayloadError" in str(error)')),
    Break("faults.html", "henan", swallowing('"NOT_JSON" in str(error) and "text/html" in error.problems[0].value')),
    Break(
        "faults.encoding",
        "henan",
        lambda folder: [
            instead("source.py", "answer.json()", "lenient(answer)")(folder),
            behind("source.py", LENIENT)(folder),
        ],
    ),
    Break("faults.huge", "henan", swallowing('"BODY_TOO_LARGE" in str(error)')),
    Break("files.equal", "henan", instead("columns.toml", '"评分" = { to = "reviewScore", type = "number?" }', "")),
    Break("files.equal", "hunan", instead("columns.toml", 'type = "milliseconds" }', 'type = "text" }')),
    Break("faults.refused", "henan", swallowing('"PLATFORM_REFUSED" in str(error)')),
)


def rules_for(planted: Break) -> Sequence[Rule]:
    """All of them; but the one that waits a second by its nature only where faults are what was broken."""
    return RULES if planted.rule.startswith("faults.") else [rule for rule in RULES if rule.id != "faults.rate-limit"]


@pytest.mark.parametrize("planted", BREAKS, ids=lambda planted: planted.rule)
async def test_a_break_turns_exactly_its_rule_red(planted: Break, copied) -> None:
    folder = copied(planted.slug)
    planted.edit(folder)
    outcomes = [outcome async for outcome in check(Subject(folder), rules_for(planted))]
    assert [outcome.rule.id for outcome in outcomes if outcome.result is Result.FAILED] == [planted.rule]


def test_every_rule_has_a_break() -> None:
    assert {rule.id for rule in (*RULES, EXEMPTIONS)} - {planted.rule for planted in BREAKS} == set()
