"""A form is taken once, whoever hands it in and however often; sessions that ended long ago are forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sync.repository.console import ConsoleStore
from sync.tables import ConsoleSessionRow

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def use(database, owner: str) -> bool:
    with database.write() as session:
        return ConsoleStore(session).use("form", owner, NOW)


def begun(at: datetime) -> ConsoleSessionRow:
    return ConsoleSessionRow(
        digest=f"{at:%d}", name="n", role="NATIONAL", form_key="k", remembered={}, created_at=at, seen_at=at
    )


def test_of_many_who_hand_in_one_form_at_once_one_does(database) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda number: use(database, str(number)), range(8))) == 1


def test_a_session_of_days_ago_is_forgotten_when_another_begins(database) -> None:
    for at in (NOW, NOW + timedelta(days=3)):
        with database.write() as session:
            ConsoleStore(session).add(begun(at))
    with database.read() as session:
        assert [ConsoleStore(session).get(digest) is None for digest in ("04", "07")] == [True, False]
