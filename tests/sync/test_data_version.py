"""What was worked out of the data stands until somebody commits."""

from sync.repository.data_version import AtVersion, DataVersion
from sync.tables import RegionStateRow


def cursor_of(database) -> str | None:
    with database.read() as session:
        found = session.get(RegionStateRow, "41")
        return found.cursor if found else None


def test_what_was_worked_out_is_worked_out_again_after_a_commit_and_not_before(database) -> None:
    times = []
    version = DataVersion(database)
    kept = AtVersion(version, lambda: times.append(1) or cursor_of(database))
    before = [kept.get(), kept.get()]
    with database.write() as session:
        session.add(RegionStateRow(region="41", cursor="new"))
    after = [kept.get(), kept.get()]
    version.close()
    assert (before, after, len(times)) == ([None, None], ["new", "new"], 2)
