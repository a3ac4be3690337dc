"""The rows of all regions that were set aside last are found by an index."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_quarantine_seen", "quarantine", ["last_seen_at", "region", "key"])


def downgrade() -> None:
    op.drop_index("ix_quarantine_seen", "quarantine")
