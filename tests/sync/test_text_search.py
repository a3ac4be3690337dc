"""Text search finds the same on both databases, whatever is asked: what Python finds by its definition."""

import random
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.provenance import SourceRef
from schema.records import Entry, Organisation, Team
from schema.vocabulary import Stage, TrackMatch
from sync.database import Database
from sync.repository import search
from sync.repository.browse import EntryBrowser, Wanted
from sync.repository.entries import EntryStore
from sync.repository.entry_filter import EntryFilter
from sync.repository.keyset import Slice
from sync.repository.prepared import Prepared
from sync.repository.statements import prepare
from sync.scope import EVERYTHING
from sync.search_text import grams, normalised, sought, spread, words
from sync.searchable_texts import searchable
from sync.simplified import simplified
from sync.tables import EntryRow

ODD = [
    "%", "_", '"', "'", "*", "\\", "(", ")", "-", "🚀", "𠮷", "^", ":", "OR", "AND NOT", "NEAR(数 据)", "数据*", "100%", "a_b", "x", "X",
    "×", "数据要素×", "數據", "ＡＩ", "ａｉ平台", "Ⅱ", "㎡", "数据 平台", "平台　数据", "  医疗  ", "ß", "ﬁ", "é", "e\u0301", "有限公司", "大学",
]  # fmt: skip
NOW = datetime(2025, 7, 1, tzinfo=UTC)
NASTY = "甲%乙_丙\"丁'戊*己🚀庚\\辛^ Straße ﬁne 數據𠮷 ＡＢＣ Ⅱ期 caf\u00e9"


@pytest.fixture(scope="module")
def pair(sqlite_backend, postgres_backend):
    """The same entries in both databases, some of them with odd signs in their titles."""
    made = [Database(backend.new("filled")) for backend in (sqlite_backend, postgres_backend)]
    for database in made:
        with database.write() as session:
            for row in session.query(EntryRow).order_by(EntryRow.id).limit(3):
                row.title = f"{row.title[:4]}{NASTY}"
            session.flush()
            search.rebuild(session)
    yield made
    for database in made:
        database.close()


@pytest.fixture(scope="module")
def texts(pair) -> dict[str, str]:
    """What is searched, by entry, worked out anew."""
    with pair[0].read() as session:
        browser = EntryBrowser(session, EVERYTHING)
        rows = browser.all(EntryFilter())
        units = browser.organisations([row.id for row in rows])
    return {
        row.id: normalised(
            " ".join(
                (row.title, row.summary, row.team_name, *(f"{u.name} {u.credit_code or ''}" for u in units[row.id]))
            )
        )
        for row in rows
    }


@pytest.fixture(scope="module")
def questions(texts) -> list[str]:
    """A hundred and more: pieces of one to eight characters out of the texts, two together, and odd ones."""
    chance = random.Random(8)
    pieces = []
    for length in (1, 2, 3, 4, 6, 8):
        for text in chance.sample(sorted(texts.values()), 12):
            start = chance.randrange(len(text) - length)
            pieces.append(text[start : start + length])
    return [*pieces, *(f"{a} {b}" for a, b in zip(pieces, pieces[30:], strict=False)), *ODD, *NASTY]


def prepared(database: Database, title: str) -> Prepared:
    record = Entry(
        id="41:X", region="41", native_id="X", title=title, track_id="HA-T01", topic_id="HA-T01-01", match=TrackMatch.EXACT,
        stage=Stage.FINAL, organisations=(Organisation(name="某院", is_lead=True),), team=Team(name="甲队"), submitted_at=NOW,
        updated_at=NOW, source=SourceRef(url="https://example.org", fetched_at=NOW, sha256="0" * 64, locator="1"),
    )  # fmt: skip
    return prepare(record, "", b"{}", mapping_version=1, now=NOW, database=database.name)


def found(database: Database, question: str, *, page: bool) -> set[str]:
    """By a page, which may walk, or by all of them, which are looked up."""
    wanted = EntryFilter(text=question)
    with database.read() as session:
        browser = EntryBrowser(session, EVERYTHING)
        rows = browser.listing(Wanted(wanted)).rows(Slice(1000)) if page else browser.all(wanted)
    return {row.id for row in rows}


@pytest.mark.parametrize("page", [True, False], ids=["page", "all"])
@pytest.mark.parametrize("few", [0, 1000], ids=["walking", "looked up"])
def test_both_databases_find_what_the_definition_says(pair, texts, questions, monkeypatch, few, page) -> None:
    monkeypatch.setattr(
        search, "_FEW", few
    )  # which way is taken depends on the number of entries, and here there are few
    wrong = {}
    for question in questions:
        wanted = {entry for entry, text in texts.items() if all(word in text for word in words(question))}
        if [found(database, question, page=page) for database in pair] != [wanted, wanted]:
            wrong[question] = wanted
    assert (len(questions) > 100, wrong) == (True, {})


def test_a_question_of_blanks_asks_nothing(pair, texts) -> None:
    assert [found(database, "  　\t", page=False) for database in pair] == [set(texts)] * 2


def test_an_entry_is_found_by_its_words_as_soon_as_it_is_stored_and_by_new_ones_as_soon_as_they_are(database) -> None:
    told = []
    for store, title in ((EntryStore.add, "海上风电孪生体"), (EntryStore.replace, "山地光伏驾驶舱")):
        with database.write() as session:
            store(EntryStore(session), [prepared(database, title)])
        told.append([found(database, word, page=True) for word in ("孪生", "驾驶舱")])
    assert told == [[{"41:X"}, set()], [set(), {"41:X"}]]


def test_what_is_searched_goes_with_the_entry(filled: Database) -> None:
    with filled.write() as session:
        gone = session.query(EntryRow).order_by(EntryRow.id).first()
        word = gone.id[3:]
        session.delete(gone)
    with filled.read() as session:
        left = session.query(search.EntrySearchRow).filter_by(entry_id=gone.id).count()
    assert (left, found(filled, word, page=True)) == (0, set())


def test_made_anew_it_is_what_was_kept_in_step(filled: Database) -> None:
    def everything() -> list[tuple[str, str, str]]:
        row = search.EntrySearchRow
        with filled.read() as session:
            return sorted(tuple(each) for each in session.query(row.entry_id, row.body, row.organisations))

    kept = everything()
    with filled.write() as session:
        number = search.rebuild(session)
    assert (everything(), number) == (kept, len(kept))


ALPHABET = st.one_of(st.sampled_from("数據要×乘xXＡ１，　 \t\n\x1fßﬁ㎡é\u0301\u1161각🚀𠮷"), st.characters())


@given(text=st.text(alphabet=ALPHABET))
def test_a_text_is_normalised_by_its_definition_however_it_is_looked_up(text: str) -> None:
    small = "".join("x" if each == "×" else each.casefold() for each in unicodedata.normalize("NFKC", text))
    assert normalised(text) == " ".join("".join(simplified().get(ord(each), each) for each in small).split())


@given(texts=st.lists(st.one_of(st.text(alphabet="數據×Ｘ　 \n"), st.text(alphabet=ALPHABET)), max_size=5))
def test_texts_made_searchable_together_are_what_each_is_alone(texts: list[str]) -> None:
    assert searchable(texts) == [spread(normalised(text)) for text in texts]


@given(text=st.text(alphabet="数据要素xX ab"), word=st.text(alphabet="数据要素xab", min_size=1))
def test_a_word_occurs_in_a_text_where_it_does_in_the_spread_text(text: str, word: str) -> None:
    assert (sought(word) in spread(normalised(text))) == (word in normalised(text))


@given(text=st.text(), word=st.text(min_size=1))
def test_a_text_that_holds_a_word_has_all_its_trigrams(text: str, word: str) -> None:
    whole = spread(normalised(text + word))
    assert [
        gram for each in words(word) for gram in grams(each) if each in normalised(text + word) and gram not in whole
    ] == []
