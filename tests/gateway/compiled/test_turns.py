"""Who asks while others are answered is answered with those who ask beside: by one look and, where that can be, one statement."""

import asyncio
from contextlib import nullcontext

import orjson
import pytest
import pytest_asyncio
from sqlalchemy import event

from adapters.registry import regions
from gateway.auth import KeyWish, make_key
from gateway.compiled import NotCovered, makings, standing_line, turns
from gateway.compiled.asked import Asked
from gateway.compiled.operation import compiled
from gateway.compiled.standing_line import StandingLine
from gateway.compiled.turns import Turns
from gateway.hub import Hub
from gateway.schema import graphql_schema
from gateway.trusted_documents import TrustedDocuments
from schema.errors import RequestError
from schema.vocabulary import Role
from sync.database import Database, DatabaseFault
from sync.repository.line import Line
from sync.settings import LimitSettings, Settings

TITLE = "query T($id: ID!) { entry(id: $id) { id title } }"
OVER_A_LINE = pytest.mark.parametrize(("backend", "asking"), [("postgres", "over a line")], indirect=True)
PAGE = "{ entries(first: 5) { totalCount nodes { id } } }"


class Waiting(Asked):
    """Of which the outcome is waited for."""

    __slots__ = ("outcome",)

    def __init__(self, key: str, query: str, **variables: object) -> None:
        body = orjson.dumps({"query": query, "variables": variables})
        headers = [(b"authorization", f"Bearer {key}".encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "client": ("127.0.0.1", 1)}
        super().__init__({**scope, "state": {}}, body)
        self.outcome = asyncio.get_running_loop().create_future()

    def then(self, outcome) -> None:
        self.outcome.set_result(outcome)

    async def data(self):
        """What was answered."""
        found = await self.outcome
        return orjson.loads(found.body)["data"]


class Asking:
    """Turns over a database that know the documents, and a key to ask with."""

    def __init__(self, database, **limits: float) -> None:
        settings = Settings(limits=LimitSettings(**{"seconds": 60, **limits}), token_key="t" * 64, kept_answers=0)
        self.hub = Hub(settings, database)
        self.turns = Turns(self.hub, graphql_schema(), TrustedDocuments())
        self.key = make_key(database, KeyWish("asker", Role.NATIONAL))
        for query in (TITLE, PAGE):
            compiled(graphql_schema(), query, None)

    def ask(self, query: str, **variables: object) -> Waiting:
        asked = Waiting(self.key, query, **variables)
        self.turns.ask(asked)
        return asked


@pytest_asyncio.fixture(params=["in threads", "over a line"])
async def asking(request, filled):
    """Turns over either database that know the key too; served, when they have a line to PostgreSQL, or not."""
    made = Asking(filled)
    async with made.turns.line.standing() if request.param == "over a line" else nullcontext():
        await made.ask(PAGE).outcome
        yield made
    made.hub.stop()


@pytest.fixture
def asked_of_lines(monkeypatch) -> list[str]:
    """What lines are asked for, each by its table or function."""
    heard: list[str] = []
    ask = Line.ask

    def noting(line, sql, values, then) -> None:
        heard.append("entry" if "FROM entry" in sql else "look" if "pg_current_snapshot" in sql else sql)
        ask(line, sql, values, then)

    monkeypatch.setattr(Line, "ask", noting)
    return heard


@pytest.fixture
def statements(filled) -> list[str]:
    """Those that read entries or keys, and those that look for the version."""
    heard: list[str] = []
    wanted = ("FROM entry", "pg_current_snapshot", "FROM api_key")
    event.listen(
        filled.engine,
        "before_cursor_execute",
        lambda *given: heard.extend(each for each in wanted if each in given[2]),
    )
    return heard


@pytest.fixture
def ids(filled) -> list[str]:
    with filled.engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT id FROM entry ORDER BY id LIMIT 70")]


async def test_each_is_given_what_it_asked_for(asking, ids) -> None:
    asked = [*ids, "41:none", *ids[:5]]
    waiting = [asking.ask(TITLE, id=each) for each in asked]
    found = [(await each.data())["entry"] for each in waiting]
    assert [each and each["id"] for each in found] == [None if each == "41:none" else each for each in asked]


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_entries_that_are_asked_for_at_a_time_take_one_statement(asking, ids, statements) -> None:
    waiting = [asking.ask(TITLE, id=each) for each in ids[:9]]
    for each in waiting:
        await each.outcome
    assert statements == ["pg_current_snapshot", "FROM entry"]


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_what_several_ask_at_a_time_is_worked_out_once(asking, statements) -> None:
    waiting = [asking.ask(PAGE) for _ in range(5)]
    found = [await each.outcome for each in waiting]
    assert (statements, [each is found[0] for each in found]) == (["pg_current_snapshot", "FROM entry"], [True] * 5)


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_a_key_that_several_show_at_a_time_is_looked_up_once(asking, filled, statements) -> None:
    asking.key = make_key(filled, KeyWish("new", Role.NATIONAL))
    statements.clear()
    waiting = [asking.ask(PAGE) for _ in range(5)]
    for each in waiting:
        await each.outcome
    assert statements.count("FROM api_key") == 1


async def test_the_ages_of_regions_are_told_of_each_entry_alone(asking, filled) -> None:
    with filled.engine.connect() as connection:
        with_own = dict(connection.exec_driver_sql("SELECT region, min(id) FROM entry GROUP BY region").all())
    waiting = {region: asking.ask(TITLE, id=each) for region, each in with_own.items()}
    told = {region: orjson.loads((await each.outcome).body)["extensions"] for region, each in waiting.items()}
    found = {region: [age["region"] for age in each["freshness"]] for region, each in told.items()}
    assert found == {region: [region] for region in regions()}


async def test_one_that_is_refused_keeps_nobody_else_waiting(asking, ids) -> None:
    right, asking.key = asking.key, "dexhub_aaaaaaaa_wrong"
    wrong = asking.ask(TITLE, id=ids[0])
    asking.key = right
    good = asking.ask(TITLE, id=ids[0])
    refused = await wrong.outcome
    assert (isinstance(refused, RequestError), await good.data()) == (True, await asking.ask(TITLE, id=ids[0]).data())


async def test_what_takes_too_long_is_refused_and_paid_for(filled) -> None:
    slow = Asking(filled, seconds=1e-9, cost_per_minute=10**6)
    first = await slow.ask(PAGE).outcome
    spent = slow.hub.rates._spent.used(slow.key.split("_")[1])
    slow.hub.stop()
    assert (first.problems[0].code, spent > 100_000) == ("OPERATION_TIMEOUT", True)


async def test_a_database_that_is_gone_leaves_it_to_the_ordinary_way(asking, filled, monkeypatch) -> None:
    def gone(*_: object) -> None:
        raise DatabaseFault("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(filled, "glance", gone)
    waiting = [asking.ask(PAGE) for _ in range(3)]
    assert [await each.outcome for each in waiting] == [None] * 3


async def test_what_turns_could_not_answer_is_paid_for_once(asked, plain_schema, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise NotCovered

    compiling, ordinary = asked(graphql_schema(), kept_answers=0), asked(plain_schema)
    wish = KeyWish("asker", Role.NATIONAL)
    expected = await ordinary.answer(wish, {"query": PAGE})
    await compiling.answer(wish, {"query": PAGE})
    monkeypatch.setattr(makings, "answers", fails)
    found = await compiling.answer(wish, {"query": PAGE})
    assert (found[0], found[3]) == (200, expected[3])


async def test_nobody_is_left_without_an_answer_whatever_happens(asking, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(asking.hub.version, "look", fails)
    monkeypatch.setattr(asking.hub.version, "ask", lambda _, then: then(fails))
    by_the_look = [asking.ask(PAGE) for _ in range(2)]
    found = [await each.outcome for each in by_the_look]
    monkeypatch.undo()
    monkeypatch.setattr(makings, "answers", fails)
    by_the_plan = [asking.ask(PAGE) for _ in range(2)]
    found += [await each.outcome for each in by_the_plan]
    monkeypatch.setattr(turns, "entering", fails)
    found += [await asking.ask(PAGE).outcome]
    assert found == [None] * 5


async def test_an_operation_of_which_nothing_is_selected_is_answered(asking) -> None:
    query = "query Q($no: Boolean!) { entries @skip(if: $no) { totalCount } }"
    compiled(graphql_schema(), query, None)
    assert (await asking.ask(query, no=True).outcome).body == b'{"data":{}}'


async def test_large_pages_are_made_one_at_a_time(asking, monkeypatch) -> None:
    handed: list[bool] = []
    hand_over = makings.hand_over
    monkeypatch.setattr(makings, "hand_over", lambda *given, is_large: handed.append(is_large) or hand_over(*given))
    for first in (200, 201):
        query = f"{{ entries(first: {first}) {{ nodes {{ id }} }} }}"
        compiled(graphql_schema(), query, None)
        await asking.ask(query).outcome
    assert handed == [False, True]


@OVER_A_LINE
async def test_a_line_is_asked_for_what_is_ready_and_for_nothing_else(asking, asked_of_lines) -> None:
    await asking.ask(TITLE, id="41:none").outcome
    asked_of_lines.clear()
    for query in (PAGE, TITLE, TITLE):
        await asking.ask(query, id="41:none").outcome
    assert asked_of_lines == ["look", "look", "entry", "look", "entry"]


@OVER_A_LINE
async def test_what_a_region_asks_is_asked_in_a_session_that_names_it(asking, asked_of_lines) -> None:
    asking.key = make_key(asking.hub.database, KeyWish("henan", Role.REGION, "41"))
    for _ in range(3):
        await asking.ask(TITLE, id="41:none").outcome
    assert asked_of_lines == ["look"] * 3


@OVER_A_LINE
async def test_after_a_commit_a_line_tells_the_new_ages(asking) -> None:
    database = asking.hub.database
    with database.engine.connect() as connection:
        ((entry,),) = connection.exec_driver_sql("SELECT min(id) FROM entry WHERE region = '41'").all()
    for _ in range(2):
        await asking.ask(TITLE, id=entry).outcome
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE region_state SET succeeded_at = NULL WHERE region = '41'")
    found = [orjson.loads((await asking.ask(TITLE, id=entry).outcome).body)["extensions"] for _ in range(2)]
    assert [each["freshness"][0]["succeededAt"] for each in found] == [None, None]


@OVER_A_LINE
async def test_a_line_that_is_lost_stands_again(asking, asked_of_lines, monkeypatch) -> None:
    monkeypatch.setattr(standing_line, "_PAUSE", 0)
    lost = asking.turns.line.now()
    with asking.hub.database.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
    by_the_ordinary_way = await asking.ask(TITLE, id="41:none").outcome
    answered = [await (await asked_until_known(asking)).data() for _ in range(2)]
    stands = asking.turns.line.now()
    assert (by_the_ordinary_way, lost.is_lost, stands is not lost, answered) == (
        None,
        True,
        True,
        [{"entry": None}] * 2,
    )


async def asked_until_known(asking: Asking) -> Waiting:
    """Asked again while the pools' connections, which were ended too, are found out."""
    while True:
        asked = asking.ask(TITLE, id="41:none")
        if await asked.outcome is not None and asking.turns.line.now() is not None:
            return asked


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_without_a_database_there_is_no_line_and_no_end_either(filled) -> None:
    gone = Database(filled.url.set(database="gone").render_as_string(hide_password=False))
    line = StandingLine(gone)
    async with line.standing():
        assert line.now() is None
    gone.close()


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_a_line_that_could_not_be_opened_is_opened_later(filled, monkeypatch) -> None:
    connect, failing = filled.without_transactions, [TimeoutError(), TimeoutError()]

    def connected():
        if failing:
            raise failing.pop()
        return connect()

    monkeypatch.setattr(standing_line, "_PAUSE", 0)
    monkeypatch.setattr(filled, "without_transactions", connected)
    line = StandingLine(filled)
    async with line.standing(), asyncio.timeout(30):
        while line.now() is None:  # noqa: ASYNC110  nobody tells when it stands
            await asyncio.sleep(0.01)
    assert failing == []


async def test_what_a_line_does_not_take_a_thread_does(asking, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(makings, "ask", fails)
    waiting = [asking.ask(TITLE, id="41:none") for _ in range(3)]
    assert [await each.data() for each in waiting] == [{"entry": None}] * 3
