"""The roster of the national final: computed from what goes in, kept in versions, closed by acts."""

from sync.roster.computing import Roster, RosterItem, compute
from sync.roster.versions import Author, current, follow, renew, renewed

__all__ = ["Author", "Roster", "RosterItem", "compute", "current", "follow", "renew", "renewed"]
