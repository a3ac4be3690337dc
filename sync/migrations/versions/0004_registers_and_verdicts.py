"""Registers, verdicts, waivers and what of entries changed. Stored organisations get the keys that registers are looked up by."""

import sqlalchemy as sa
from alembic import op

from sync.organisation_names import normal_form

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "eligibility_pattern",
        sa.Column("pattern", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.String(), nullable=False),
        sa.Column("clause_version", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("pattern", "position"),
    )
    with op.batch_alter_table("eligibility_pattern", schema=None) as batch_op:
        batch_op.create_index("ix_eligibility_pattern_verdict", ["verdict", "clause_id", "pattern"], unique=False)

    op.create_table(
        "register_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_name", sa.String(), nullable=False),
        sa.Column("added", sa.JSON(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_change_register_name"), ["register_name"], unique=False)

    op.create_table(
        "register_line",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("register_name", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("credit_code", sa.String(), nullable=True),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("project_key", sa.String(), nullable=False),
        sa.Column("contest", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("register_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_line_credit_code"), ["credit_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_register_line_name_key"), ["name_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_register_line_project_key"), ["project_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_register_line_register_name"), ["register_name"], unique=False)

    op.create_table(
        "waiver",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("clause_id", sa.String(), nullable=False),
        sa.Column("clause_version", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column("revoke_reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "eligibility",
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(length=16), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("compared", sa.String(), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id"),
    )
    with op.batch_alter_table("eligibility", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_eligibility_pattern"), ["pattern"], unique=False)
        batch_op.create_index(batch_op.f("ix_eligibility_status"), ["status"], unique=False)

    op.create_table(
        "eligibility_peer",
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("peer_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "peer_id"),
    )
    with op.batch_alter_table("eligibility_peer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_eligibility_peer_peer_id"), ["peer_id"], unique=False)

    op.create_table(
        "entry_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("entry_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_change_entry_id"), ["entry_id"], unique=False)

    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_project", ["project_key"], unique=False)
        batch_op.create_index("ix_entry_team", ["team_key"], unique=False)

    with op.batch_alter_table("entry_organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name_key", sa.String(), nullable=False, server_default=sa.text("''")))
        batch_op.create_index(batch_op.f("ix_entry_organisation_credit_code"), ["credit_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_organisation_name_key"), ["name_key"], unique=False)

    bind = op.get_bind()
    units = bind.execute(sa.text("SELECT entry_id, position, name FROM entry_organisation")).all()
    if units:
        keys = [{"entry": entry, "position": position, "key": normal_form(name)} for entry, position, name in units]
        statement = "UPDATE entry_organisation SET name_key = :key WHERE entry_id = :entry AND position = :position"
        bind.execute(sa.text(statement), keys)


def downgrade() -> None:
    with op.batch_alter_table("entry_organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_organisation_name_key"))
        batch_op.drop_index(batch_op.f("ix_entry_organisation_credit_code"))
        batch_op.drop_column("name_key")

    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_team")
        batch_op.drop_index("ix_entry_project")

    with op.batch_alter_table("entry_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_change_entry_id"))

    op.drop_table("entry_change")
    with op.batch_alter_table("eligibility_peer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_eligibility_peer_peer_id"))

    op.drop_table("eligibility_peer")
    with op.batch_alter_table("eligibility", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_eligibility_status"))
        batch_op.drop_index(batch_op.f("ix_eligibility_pattern"))

    op.drop_table("eligibility")
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiver_entry_id"))

    op.drop_table("waiver")
    with op.batch_alter_table("register_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_line_register_name"))
        batch_op.drop_index(batch_op.f("ix_register_line_project_key"))
        batch_op.drop_index(batch_op.f("ix_register_line_name_key"))
        batch_op.drop_index(batch_op.f("ix_register_line_credit_code"))

    op.drop_table("register_line")
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_change_register_name"))

    op.drop_table("register_change")
    with op.batch_alter_table("eligibility_pattern", schema=None) as batch_op:
        batch_op.drop_index("ix_eligibility_pattern_verdict")

    op.drop_table("eligibility_pattern")
