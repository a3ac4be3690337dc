"""Two regions with lists of a few entries, written as a pull and a push would leave them, and a hand that moves the roster."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from adapters.registry import regions
from schema.audit import Signer
from schema.canonical import digest
from schema.errors import RequestError
from schema.list_life import ListAct, ListState
from schema.quotas import Basis, Quota
from schema.roster import RosterAct
from schema.vocabulary import CaseKind, CaseLevel, CaseStatus, RosterState
from sync.audit_verification import verify
from sync.database import Database
from sync.decisions import decide as decide_case
from sync.lists.acts import Request, move
from sync.objections import Filing, file
from sync.publicity_examining import examine_publicity
from sync.repository.audit import AuditStore
from sync.repository.cases import CaseStore
from sync.repository.lists import ListStore
from sync.repository.rosters import RosterStore
from sync.roster import Author, closing, current, decisions, gathering, renew
from sync.roster.inputs import Decision
from sync.roster.versions import recompute, roster_of
from sync.scope import EVERYTHING
from sync.tables import CaseRow, EntryRow, ListRow

NOW = datetime(2025, 9, 1, 8, tzinfo=UTC)
SIGNER = Signer(b"k" * 32, "k1")


@dataclass
class Final:
    """The organiser's desk over one database. Time passes when it is told to."""

    database: Database
    now: datetime = NOW
    cases: int = 0
    waiting: str = ""  # an objection that is to be decided

    def author(self, name: str = "甲") -> Author:
        return Author(name, "核实", self.now)

    def entry(self, identifier: str, status: str = "ACTIVE") -> None:
        """Store an entry, or its new status."""
        code = identifier[:2]
        topic = next(topic for _, topic in regions()[code].catalogue.topics())
        moments = dict.fromkeys(("submitted_at", "updated_at", "fetched_at", "first_seen_at", "changed_at"), NOW)
        texts = dict.fromkeys(("summary", "team_name", "project_key", "team_key", "source_url", "source_locator"), "")
        row = EntryRow(
            id=identifier, region=code, native_id=identifier[3:], title=f"项目{identifier}", track_id=topic.id.rsplit("-", 1)[0],
            topic_id=topic.id, match="EXACT", stage="AWARDED", status=status, national_track="N01", native={}, warnings=[],
            content_hash="", fingerprint="", source_sha256="", **moments, **texts,
        )  # fmt: skip
        with self.database.write() as session:
            stored = session.get(EntryRow, identifier)
            if stored is None:
                session.add(row)
            else:
                stored.status = status

    def push(self, region: str, entries: list[str], version: int = 1) -> str:
        """An accepted list of these entries, in the place of the one before; its receipt. A longer code is a body below."""
        items = [{"rank": rank, "entryId": entry, "nationalTrack": None} for rank, entry in enumerate(entries, start=1)]
        content = orjson.dumps({"region": region, "version": version, "items": items}, option=orjson.OPT_SORT_KEYS)
        receipt = f"TJ-{region}-{version:03d}"
        with self.database.write() as session:
            store = ListStore(session, EVERYTHING)
            for other in store.versions(issuer=region):
                other.state = ListState.SUPERSEDED
                store.save(other)
            store.save(
                ListRow(
                    receipt=receipt, region=region[:2], issuer=region, version=version, state=ListState.ACCEPTED,
                    digest=digest(content), content=content.decode(), findings=[], submitted_by="省",
                    submitted_at=self.now, changed_at=self.now,
                )
            )  # fmt: skip
        return receipt

    def case(self, *entries: str) -> str:
        """An open duplicate case."""
        self.cases += 1
        identifier = f"C{self.cases:012d}"
        with self.database.write() as session:
            CaseStore(session, EVERYTHING).save(
                CaseRow(
                    id=identifier, kind=CaseKind.SAME_PROJECT, status=CaseStatus.OPEN, evidence=[], opened_at=NOW,
                    changed_at=NOW, level=CaseLevel.LIKELY, score=None, clauses=[],
                ),
                entries,
            )  # fmt: skip
        return identifier

    def settle(self, case: str, kept: str | None) -> None:
        """Decide a case: confirmed for whom it keeps, or dismissed."""
        status = CaseStatus.CONFIRMED if kept else CaseStatus.DISMISSED
        decide_case(self.database, EVERYTHING, case=case, status=status, reason="核实", author="甲", kept_entry=kept)

    def say(self, act: RosterAct, *entries: str) -> None:
        """The organiser's word on entries."""
        decisions.decide(self.database, [Decision(each, act, "理由") for each in entries], self.author())

    def renew(self) -> int | None:
        made = renew(self.database, self.author())
        return made.number if made else None

    def number(self) -> int:
        """The version that stands; 0 where there is none."""
        with self.database.read() as session:
            row = RosterStore(session).newest()
        return row.number if row else 0

    def states(self) -> dict[str, RosterState]:
        """Where every item stands now."""
        with self.database.read() as session:
            return {item.entry_id: item.state for item in current(session, self.now)[0].items}

    def publish(self, *receipts: str) -> None:
        """Lay lists open, and let the days pass."""
        for each in receipts:
            self.lay_open(each)
        self.now += timedelta(days=12)

    def lay_open(self, receipt: str) -> None:
        self.act(receipt, ListAct.PUBLISH)

    def act(self, receipt: str, what: ListAct) -> None:
        """What is done to a list."""
        move(self.database, EVERYTHING, Request(receipt, what, "核实"), actor="甲", now=self.now)

    def object(self, window: str, rank: int) -> str:
        said = Filing(window, rank, "欧阳明德", "a@example.org", "雷同", ("见附件",))
        return file(self.database, said, filed_by="public", now=self.now).id

    def freeze(self) -> None:
        closing.freeze(self.database, self.number(), self.author())

    def finalise(self) -> None:
        closing.finalise(self.database, self.number(), self.author())

    def erratum(self, *entries: str) -> None:
        words = [Decision(each, RosterAct.EXCLUDE, "更正") for each in entries]
        closing.issue_erratum(self.database, self.number(), words, self.author(), SIGNER)

    def on_record(self, *actions: str) -> list[tuple[str, str]]:
        """(action, subject) of records, oldest first; of these actions where some are named."""
        with self.database.read() as session:
            walked = [(made.action, made.subject) for made, _, _ in AuditStore(session).walk()]
        return [each for each in walked if not actions or each[0] in actions]

    def sound(self) -> list[str]:
        """What is wrong with all that is stored: nothing."""
        with self.database.read() as session:
            rows = RosterStore(session).versions(1000)[::-1]
            wrong = [each.code for each in verify(session, None).problems]
            wrong += [each.code for each in examine_publicity(session)]
        wrong += [each.code for row in rows for each in recompute(row)]
        wrong += ["NUMBERS"] * ([row.number for row in rows] != list(range(1, len(rows) + 1)))
        moved = []
        for older, newer in itertools.pairwise(rows):
            before = {item.entry_id: item.state for item in roster_of(older).items}
            moved += [
                item.entry_id
                for item in roster_of(newer).items
                if before.get(item.entry_id) is RosterState.ALTERNATE
                and item.state in (RosterState.INCLUDED, RosterState.HELD)
            ]
            if older.stage == "FINAL" and not newer.signature:
                wrong.append("CHANGED_AFTER_FINAL")
        wrong += ["PROMOTIONS"] * (sorted(moved) != sorted(s for _, s in self.on_record("ROSTER_PROMOTED")))
        versions = [
            s
            for _, s in self.on_record(
                "ROSTER_COMPUTED", "ROSTER_FROZEN", "ROSTER_REOPENED", "ROSTER_FINAL", "ROSTER_ERRATUM"
            )
        ]
        wrong += ["VERSIONS"] * (versions != [f"roster {row.number}" for row in rows])
        return wrong


@pytest.fixture(scope="session")
def refused() -> Callable[..., list[str]]:
    """The codes with which something is refused."""

    def codes(work: Callable[..., object], *arguments: object) -> list[str]:
        with pytest.raises(RequestError) as error:
            work(*arguments)
        return [problem.code for problem in error.value.problems]

    return codes


@pytest.fixture
def small_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two places a region, so that a list of four has alternates."""
    two = Quota(total=2, basis=Basis.INFERRED, reason_zh="试", reason_en="test")
    monkeypatch.setattr(gathering, "quota_of", lambda _: two)


@pytest.fixture
def desk(small_quota) -> Callable[[Database], Final]:
    """A desk over a database, with a list of four from Henan and one of three from Shaanxi."""

    def make(database: Database) -> Final:
        made = Final(database)
        for code, size in (("41", 4), ("61", 3)):
            entries = [f"{code}:{number}" for number in range(1, size + 1)]
            for each in entries:
                made.entry(each)
            made.push(code, entries)
        made.renew()
        return made

    return make


@pytest.fixture
def final(desk, database) -> Final:
    return desk(database)


@pytest.fixture
def closed(final: Final) -> Final:
    """A final roster."""
    final.publish("TJ-41-001", "TJ-61-001")
    final.freeze()
    final.finalise()
    return final
