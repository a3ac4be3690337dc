"""Counts of entries, with their lead organisations or without."""

import pytest

from sync.repository.browse import Wanted
from sync.repository.statistics import GroupKey, counting, lines
from sync.scope import EVERYTHING


@pytest.mark.parametrize("group", GroupKey)
def test_leaving_organisations_out_changes_no_count_of_entries(filled, group) -> None:
    with filled.read() as session:
        made = [
            lines(
                session,
                counting(session, EVERYTHING, [GroupKey.REGION, group], Wanted(), with_organisations=asked),
            )
            for asked in (True, False)
        ]
    whole, quick = [[(line.values, line.entries) for line in found] for found in made]
    assert quick == whole
