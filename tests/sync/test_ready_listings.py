"""Listings whose statements are put together once: pages of any size and from any place share them."""

from sync.repository.browse import NEWEST, EntryBrowser, Sort, SortKey, Wanted, order_of
from sync.repository.keyset import Slice
from sync.repository.ready import ReadyListing
from sync.scope import EVERYTHING
from sync.tables import EntryRow


class Made:
    """A listing that is ready, and how often it was put together."""

    def __init__(self, sorts) -> None:
        self.times = 0
        self._sorts = sorts
        self.ready = ReadyListing(self._listing, order_of(sorts), EntryRow, ["id"])

    def _listing(self, session):
        self.times += 1
        return EntryBrowser(session, EVERYTHING).listing(Wanted(), self._sorts)


def test_pages_of_any_size_share_a_statement(filled) -> None:
    made = Made(NEWEST)
    with filled.glance() as session:
        sizes = [len(made.ready.rows(session, Slice(size))) for size in (1, 7, 3, 20)]
    assert (sizes, made.times) == ([1, 7, 3, 20], 1)


def test_pages_from_any_place_share_a_statement_and_go_on_where_the_one_before_ended(filled) -> None:
    made = Made((Sort(SortKey.SCORE), Sort(SortKey.TITLE)))
    with filled.glance() as session:
        whole = [row[0] for row in made.ready.rows(session, Slice(60))]
        found, place = [], None
        for _ in range(6):
            rows = made.ready.rows(session, Slice(10, after=place))
            found += [row[0] for row in rows]
            place = made.ready.place(rows[-1])
    assert (found, made.times <= 3) == (whole, True)  # the first, after a score, after none
