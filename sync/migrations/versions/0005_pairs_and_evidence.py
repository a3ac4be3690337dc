"""Pairs that detection found, and the evidence that cases and decisions rest on. What exact keys had said of stored cases
takes the new form, for the case and for each decision that was taken on it.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CASE = sa.table(
    "duplicate_case", sa.column("id", sa.String), sa.column("kind", sa.String), sa.column("evidence", sa.JSON)
)
MEMBER = sa.table("duplicate_case_entry", sa.column("case_id", sa.String), sa.column("entry_id", sa.String))
DECISION = sa.table(
    "case_decision",
    sa.column("case_id", sa.String),
    sa.column("kind", sa.String),
    sa.column("entries", sa.JSON),
    sa.column("evidence", sa.JSON),
)


def upgrade() -> None:
    op.create_table(
        "duplicate_pair",
        sa.Column("id_a", sa.String(length=80), nullable=False),
        sa.Column("id_b", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id_a", "id_b", "kind"),
    )
    with op.batch_alter_table("duplicate_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_pair_id_b"), ["id_b"], unique=False)

    op.create_table(
        "detection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(length=16), nullable=False),
        sa.Column("model", sa.String(length=16), nullable=False),
        sa.Column("snapshot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )

    # Not as a batch, which on SQLite would make the table anew while others refer to it.
    op.add_column("duplicate_case", sa.Column("level", sa.String(), nullable=False, server_default="LIKELY"))
    op.add_column("duplicate_case", sa.Column("score", sa.Float(), nullable=True))
    op.add_column("duplicate_case", sa.Column("clauses", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("case_decision", sa.Column("kind", sa.String(), nullable=False, server_default=""))
    op.add_column("case_decision", sa.Column("entries", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("case_decision", sa.Column("evidence", sa.JSON(), nullable=False, server_default="[]"))

    bind = op.get_bind()
    for identifier, kind, lines in bind.execute(sa.select(CASE.c.id, CASE.c.kind, CASE.c.evidence)).all():
        pairs = by_pair(kind, lines)
        bind.execute(CASE.update().where(CASE.c.id == identifier).values(evidence=pairs))
        members = sa.select(MEMBER.c.entry_id).where(MEMBER.c.case_id == identifier).order_by(MEMBER.c.entry_id)
        was = {"kind": kind, "entries": list(bind.scalars(members)), "evidence": pairs}
        bind.execute(DECISION.update().where(DECISION.c.case_id == identifier).values(was))


def by_pair(kind: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines that each name their entries, gathered by them; they had no values and no weights."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if "entries" in line:
            blank = {"left": "", "right": "", "left_spans": [], "right_spans": [], "bits": 0.0}
            said = {"feature": line["feature"], **blank, "zh": line["zh"], "en": line["en"]}
            found.setdefault(json.dumps(line["entries"]), []).append(said)
    unknown: dict[str, Any] = {"score": None, "prior": None, "posterior": None, "changes": []}
    return [{"entries": json.loads(pair), "kind": kind, **unknown, "lines": said} for pair, said in found.items()]


def downgrade() -> None:
    for name in ("evidence", "entries", "kind"):
        op.drop_column("case_decision", name)
    for name in ("clauses", "score", "level"):
        op.drop_column("duplicate_case", name)

    op.drop_table("detection")
    with op.batch_alter_table("duplicate_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duplicate_pair_id_b"))

    op.drop_table("duplicate_pair")
