"""No field without a declaration of who may ask for it, no table without a policy of who may read it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import SQLModel

import sync.tables  # noqa: F401  fills the metadata
from adapters.registry import regions
from gateway.access import ROLES
from gateway.schema import graphql_schema
from schema.types.cost import KEY
from schema.vocabulary import Role
from sync.database import Database
from sync.scope import EVERYTHING, Scope

ROOTS = ("query_type", "mutation_type", "subscription_type")


def undeclared(root: str) -> list[str]:
    kind = getattr(graphql_schema()._schema, root)
    fields = kind.fields if kind else {}
    return [name for name, field in fields.items() if ROLES not in field.extensions["strawberry-definition"].metadata]


@pytest.fixture
def postgres(postgres_backend):
    database = Database(postgres_backend.new("filled"))
    yield database
    database.close()


def catalogue(database: Database, question: str) -> set[str]:
    with database.read() as session:
        return {str(row[0]) for row in session.execute(text(question))}


@pytest.mark.parametrize("root", ROOTS)
def test_every_root_field_declares_who_may_ask_for_it(root) -> None:
    assert undeclared(root) == []


def test_what_only_the_organiser_may_ask_for_is_refused_by_its_declaration_alone(service) -> None:
    declared = {
        name
        for name, field in graphql_schema()._schema.mutation_type.fields.items()
        if Role.REGION in field.extensions["strawberry-definition"].metadata[ROLES]
    }
    assert declared == {"submitRecommendations", "moveList", "markMessagesRead"}


def test_every_root_field_declares_what_it_costs() -> None:
    kinds = (graphql_schema()._schema.query_type, graphql_schema()._schema.mutation_type)
    costs = [
        field.extensions["strawberry-definition"].metadata[KEY].weight
        for kind in kinds
        for field in kind.fields.values()
    ]
    assert [cost for cost in costs if cost < 1] == []


def test_every_table_has_row_level_security_on(postgres) -> None:
    guarded = catalogue(postgres, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity")
    assert set(SQLModel.metadata.tables) - guarded == set()


def test_every_table_that_a_region_may_read_has_a_policy_and_no_other_is_granted(postgres) -> None:
    granted = catalogue(
        postgres, "SELECT table_name FROM information_schema.role_table_grants WHERE grantee = 'dexhub_region'"
    )
    assert granted == catalogue(postgres, "SELECT tablename FROM pg_policies WHERE 'dexhub_region' = ANY (roles)")


def test_a_region_is_granted_nothing_but_reading(postgres) -> None:
    kinds = catalogue(
        postgres, "SELECT privilege_type FROM information_schema.role_table_grants WHERE grantee = 'dexhub_region'"
    )
    assert kinds == {"SELECT"}


@pytest.mark.parametrize("code", regions())
def test_the_database_shows_a_region_no_row_of_another(postgres, code) -> None:
    keyed = {
        "entry_change": "entry_id", "eligibility": "entry_id", "entry_representative": "entry_id", "payload": "region",
        "pull": "region", "quarantine": "region", "region_state": "region",
    }  # fmt: skip

    def seen(scope: Scope) -> dict[str, set[str]]:
        with postgres.read(scope) as session:
            return {
                table: {row[0] for row in session.execute(text(f'SELECT DISTINCT left("{column}", 2) FROM "{table}"'))}
                for table, column in keyed.items()
            }

    assert seen(Scope(code)) == {table: found & {code} for table, found in seen(EVERYTHING).items()}


@pytest.mark.parametrize("code", ["41"])
def test_of_other_regions_entries_a_region_reads_those_its_cases_name(postgres, code) -> None:
    named = "SELECT entry_id FROM duplicate_case_entry WHERE case_id IN (SELECT case_id FROM duplicate_case_entry WHERE region = '41')"
    with postgres.read() as session:
        expected = {row[0] for row in session.execute(text(named)) if not row[0].startswith(code)}
    with postgres.read(Scope(code)) as session:
        seen = {row[0] for row in session.execute(text("SELECT id FROM entry")) if not row[0].startswith(code)}
    assert (seen, bool(seen)) == (expected, True)


@pytest.mark.parametrize("table", ["api_key", "audit_record", "register_line", "roster_version"])
def test_what_concerns_all_regions_is_closed_to_each(postgres, table) -> None:
    with postgres.read(Scope("41")) as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f"SELECT * FROM {table}"))


def test_a_region_can_write_nothing(postgres) -> None:
    with postgres.read(Scope("41")) as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE entry SET title = ''"))


def test_a_connection_that_read_for_a_region_reads_everything_afterwards(postgres) -> None:
    with postgres.read() as session:
        everything = session.execute(text("SELECT count(*) FROM entry")).scalar_one()
    for scope in (Scope("41"), EVERYTHING):
        with postgres.read(scope) as session:
            seen = session.execute(text("SELECT count(*) FROM entry")).scalar_one()
    assert seen == everything
