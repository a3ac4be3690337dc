"""What the generator must know of a province: its topics, cities, words in use, registration window, form of ids."""

from dataclasses import dataclass
from datetime import datetime, time

from adapters.base import Adapter
from adapters.lookups import NONE
from adapters.sandbox.registrations import TopicChoice
from schema.clauses import Clause
from schema.provenance import CHINA
from schema.vocabulary import AwardLevel, Stage


@dataclass(frozen=True)
class Profile:
    """One province. `native_id` is a format with {serial}; `cities` are its host cities, or its own name alone; `clauses`
    those of its notice that a machine judges.
    """

    slug: str
    code: str
    name: str
    native_id: str
    cities: tuple[str, ...]
    topics: tuple[TopicChoice, ...]
    stages: tuple[Stage, ...]
    awards: tuple[AwardLevel, ...]
    opens: datetime
    closes: datetime
    organisers: tuple[str, ...]
    clauses: tuple[Clause, ...]


def profile(adapter: Adapter, native_id: str, cities: tuple[str, ...] = ()) -> Profile:
    """The profile read off a region's own facts."""
    manifest, facts = adapter.manifest, adapter.catalogue.facts
    window = next(item for item in facts.timeline if item.id.endswith("timeline-registration"))
    if window.start is None or window.end is None:
        raise ValueError(f"{manifest.slug}/notice.toml: the registration window has no first or last day")
    return Profile(
        slug=manifest.slug,
        code=manifest.code,
        name=manifest.name,
        native_id=native_id,
        cities=cities or (manifest.name,),
        topics=tuple(
            TopicChoice(
                track.id,
                track.number,
                track.name,
                topic.id,
                topic.number,
                topic.title,
                (topic.national or ("N14",))[0],
                tuple(sub.id for sub in topic.sub_topics),
                topic.open,
            )
            for track, topic in adapter.catalogue.topics()
        ),
        stages=tuple(dict.fromkeys(Stage(member) for member in adapter.lookups.labels("stage").values())),
        awards=tuple(dict.fromkeys(AwardLevel(m) for m in adapter.lookups.labels("award").values() if m != NONE)),
        opens=datetime.combine(window.start, time(9), CHINA),
        closes=datetime.combine(window.end, time(17), CHINA),
        organisers=tuple(
            name for group in facts.organisers if group.role in ("承办单位", "支持单位") for name in group.names
        ),
        clauses=tuple(clause for clause in adapter.catalogue.book.clauses if clause.is_machine),
    )


def label_of(adapter: Adapter, table: str, member: str) -> str:
    """The province's first word for a member of a closed list: the lookup the other way round."""
    return next(label for label, target in adapter.lookups.labels(table).items() if target == member)
