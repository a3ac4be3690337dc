"""adapters/<region>/manifest.toml: who the region is and what its platform can do. Small, closed, checked."""

from typing import Literal

from pydantic import Field, model_validator

from schema.identifiers import REGIONS
from schema.provenance import Fact


class Capabilities(Fact):
    """What the platform offers, in OAI-PMH's words where it has them.

    changes: "full" gives everything each time; "since" takes a time. deletions: "persistent" keeps a tombstone for good;
    "none" says nothing, so absence from a full listing is the only sign. `overlap_minutes` is asked for again before the
    watermark, for clocks that differ and rows that share a second.
    """

    changes: Literal["full", "since"]
    deletions: Literal["none", "persistent"]
    overlap_minutes: int = Field(ge=0, le=2880)
    page_size: int = Field(ge=1, le=5000)


class Cadence(Fact):
    """How often the region is pulled, and how old its data may get before that is worth a word."""

    every_minutes: int = Field(ge=5)
    fresh_minutes: int = Field(ge=5)


class Expected(Fact):
    """Counts of the notice, checked against tracks.toml."""

    tracks: int
    topics: int
    sub_topics: int
    ours: int = 0


class Manifest(Fact):
    """One region. `mapping_version` rises when mapping.py or a table it reads starts to give other records."""

    slug: str
    code: str
    iso: str
    name: str
    dialect: str
    mapping_version: int = Field(ge=1)
    capabilities: Capabilities
    cadence: Cadence
    expected: Expected

    @model_validator(mode="after")
    def _is_a_region(self) -> "Manifest":
        region = REGIONS.get(self.code)
        found = (self.slug, self.iso, self.name)
        if region is None or found != (region.slug, region.iso, region.name):
            raise ValueError(f"slug, iso and name {found} are not those of code {self.code} in schema.identifiers")
        return self
