"""The facts of one region: tracks, topics, crosswalk, notice, organisers, timetable, clauses; and the national tracks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from schema.clause_file import national_clauses, read_clauses
from schema.clauses import Clause, ClauseBook
from schema.errors import FactsError, Problem
from schema.fact_file import NATIONAL, problem_in, read_facts
from schema.provenance import Fact, Notice
from schema.selection import Grounded, LowerListFacts, SelectionFacts
from schema.vocabulary import OrganiserRole, TrackMatch


class NationalTopic(Fact):
    """A topic of the national guide, as the Yiyang notice reproduces it."""

    id: str
    title: str
    line: int


class NationalTrack(Fact):
    """One of the 13 industry tracks, or 开放性创新."""

    id: str
    number: int
    name: str
    locator: str
    line: int
    topics: tuple[NationalTopic, ...]


class NationalFacts(Fact):
    """schema/national/tracks.toml."""

    notice: str
    tracks: tuple[NationalTrack, ...]


class SubTopic(Fact):
    """A sub-topic; so far only Hebei's 企业需求子赛题. `title_printed` keeps number and marker."""

    id: str
    number: int
    number_printed: str
    title: str
    title_printed: str
    kind: str
    line: int


class _Mapped(Fact):
    """What tracks and topics share: how they lead to the national tracks, and why."""

    id: str
    match: TrackMatch
    national: tuple[str, ...]
    reason: str | None = None
    remark: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _match_in_small_letters(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "match": str(data.get("match", "")).upper()}

    @model_validator(mode="after")
    def _match_agrees_with_national(self) -> "_Mapped":
        wanted = {TrackMatch.NONE: (0, 0), TrackMatch.EXACT: (1, 1), TrackMatch.AMBIGUOUS: (2, 14)}
        low, high = wanted.get(self.match, (1, 14))
        if not low <= len(self.national) <= high:
            raise ValueError(f"match {self.match} takes {low} to {high} national tracks, not {len(self.national)}")
        if self.match in (TrackMatch.AMBIGUOUS, TrackMatch.NONE, TrackMatch.TOPIC) and not self.reason:
            raise ValueError(f"match {self.match} needs a reason")
        return self

    @property
    def proposal(self) -> str | None:
        """The national track that the crosswalk proposes; None where a person must decide."""
        return self.national[0] if self.match in (TrackMatch.EXACT, TrackMatch.TOPIC) else None


class Topic(_Mapped):
    """赛题, title as printed. `ours` marks what the notice does not number; `open` is False where registration is shut."""

    number: int
    number_printed: str
    title: str
    locator: str
    line: int
    see_also: tuple[str, ...] = ()
    national_topic: str | None = None
    national_topic_relation: str | None = None
    open: bool = True
    closed_by: str | None = None
    ours: bool = False
    sub_topics: tuple[SubTopic, ...] = ()


class Track(_Mapped):
    """赛道 as the province prints it."""

    number: int
    number_printed: str
    name: str
    heading: str
    locator: str
    line: int
    intro: str | None = None
    authorities: tuple[str, ...] = ()
    authorities_locator: str | None = None
    topics: tuple[Topic, ...]


class TrackFacts(Fact):
    """adapters/<region>/tracks.toml."""

    tracks: tuple[Track, ...]


class Platform(Fact):
    """The platform's public address, as the notice prints it."""

    url: str
    quote: str
    locator: str


class Organisers(Fact):
    """The organisers of one role, as printed."""

    role: OrganiserRole
    names: tuple[str, ...] = Field(min_length=1)
    locator: str


class TimelineItem(Fact):
    """One date or span of the timetable. Months and ten-day periods are widened; `precision` says so."""

    id: str
    start: date | None = None
    end: date | None = None
    quote: str
    locator: str
    precision: str | None = None
    note: str | None = None


class NoticeFacts(Fact):
    """adapters/<region>/notice.toml."""

    notice: Notice
    platform: Platform
    selection: SelectionFacts | None = None
    lower_lists: tuple[LowerListFacts, ...] = ()
    organisers: tuple[Organisers, ...]
    timeline: tuple[TimelineItem, ...]

    def selection_rules(self) -> Iterator[tuple[str, Grounded]]:
        """Every rule of who goes up, with its place in the file."""
        lists = [("selection", self.selection)] if self.selection else []
        for name, each in (*lists, *((f"lower_lists.{lower.code}", lower) for lower in self.lower_lists)):
            yield from ((f"{name}.{key}", rule) for key, rule in each.rules())


@dataclass(frozen=True)
class Catalogue:
    """One region's tracks, notice and clauses, with topics and sub-topics found by id or by number."""

    tracks: tuple[Track, ...]
    facts: NoticeFacts
    book: ClauseBook

    @cached_property
    def _tracks(self) -> dict[str, Track]:
        return {track.id: track for track in self.tracks}

    @cached_property
    def _topics(self) -> dict[str, tuple[Track, Topic]]:
        return {topic.id: (track, topic) for track, topic in self.topics()}

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """What an entry of this region is judged by: the region's own clauses, then the national ones."""
        return (*self.book.clauses, *national_clauses().clauses)

    @cached_property
    def clauses_by_id(self) -> Mapping[str, Clause]:
        """The same, by id."""
        return {clause.id: clause for clause in self.clauses}

    def track(self, track_id: str) -> Track | None:
        """The track of this id."""
        return self._tracks.get(track_id)

    def topic(self, topic_id: str) -> tuple[Track, Topic] | None:
        """The topic of this id and the track it belongs to."""
        return self._topics.get(topic_id)

    @cached_property
    def _numbered(self) -> dict[tuple[int, int], Topic]:
        return {(track.number, topic.number): topic for track, topic in self.topics()}

    def topic_numbered(self, track: int, topic: int) -> Topic | None:
        """The topic with these printed numbers."""
        return self._numbered.get((track, topic))

    def topics(self) -> Iterator[tuple[Track, Topic]]:
        """Every topic with its track, in printed order."""
        return ((track, topic) for track in self.tracks for topic in track.topics)


def _repeated(ids: Iterable[str]) -> list[str]:
    return [identifier for identifier, times in Counter(ids).items() if times > 1]


@cache
def national_tracks() -> tuple[NationalTrack, ...]:
    """The national taxonomy, in order."""
    return read_facts(NATIONAL / "tracks.toml", NationalFacts).tracks


def read_catalogue(folder: Path) -> Catalogue:
    """The catalogue of a region's folder; ids are unique and every national track named exists."""
    path = folder / "tracks.toml"
    tracks = read_facts(path, TrackFacts).tracks
    known = {track.id for track in national_tracks()}
    topics = [topic for track in tracks for topic in track.topics]
    ids = [*(t.id for t in tracks), *(t.id for t in topics), *(s.id for t in topics for s in t.sub_topics)]
    problems = [problem_in(path, identifier, "this id stands twice") for identifier in _repeated(ids)]
    problems += [
        problem_in(path, f"{item.id}.national", f"no national track {name}")
        for item in [*tracks, *topics]
        for name in item.national
        if name not in known
    ]
    parts: list[Any] = []
    for read in (
        lambda: read_facts(folder / "notice.toml", NoticeFacts),
        lambda: read_clauses(folder / "clauses.toml"),
    ):
        try:
            parts.append(read())
        except FactsError as error:
            problems += error.problems
    if problems:
        raise FactsError(problems)
    found = Catalogue(tracks, *parts)
    if strange := _strange(found, folder / "clauses.toml"):
        raise FactsError(strange)
    return found


def _strange(found: Catalogue, path: Path) -> list[Problem]:
    """Clauses that speak of what the region does not have."""
    items = (item.id for item in found.facts.timeline)
    known = {*items, *(track.id for track in found.tracks), *(topic.id for _, topic in found.topics())}
    return [
        problem_in(path, f"{clause.id}.arguments", f"the region has no track, topic or date {name}")
        for clause in found.book.clauses
        if clause.is_machine
        for name in sorted(clause.test.names - known)
    ]
