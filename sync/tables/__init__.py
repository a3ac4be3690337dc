"""The rows. SQLModel classes with `table=True` do not validate: records do, before anything becomes a row."""

from sync.tables.access import ApiKeyRow
from sync.tables.audit import AuditHeadRow, AuditRecordRow, AuditSealRow
from sync.tables.cases import CaseEntryRow, CaseRow, DecisionRow, DetectionRow, PairRow
from sync.tables.changes import ChangeRow
from sync.tables.columns import Moment
from sync.tables.console import ConsoleFormRow, ConsoleSessionRow
from sync.tables.eligibility import EligibilityRow, PatternVerdictRow, PeerRow, WaiverRow
from sync.tables.entries import EntryRow, OrganisationRow, PayloadRow, RepresentativeRow
from sync.tables.history import EntryChangeRow
from sync.tables.lists import ListEventRow, ListKeyRow, ListRow, SelectionSettingRow
from sync.tables.messages import MessageRow
from sync.tables.publicity import ObjectionRow, PublicityRow
from sync.tables.pulls import GuardStopRow, JobRow, PullRow, QuarantineRow, RegionStateRow
from sync.tables.registers import RegisterChangeRow, RegisterLineRow
from sync.tables.roster import RosterDecisionRow, RosterVersionRow
from sync.tables.search import EntrySearchRow

__all__ = [
    "ApiKeyRow",
    "AuditHeadRow",
    "AuditRecordRow",
    "AuditSealRow",
    "CaseEntryRow",
    "CaseRow",
    "ChangeRow",
    "ConsoleFormRow",
    "ConsoleSessionRow",
    "DecisionRow",
    "DetectionRow",
    "EligibilityRow",
    "EntryChangeRow",
    "EntryRow",
    "EntrySearchRow",
    "GuardStopRow",
    "JobRow",
    "ListEventRow",
    "ListKeyRow",
    "ListRow",
    "MessageRow",
    "Moment",
    "ObjectionRow",
    "OrganisationRow",
    "PairRow",
    "PatternVerdictRow",
    "PayloadRow",
    "PeerRow",
    "PublicityRow",
    "PullRow",
    "QuarantineRow",
    "RegionStateRow",
    "RegisterChangeRow",
    "RegisterLineRow",
    "RepresentativeRow",
    "RosterDecisionRow",
    "RosterVersionRow",
    "SelectionSettingRow",
    "WaiverRow",
]
