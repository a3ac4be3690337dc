"""What a field costs and how many of something it gives, written beside the field, for whoever bounds what one operation
may ask for. The unit is about what a plain row of a list costs; `gateway.limits` adds them up before anything is read.
"""

from typing import Final, NamedTuple

KEY: Final = "cost"


class Cost(NamedTuple):
    """`weight` is what the field itself costs, `size` how many objects a list without a `first` argument holds as a rule;
    None where nobody said, and a usual size is assumed.
    """

    weight: int = 1
    size: int | None = None


def costs(weight: int = 1, size: int | None = None) -> dict[str, Cost]:
    """The metadata of a field: `strawberry.field(metadata=costs(5, size=3))`."""
    return {KEY: Cost(weight, size)}
