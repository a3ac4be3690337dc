"""Every page and every act of the console, in the order of the menu."""

from collections.abc import Sequence
from typing import Final

from gateway.console.page import Act, Page
from gateway.console.pages import cases, entries, lists, operations, overview, publicity, roster, rules

PAGES: Final[Sequence[Page]] = (
    *overview.PAGES, *entries.PAGES, *cases.PAGES, *lists.PAGES, *roster.PAGES, *publicity.PAGES, *rules.PAGES, *operations.PAGES,
)  # fmt: skip
ACTS: Final[Sequence[Act]] = (
    *cases.ACTS, *lists.ACTS, *roster.ACTS, *publicity.ACTS, *rules.ACTS, *operations.ACTS,
)  # fmt: skip
