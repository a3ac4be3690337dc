"""adapters/<region>/manifest.toml: who the region is and what its platform can do. Small, closed, checked."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from schema.identifiers import REGIONS
from schema.provenance import Fact


class Capabilities(Fact):
    """What the platform offers, in OAI-PMH's words where it has them.

    changes: "full" gives everything each time; "since" takes a time. deletions: "persistent" keeps a tombstone for good;
    "none" says nothing, so absence from a full listing is the only sign. `overlap_minutes` is asked for again before the
    watermark, for clocks that differ and rows that share a second. `entries_by_number` is how many entries one question
    may name by the province's own numbers; 0 where the platform cannot be asked so and its listing must do.
    """

    changes: Literal["full", "since"]
    deletions: Literal["none", "persistent"]
    overlap_minutes: int = Field(ge=0, le=2880)
    page_size: int = Field(ge=1, le=5000)
    entries_by_number: int = Field(default=0, ge=0, le=5000)


class Cadence(Fact):
    """How often the region is pulled, and how old its data may get before that is worth a word."""

    every_minutes: int = Field(ge=5)
    fresh_minutes: int = Field(ge=5)


class Bound(Fact):
    """How many entries a run may touch in one way before a person must look: a share of those there are, but never
    fewer than `floor` (or a small region could never change) nor more than `ceiling` (or a large one could lose all).
    """

    share: float = Field(gt=0, le=1)
    floor: int = Field(ge=0)
    ceiling: int = Field(ge=1)

    def of(self, entries: int) -> int:
        """The bound for a region with this many entries."""
        return min(self.ceiling, max(self.floor, int(entries * self.share)))


class Guard(Fact):
    """Bounds of one run. `deletions` counts entries that would be withdrawn; `rewrites` those whose title, topic or lead
    organisation would change, which no stage of a contest does to many at once. Growth and progress are not bounded.
    """

    deletions: Bound = Bound(share=0.1, floor=3, ceiling=500)
    rewrites: Bound = Bound(share=0.2, floor=10, ceiling=1000)


class Expected(Fact):
    """Counts of the notice, checked against tracks.toml."""

    tracks: int
    topics: int
    sub_topics: int
    ours: int = 0


Reason = Annotated[str, Field(min_length=8)]


class Manifest(Fact):
    """One region. `mapping_version` rises when mapping.py or a table it reads starts to give other records.

    `ignored` leads from payload fields (their path as the platform writes it, or a path above several) that the mapping
    does not read to the reason; `exempt` from rules of the conformance kit that cannot hold for this region.
    """

    slug: str
    code: str
    iso: str
    name: str
    dialect: str
    mapping_version: int = Field(ge=1)
    capabilities: Capabilities
    cadence: Cadence
    guard: Guard = Guard()
    expected: Expected
    ignored: dict[str, Reason] = Field(default_factory=dict)
    exempt: dict[str, Reason] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_a_region(self) -> "Manifest":
        region = REGIONS.get(self.code)
        found = (self.slug, self.iso, self.name)
        if region is None or found != (region.slug, region.iso, region.name):
            raise ValueError(f"slug, iso and name {found} are not those of code {self.code} in schema.identifiers")
        return self
