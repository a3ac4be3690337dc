"""Facts in plain terms, for examples and situations: what is not said is as in a proper entry, or unknown.

Also where hypothesis keeps what it found.
"""

import random
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from adapters.sandbox.identities import credit_code
from schema.facts import NATIONAL_CONTEST, Change, Document, Facts, History, Hit, Peer, Span
from schema.identifiers import REGIONS
from schema.provenance import CHINA, SourceRef
from schema.records import Entry, Organisation, Representative, Team
from schema.vocabulary import Changed, DocumentKind, EntryStatus, OrganisationKind, OrganiserRole, Register, Shared

# pytest refuses to run beside a directory called .hypothesis while `norecursedirs` does not name it.
set_hypothesis_home_dir(Path(__file__).parents[2] / ".pytest_cache" / "hypothesis")
LONG = re.compile(r"字×(\d+)")
OTHER_CONTEST = "99"  # a region that no situation is in
SOURCE = SourceRef(
    url="https://example.invalid", fetched_at=datetime(2025, 7, 1, tzinfo=CHINA), sha256="0" * 64, locator="1"
)
Known = Callable[..., Facts]


def moment(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=CHINA)


def organisation(said: str | Mapping[str, Any], kind: str | None, *, is_lead: bool) -> Organisation:
    """A name alone is a company with a valid credit code; "" as code or kind is one that is not given."""
    given = {"name": said} if isinstance(said, str) else dict(said)
    name = given.get("name", "甲数据科技有限公司")
    valid = credit_code(random.Random(name), given.get("place", "41"), given.get("registry", "91"))
    kind = given.get("kind", kind)
    return Organisation(
        name=name,
        credit_code=given.get("code", valid) or None,
        kind=OrganisationKind(kind) if kind else None,
        is_lead=given.get("lead", is_lead),
    )


def hit(said: str | Mapping[str, Any], subject: str) -> Hit:
    given = {"listed": said} if isinstance(said, str) else dict(said)
    role = given.pop("role", None)
    return Hit(**{"subject": subject, "listed": "名单所载", **given}, role=OrganiserRole(role) if role else None)


def peer(said: Mapping[str, Any], region: str) -> Peer:
    return Peer(
        entry_id=f"{said.get('region', region)}:P-1",
        region=said.get("region", region),
        topic_id=said.get("topic", "T1-1"),
        title=said.get("title", "另一项目"),
        shares=frozenset(Shared(name) for name in said["shares"]),
        city=said.get("city"),
        status=EntryStatus(said.get("status", "ACTIVE")),
        certain=said.get("certain", True),
        updated_at=moment(said["updated"]) if "updated" in said else None,
    )


def written(value: Any) -> Any:
    """字×501 stands for so many characters."""
    if isinstance(value, str) and (long := LONG.fullmatch(value)):
        return "字" * int(long.group(1))
    if isinstance(value, dict):
        return {key: written(part) for key, part in value.items()}
    return [written(part) for part in value] if isinstance(value, list) else value


def paper(said: str | list[str]) -> Document:
    kind, owner = (said, None) if isinstance(said, str) else said
    return Document(DocumentKind(kind), owner)


def facts_of(
    *,
    region: str = "41",
    organisations: Any = ("甲数据科技有限公司",),
    kind: str | None = "PRIVATE",
    representatives: int = 3,
    unidentified: int = 0,
    track: str = "T1",
    topic: str = "T1-1",
    sub_topic: str | None = None,
    city: str | None = None,
    submitted: str = "2025-06-15T10:00:00",
    updated: str = "2025-06-20T10:00:00",
    native: Any = None,
    registers: Any = None,
    winner: str | None = None,
    peers: Any = None,
    compared: Any = (),
    known_since: str | None = None,
    changes: Any = None,
    accepted: str | None = None,
    form: Any = None,
    documents: Any = None,
    calendar: Any = None,
    topics: Any = None,
) -> Facts:
    units = tuple(organisation(said, kind, is_lead=not index) for index, said in enumerate(organisations))
    people = tuple(
        Representative(name="王**", id_token=f"k1.{index:032x}" if index >= unidentified else None)
        for index in range(representatives)
    )
    lists = {
        Register(name): tuple(hit(said, units[0].name) for said in lines) for name, lines in (registers or {}).items()
    }
    if winner is not None:
        contest = {"national": NATIONAL_CONTEST, "own": region, "other": OTHER_CONTEST}.get(winner)
        lists[Register.WINNERS_2024] = (hit({"listed": "2024 年获奖项目", "contest": contest}, "项目"),)
    history = None
    if known_since:
        seen = tuple(Change(Changed(part), moment(at)) for part, at in (changes or {}).items())
        history = History(moment(known_since), seen, moment(accepted) if accepted else None)
    spans = {
        item: Span(*(date.fromisoformat(day) if isinstance(day, str) else day for day in days))
        for item, days in (calendar or {}).items()
    }
    return Facts(
        entry=Entry(
            id=f"{region}:E-1",
            region=region,
            native_id="E-1",
            city=city or None,
            title="项目",
            track_id=track,
            topic_id=topic,
            sub_topic_id=sub_topic,
            match="EXACT",
            stage="REGISTERED",
            organisations=units,
            team=Team(name="团队", representatives=people),
            submitted_at=moment(submitted),
            updated_at=moment(updated),
            native=native or {},
            source=SOURCE,
        ),
        registers=lists,
        peers=None if peers is None else tuple(peer(said, region) for said in peers),
        compared_regions=frozenset(REGIONS) if compared == "all" else frozenset(compared),
        history=history,
        form=None if form is None else written(dict(form)),
        documents=None if documents is None else tuple(paper(said) for said in documents),
        calendar=None if calendar is None else spans,
        topics=None if topics is None else frozenset(topics),
    )


@pytest.fixture(scope="session")
def known() -> Known:
    return facts_of
