"""Recommended lists: validated in one way, sealed whole or not at all, and what becomes of them afterwards."""

from schema.vocabulary import Severity
from sync.lists.findings import Column, Finding
from sync.lists.items import Confirmation, ListItem, items_of
from sync.lists.submission import ListOutcome, Push, submit

__all__ = [
    "Column",
    "Confirmation",
    "Finding",
    "ListItem",
    "ListOutcome",
    "Push",
    "Severity",
    "items_of",
    "submit",
]
