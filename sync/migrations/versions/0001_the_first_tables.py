"""the first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("prefix"),
    )
    op.create_table(
        "duplicate_case",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_entry_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("duplicate_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_case_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_case_status"), ["status"], unique=False)

    op.create_table(
        "entry",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("native_id", sa.String(length=64), nullable=False),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("track_id", sa.String(), nullable=False),
        sa.Column("topic_id", sa.String(), nullable=False),
        sa.Column("sub_topic_id", sa.String(), nullable=True),
        sa.Column("national_track", sa.String(), nullable=True),
        sa.Column("match", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("award", sa.String(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("team_name", sa.Text(), nullable=False),
        sa.Column("project_key", sa.Text(), nullable=False),
        sa.Column("team_key", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("native", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("source_locator", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_national_submitted", ["national_track", "submitted_at", "id"], unique=False)
        batch_op.create_index("ix_entry_region_submitted", ["region", "submitted_at", "id"], unique=False)
        batch_op.create_index("ix_entry_submitted", ["submitted_at", "id"], unique=False)
        batch_op.create_index("ix_entry_track", ["track_id", "submitted_at", "id"], unique=False)
        batch_op.create_index("ix_entry_updated", ["updated_at", "id"], unique=False)

    op.create_table(
        "pull",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("pull", schema=None) as batch_op:
        batch_op.create_index("ix_pull_region_started", ["region", "started_at"], unique=False)

    op.create_table(
        "quarantine",
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.String(), nullable=False),
        sa.Column("source_locator", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", "key"),
    )
    op.create_table(
        "recommendation_list",
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("receipt"),
    )
    with op.batch_alter_table("recommendation_list", schema=None) as batch_op:
        batch_op.create_index("ux_list_region_version", ["region", "version"], unique=True)

    op.create_table(
        "region_state",
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("watermark", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("mapping_version", sa.Integer(), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("region"),
    )
    op.create_table(
        "case_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("kept_entry_id", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["duplicate_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("case_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_decision_case_id"), ["case_id"], unique=False)

    op.create_table(
        "duplicate_case_entry",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["duplicate_case.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "entry_id"),
    )
    with op.batch_alter_table("duplicate_case_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_case_entry_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_case_entry_region"), ["region"], unique=False)

    op.create_table(
        "entry_organisation",
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("organisation_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "position"),
    )
    with op.batch_alter_table("entry_organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_organisation_organisation_key"), ["organisation_key"], unique=False)

    op.create_table(
        "entry_representative",
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_token", sa.String(), nullable=True),
        sa.Column("id_token", sa.String(), nullable=True),
        sa.Column("phone_token", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("is_contact", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "position"),
    )
    with op.batch_alter_table("entry_representative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_representative_id_token"), ["id_token"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("entry_representative", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_representative_id_token"))

    op.drop_table("entry_representative")
    with op.batch_alter_table("entry_organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_organisation_organisation_key"))

    op.drop_table("entry_organisation")
    with op.batch_alter_table("duplicate_case_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duplicate_case_entry_region"))
        batch_op.drop_index(batch_op.f("ix_duplicate_case_entry_entry_id"))

    op.drop_table("duplicate_case_entry")
    with op.batch_alter_table("case_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_decision_case_id"))

    op.drop_table("case_decision")
    op.drop_table("region_state")
    with op.batch_alter_table("recommendation_list", schema=None) as batch_op:
        batch_op.drop_index("ux_list_region_version")

    op.drop_table("recommendation_list")
    op.drop_table("quarantine")
    with op.batch_alter_table("pull", schema=None) as batch_op:
        batch_op.drop_index("ix_pull_region_started")

    op.drop_table("pull")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_updated")
        batch_op.drop_index("ix_entry_track")
        batch_op.drop_index("ix_entry_submitted")
        batch_op.drop_index("ix_entry_region_submitted")
        batch_op.drop_index("ix_entry_national_submitted")

    op.drop_table("entry")
    with op.batch_alter_table("duplicate_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duplicate_case_status"))
        batch_op.drop_index(batch_op.f("ix_duplicate_case_kind"))

    op.drop_table("duplicate_case")
    op.drop_table("api_key")
