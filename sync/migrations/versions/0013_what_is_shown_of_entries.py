"""Organisations and representatives in the entry's own row, as viewers are shown them; pages and totals of a region's track by an
index of their own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from sync.repository.read_model import rebuild

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_INDEX = "ix_entry_region_counted_submitted"


def upgrade() -> None:
    for name in ("organisations", "representatives"):
        op.add_column("entry", sa.Column(name, sa.Text(), nullable=False, server_default="[]"))
    with Session(op.get_bind()) as session:
        rebuild(session)
        session.flush()
    op.create_index(_INDEX, "entry", ["region", "counted_track", "submitted_at", "id"])


def downgrade() -> None:
    op.drop_index(_INDEX, "entry")
    for name in ("organisations", "representatives"):
        op.drop_column("entry", name)
