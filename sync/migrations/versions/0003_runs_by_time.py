"""The newest runs of all regions are found by an index."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_pull_started", "pull", ["started_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_pull_started", "pull")
