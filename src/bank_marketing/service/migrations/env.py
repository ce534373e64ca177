"""Where Alembic finds the connection: `store` opens it."""

from alembic import context

from bank_marketing.service.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
