"""Steps that bring a database to `schema`, applied in order by Alembic."""
