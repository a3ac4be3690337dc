"""What a viewer may see: everything, or one region's own. Repositories ask for it, so forgetting it does not compile."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """`region` is a code, or None for all regions."""

    region: str | None = None

    def covers(self, region: str) -> bool:
        """Whether this region's rows may be seen."""
        return self.region is None or self.region == region


EVERYTHING = Scope()
