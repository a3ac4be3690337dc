"""Text search, and the declared national track beside the proposed one.

What is searched is made from the entries that are stored. PostgreSQL needs the extension pg_trgm, SQLite FTS5 with trigrams
(3.34 or newer). The declared track is read out of each region's newest list, as `repository.lists` does from now on.
"""

import orjson
import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from schema.errors import Problem, RequestError
from sync.searchable_texts import searchable

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_STEP = 1000
_WORDS = "entry_search_words"
_COLUMNS = "body, organisations"


def upgrade() -> None:
    op.create_table(
        "entry_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("organisations", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_entry_search_entry_id", "entry_search", ["entry_id"], unique=True)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        _extension()
    _search_rows()
    if is_sqlite:  # an index of trigrams is made of all rows at once in a fraction of the time
        _words()
    else:
        op.execute(
            "CREATE INDEX entry_search_trigrams ON entry_search "
            "USING gin (body gin_trgm_ops, organisations gin_trgm_ops)"
        )
    op.drop_index("ix_entry_national_submitted", "entry")
    op.add_column("entry", sa.Column("declared_track", sa.String(length=8), nullable=True))
    counted = sa.Computed("coalesce(declared_track, national_track)", persisted=None if is_sqlite else True)
    op.add_column("entry", sa.Column("counted_track", sa.String(), counted, nullable=True))
    op.create_index("ix_entry_counted_submitted", "entry", ["counted_track", "submitted_at", "id"])
    _declared_tracks()


def _words() -> None:
    """FTS5 over the table's own text. What goes or changes is kept in step by triggers; what comes is written by
    `repository.search`, as FTS5 puts everything to disk before each row that a trigger adds.
    """
    op.execute(
        f"CREATE VIRTUAL TABLE {_WORDS} USING fts5({_COLUMNS}, content='entry_search', content_rowid='id', "
        "columnsize=0, detail=none, tokenize='trigram case_sensitive 1')"
    )
    new, old = (f"{row}.id, {row}.body, {row}.organisations" for row in ("new", "old"))
    add = f"INSERT INTO {_WORDS}(rowid, {_COLUMNS}) VALUES ({new});"  # noqa: S608  our own names
    drop = f"INSERT INTO {_WORDS}({_WORDS}, rowid, {_COLUMNS}) VALUES ('delete', {old});"  # noqa: S608  as above
    op.execute(f"INSERT INTO {_WORDS}({_WORDS}) VALUES ('rebuild')")  # noqa: S608  as above
    for act, work in (("DELETE", drop), ("UPDATE", drop + add)):
        op.execute(f"CREATE TRIGGER {_WORDS}_{act.lower()} AFTER {act} ON entry_search BEGIN {work} END")


def _extension() -> None:
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")).first():
        return
    try:
        op.execute("CREATE EXTENSION pg_trgm")
    except DBAPIError as error:
        raise RequestError(
            Problem(
                "EXTENSION_MISSING", "pg_trgm",
                zh="数据库没有 pg_trgm 扩展，当前用户也不能创建", en="the database lacks pg_trgm, which its user may not create",
                value=str(error.orig).splitlines()[0],
                remedy_zh="请数据库管理员安装 postgresql-contrib，并在本库执行 CREATE EXTENSION pg_trgm",
                remedy_en="have its administrator install postgresql-contrib and run CREATE EXTENSION pg_trgm in it",
            ),
            status=503,
        ) from None  # fmt: skip


def _search_rows() -> None:
    connection = op.get_bind()
    entries = sa.text("SELECT id, title, summary, team_name FROM entry WHERE id > :last ORDER BY id LIMIT :step")
    units = sa.text(
        "SELECT entry_id, name, credit_code FROM entry_organisation WHERE entry_id > :last AND entry_id <= :end "
        "ORDER BY entry_id, position"
    )
    add = sa.text("INSERT INTO entry_search (entry_id, body, organisations) VALUES (:entry, :body, :organisations)")
    last = ""
    while rows := connection.execute(entries, {"last": last, "step": _STEP}).all():
        named: dict[str, list[str]] = {}
        for entry, name, code in connection.execute(units, {"last": last, "end": rows[-1].id}):
            named.setdefault(entry, []).append(f"{name} {code or ''}")
        bodies = searchable([f"{row.title} {row.summary} {row.team_name}" for row in rows])
        organisations = searchable([" ".join(named.get(row.id, [])) for row in rows])
        made = [
            {"entry": row.id, "body": body, "organisations": told}
            for row, body, told in zip(rows, bodies, organisations, strict=True)
        ]
        connection.execute(add, made)
        last = rows[-1].id


def _declared_tracks() -> None:
    connection = op.get_bind()
    lists = sa.text(
        "SELECT region, content FROM recommendation_list WHERE issuer = region AND state NOT IN ('WITHDRAWN', 'RETURNED') "
        "ORDER BY region, version"
    )
    newest = {row.region: row.content for row in connection.execute(lists)}
    declared = sa.text("UPDATE entry SET declared_track = :track WHERE id = :entry AND region = :region")
    for region, content in newest.items():
        for item in _items(content):
            if track := item.get("nationalTrack"):
                connection.execute(declared, {"track": track, "entry": item["entryId"], "region": region})


def _items(content: str) -> list[dict[str, str | None]]:
    try:
        found: list[dict[str, str | None]] = orjson.loads(content)["items"]
    except orjson.JSONDecodeError:  # what is no list declares nothing
        return []
    return found


def downgrade() -> None:
    op.drop_index("ix_entry_counted_submitted", "entry")
    op.drop_column("entry", "counted_track")
    op.drop_column("entry", "declared_track")
    op.create_index("ix_entry_national_submitted", "entry", ["national_track", "submitted_at", "id"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TABLE {_WORDS}")
    op.drop_table("entry_search")
