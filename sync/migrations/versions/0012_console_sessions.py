"""Sessions of the console, the forms that were handed in, and an index that holds what its first page counts by, in order.

No region reads the tables: they are the hub's own, whoever is signed in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

POLICIES: dict[str, str] = {}
CLOSED = ("console_form", "console_session")


def upgrade() -> None:
    op.create_table(
        "console_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key_prefix", sa.String(length=12), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=True),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("remembered", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "console_form",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("ix_entry_counts", "entry", ["region", "counted_track", "stage"])
    if op.get_bind().dialect.name != "sqlite":
        for table in CLOSED:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_index("ix_entry_counts", "entry")
    op.drop_table("console_form")
    op.drop_table("console_session")
