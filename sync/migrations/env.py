"""Alembic's environment: one set of revisions for SQLite and PostgreSQL. Called by `sync.migrate` with a connection."""

from alembic import context
from sqlmodel import SQLModel

import sync.tables  # noqa: F401  fills the metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
