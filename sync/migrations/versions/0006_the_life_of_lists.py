"""The life of recommended lists: issuers below a region, states, events, idempotency keys, rules that were set, messages.

Of the versions there are, the newest of a region waits to be checked and the others are superseded by it; each gets the
events that say so. What was sealed stays as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COUNTED = "state IN ('ACCEPTED', 'PUBLICITY', 'CONFIRMED', 'FINAL')"
_PENDING = "state IN ('SEALED', 'CHECKING')"


def upgrade() -> None:
    with op.batch_alter_table("recommendation_list", schema=None) as batch_op:
        batch_op.drop_index("ux_list_region_version")
        batch_op.add_column(sa.Column("issuer", sa.String(length=6), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("findings", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE recommendation_list SET issuer = region, findings = '[]', changed_at = submitted_at, state = CASE WHEN "
        "version = (SELECT max(version) FROM recommendation_list other WHERE other.region = recommendation_list.region) "
        "THEN 'SEALED' ELSE 'SUPERSEDED' END"
    )
    with op.batch_alter_table("recommendation_list", schema=None) as batch_op:
        for name, kind in (
            ("issuer", sa.String(length=6)),
            ("state", sa.String()),
            ("findings", sa.JSON()),
            ("changed_at", sa.DateTime(timezone=True)),
        ):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        batch_op.create_index("ux_list_issuer_version", ["issuer", "version"], unique=True)
        batch_op.create_index("ix_list_region", ["region", "issuer", "version"], unique=False)
        for name, condition in (("ux_list_counted", _COUNTED), ("ux_list_pending", _PENDING)):
            where = sa.text(condition)
            batch_op.create_index(name, ["issuer"], unique=True, sqlite_where=where, postgresql_where=where)

    op.create_table(
        "list_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["receipt"], ["recommendation_list.receipt"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_list_event_receipt", "list_event", ["receipt"], unique=False)
    steps = (
        ("DRAFT", "NULL", "DRAFT", "1 = 1"),
        ("VALIDATE", "'DRAFT'", "VALIDATED", "1 = 1"),
        ("SEAL", "'VALIDATED'", "SEALED", "1 = 1"),
        ("SUPERSEDE", "'SEALED'", "SUPERSEDED", "state = 'SUPERSEDED'"),
    )
    for act, before, after, condition in steps:
        op.execute(
            "INSERT INTO list_event (receipt, act, before, after, actor, reason, details, at) "  # noqa: S608  our own words
            f"SELECT receipt, '{act}', {before}, '{after}', submitted_by, 'migrated', '{{}}', submitted_at "
            f"FROM recommendation_list WHERE {condition} ORDER BY region, version"
        )

    op.create_table(
        "list_key",
        sa.Column("issuer", sa.String(length=6), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["receipt"], ["recommendation_list.receipt"]),
        sa.PrimaryKeyConstraint("issuer", "key"),
    )
    op.create_table(
        "selection_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=6), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("per_track", sa.Integer(), nullable=True),
        sa.Column("alternates", sa.Integer(), nullable=True),
        sa.Column("firsts", sa.Integer(), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_selection_setting_issuer", "selection_setting", ["issuer"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by", sa.String(), nullable=True),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_message_region", "message", ["region", "created_at"], unique=False)
    op.create_index("ix_message_due", "message", ["delivery", "next_attempt_at"], unique=False)
    op.create_index("ix_message_receipt", "message", ["receipt"], unique=False)


def downgrade() -> None:
    for table in ("message", "selection_setting", "list_key", "list_event"):
        op.drop_table(table)
    # What there was no room for before: lists from below a region.
    op.execute("DELETE FROM recommendation_list WHERE issuer <> region")
    with op.batch_alter_table("recommendation_list", schema=None) as batch_op:
        for index in ("ux_list_pending", "ux_list_counted", "ix_list_region", "ux_list_issuer_version"):
            batch_op.drop_index(index)
        for name in ("changed_at", "findings", "state", "issuer"):
            batch_op.drop_column(name)
        batch_op.create_index("ux_list_region_version", ["region", "version"], unique=True)
