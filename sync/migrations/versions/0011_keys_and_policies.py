"""Keys have scopes, an end, a last use and a predecessor; and PostgreSQL keeps every region to its own by itself.

Sessions that read for a region take on the role `dexhub_region`, which owns nothing, and name the region for the length of
their transaction (`dexhub.region`). What that role may read of each table is said below, and tested against the catalogue:
a table that a later revision adds is closed to it until a policy is made. The role belongs to the cluster and may be there
already, made by another database's migration or by an administrator where the hub's own user may not make roles.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MINE = "current_setting('dexhub.region', true)"
_BY_REGION = f"region = {_MINE}"
_BY_ENTRY = f"left(entry_id, 2) = {_MINE}"
_BY_ISSUER = f"left(issuer, 2) = {_MINE}"
_BY_CASE = "{} IN (SELECT dexhub_own_cases())"
_EVERYBODY = "true"
_OTHER_SIDES = "IN (SELECT dexhub_other_sides())"
POLICIES = {
    "audit_seal": _EVERYBODY,
    "case_decision": _BY_CASE.format("case_id"),
    "duplicate_case": _BY_CASE.format("id"),
    "duplicate_case_entry": _BY_CASE.format("case_id"),
    "eligibility": _BY_ENTRY,
    "eligibility_pattern": _EVERYBODY,
    "eligibility_peer": _BY_ENTRY,
    "entry": f"{_BY_REGION} OR id {_OTHER_SIDES}",
    "entry_change": _BY_ENTRY,
    "entry_organisation": f"{_BY_ENTRY} OR entry_id {_OTHER_SIDES}",
    "entry_representative": _BY_ENTRY,
    "entry_search": _BY_ENTRY,
    "guard_stop": _BY_REGION,
    "job": f"right(name, 2) = {_MINE}",
    "list_event": "receipt IN (SELECT receipt FROM recommendation_list)",
    "list_key": _BY_ISSUER,
    "message": _BY_REGION,
    "objection": _BY_ENTRY,
    "payload": _BY_REGION,
    "publicity_window": _EVERYBODY,
    "pull": _BY_REGION,
    "quarantine": _BY_REGION,
    "recommendation_list": _BY_REGION,
    "region_state": _BY_REGION,
    "roster_decision": _BY_ENTRY,
    "selection_setting": _BY_ISSUER,
    "waiver": _BY_ENTRY,
}
# Of all regions together; read by the hub itself, which shows a region its part.
CLOSED = (
    "api_key", "audit_head", "audit_record", "change_feed", "detection", "duplicate_pair", "register_change", "register_line",
    "roster_version",
)  # fmt: skip
# What stands behind policies is read with its owner's rights: a policy that asked its own table would never end.
_FUNCTIONS = {
    "dexhub_own_cases": f"SELECT case_id FROM duplicate_case_entry WHERE region = {_MINE}",  # noqa: S608  our own words
    "dexhub_other_sides": "SELECT entry_id FROM duplicate_case_entry WHERE case_id IN (SELECT dexhub_own_cases())",
}
_ROLE = """DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dexhub_region') THEN CREATE ROLE dexhub_region NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""


def upgrade() -> None:
    scopes = sa.text('\'["read","write","metrics"]\'')
    with op.batch_alter_table("api_key") as keys:
        keys.add_column(sa.Column("scopes", sa.JSON(), nullable=False, server_default=scopes))
        keys.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        keys.add_column(sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
        keys.add_column(sa.Column("replaces", sa.String(length=12), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(_ROLE)
    op.execute("GRANT dexhub_region TO CURRENT_USER")
    op.execute("GRANT USAGE ON SCHEMA public TO dexhub_region")
    for name, query in _FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS SETOF varchar LANGUAGE sql STABLE SECURITY DEFINER "
            f"SET search_path = public, pg_temp AS $$ {query} $$"
        )
    for table, policy in POLICIES.items():
        op.execute(f"GRANT SELECT ON {table} TO dexhub_region")
        op.execute(f"CREATE POLICY of_a_region ON {table} FOR SELECT TO dexhub_region USING ({policy})")
    for table in (*POLICIES, *CLOSED):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for table in (*POLICIES, *CLOSED):
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        for table in POLICIES:
            op.execute(f"DROP POLICY of_a_region ON {table}")
            op.execute(f"REVOKE ALL ON {table} FROM dexhub_region")
        for name in reversed(_FUNCTIONS):
            op.execute(f"DROP FUNCTION {name}()")
    with op.batch_alter_table("api_key") as keys:
        for column in ("scopes", "expires_at", "last_used_at", "replaces"):
            keys.drop_column(column)
