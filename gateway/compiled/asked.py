"""A request that turns answer, whatever way it came."""

from abc import ABC, abstractmethod

from starlette.types import Scope

from gateway.compiled.kept import Answer
from schema.errors import RequestError


class Asked(ABC):
    """A request for the graph that has come as a whole: ASGI's scope, and what was sent with it. The scope's state holds its context
    once it is known who asks.
    """

    __slots__ = ("raw", "scope")

    def __init__(self, scope: Scope, raw: bytes) -> None:
        self.scope, self.raw = scope, raw

    @abstractmethod
    def then(self, outcome: Answer | RequestError | None) -> None:
        """What came of it, once: an answer, a refusal, or None where the ordinary way has to answer."""

    @property
    def by_get(self) -> bool:
        """Whether the address says what is asked for."""
        return bool(self.scope["method"] == "GET")
