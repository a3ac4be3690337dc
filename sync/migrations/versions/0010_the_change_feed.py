"""What happens to pulls, cases, lists and the roster is told in the order in which it is committed, by the database itself.

SQLite has one writer at a time, so the order of its triggers is that of commits. On PostgreSQL the triggers are deferred to
the commit and take their numbers one after the other: whoever has seen a number has seen all before it.

A later revision that has SQLite copy one of these tables (`batch_alter_table`) must make its triggers anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KEPT = 100_000
# Name of the trigger, table, act, when it tells of a row, and topic, subject and word for what happened.
_TOLD = (
    ("pull_began", "pull", "INSERT", None, "PULL", "id", "NEW.status"),
    (
        "pull_went_on", "pull", "UPDATE", "NEW.status <> OLD.status OR NEW.rows_read <> OLD.rows_read",
        "PULL", "id", "NEW.status",
    ),
    ("case_opened", "duplicate_case", "INSERT", None, "CASE", "id", "'OPENED'"),
    (
        "case_judged", "audit_record", "INSERT", "NEW.action IN ('CASE_DECIDED', 'CASE_REOPENED', 'CASE_RESTORED')",
        "CASE", "subject", "substr(NEW.action, 6)",
    ),
    ("list_moved", "list_event", "INSERT", None, "LIST", "receipt", "NEW.act"),
    ("roster_moved", "roster_version", "INSERT", None, "ROSTER", "number", "NEW.cause"),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "change_feed",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    make = _sqlite if op.get_bind().dialect.name == "sqlite" else _postgresql
    for told in _TOLD:
        make(*told)


def _sqlite(name: str, table: str, act: str, when: str | None, topic: str, subject: str, what: str) -> None:
    condition = f"WHEN {when} " if when else ""
    op.execute(
        f"CREATE TRIGGER {name} AFTER {act} ON {table} {condition}BEGIN "  # noqa: S608  names of our own
        "INSERT INTO change_feed (sequence, topic, subject, what) "
        f"SELECT coalesce(max(sequence), 0) + 1, '{topic}', NEW.{subject}, {what} FROM change_feed; "
        f"DELETE FROM change_feed WHERE sequence <= (SELECT max(sequence) FROM change_feed) - {_KEPT}; END"
    )


def _postgresql(name: str, table: str, act: str, when: str | None, topic: str, subject: str, what: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE made integer; BEGIN "  # noqa: S608  as above
        "PERFORM pg_advisory_xact_lock(hashtext('dexhub change feed')); "
        "SELECT coalesce(max(sequence), 0) + 1 INTO made FROM change_feed; "
        f"INSERT INTO change_feed (sequence, topic, subject, what) VALUES (made, '{topic}', NEW.{subject}, {what}); "
        f"DELETE FROM change_feed WHERE sequence <= made - {_KEPT}; "
        "RETURN NULL; END $$"
    )
    condition = f"WHEN ({when}) " if when else ""
    op.execute(
        f"CREATE CONSTRAINT TRIGGER {name} AFTER {act} ON {table} DEFERRABLE INITIALLY DEFERRED "
        f"FOR EACH ROW {condition}EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    for name, table, *_ in _TOLD:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("change_feed")
