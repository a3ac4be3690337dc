"""Recommended lists: validated in one way, sealed whole or not at all, and what becomes of them afterwards."""

from schema.vocabulary import Severity
from sync.lists.findings import Column, Finding
from sync.lists.items import Confirmation, ListItem, items_of

# What acts on lists (`submission`, `acts`) moves the roster, which reads lists: it is imported by its own name.
__all__ = ["Column", "Confirmation", "Finding", "ListItem", "Severity", "items_of"]
