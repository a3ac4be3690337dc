"""Sessions of the console, the forms that were handed in, and an index that counts for its first page are read from."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0008"
branch_labels = None
depends_on = None


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
    op.create_index("ix_entry_counts", "entry", ["region", "national_track", "stage"])


def downgrade() -> None:
    op.drop_index("ix_entry_counts", "entry")
    op.drop_table("console_form")
    op.drop_table("console_session")
