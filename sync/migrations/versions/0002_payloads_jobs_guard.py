"""Kept payloads, jobs with leases, guard stops. Everything is asked for once more, so that every entry gets its payload."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guard_stop",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("difference", sa.JSON(), nullable=False),
        sa.Column("overridden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overridden_by", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("run_id"),
    )
    with op.batch_alter_table("guard_stop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guard_stop_region"), ["region"], unique=False)

    op.create_table(
        "job",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "payload",
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("mapping_version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id"),
    )
    with op.batch_alter_table("payload", schema=None) as batch_op:
        batch_op.create_index("ix_payload_region", ["region", "entry_id"], unique=False)

    with op.batch_alter_table("pull", schema=None) as batch_op:
        batch_op.add_column(sa.Column("token", sa.Integer(), nullable=False, server_default=sa.text("0")))
        batch_op.add_column(sa.Column("rows_read", sa.Integer(), nullable=False, server_default=sa.text("0")))
        batch_op.add_column(sa.Column("rows_total", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("drift", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))

    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.add_column(sa.Column("body", sa.LargeBinary(), nullable=True))

    op.execute("UPDATE entry SET fingerprint = ''")
    op.execute("UPDATE region_state SET watermark = NULL, cursor = NULL")


def downgrade() -> None:
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_column("body")

    with op.batch_alter_table("pull", schema=None) as batch_op:
        batch_op.drop_column("drift")
        batch_op.drop_column("rows_total")
        batch_op.drop_column("rows_read")
        batch_op.drop_column("token")

    with op.batch_alter_table("payload", schema=None) as batch_op:
        batch_op.drop_index("ix_payload_region")

    op.drop_table("payload")
    op.drop_table("job")
    with op.batch_alter_table("guard_stop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guard_stop_region"))

    op.drop_table("guard_stop")
