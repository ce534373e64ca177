"""A warehouse of a few rows in which the statements of a publication run without dbt."""

import json
from dataclasses import replace
from pathlib import Path

import duckdb

from bank_marketing.project import SHARED_DOMAINS
from bank_marketing.warehouse import dbt_plugin
from bank_marketing.warehouse.publishing import COMMIT, REFUSED, Table, publication_statements
from bank_marketing.warehouse.republishing import NOTED

# What dbt makes before a publication: the logs and a table or two of each domain.
WORKING = """
create schema operations_private;
create schema kept_private;
create table kept_private.published (path varchar, token varchar);
create schema operations;
create schema campaigns;
create schema churn;
create table operations_private.publication_log (
    version bigint, published_at timestamp, git_commit varchar, dbt_version varchar, domains_built varchar,
    domains_kept varchar, key_fingerprint varchar
);
create table operations_private.publication_file_log (
    version bigint, domain varchar, seed_name varchar, file varchar, rows_read bigint, rows_loaded bigint,
    rows_rejected bigint, fingerprint varchar
);
create table operations.seed_loads as
select * from (values
    ('campaigns', 'raw_campaign_responses', 'a.csv', 2, 2, 0, 'a', false),
    ('churn', 'raw_churn_customers', 'b.csv', 1, 1, 0, 'b', false)
) as loads (domain, seed_name, file, rows_read, rows_loaded, rows_rejected, fingerprint, is_refused);
create table operations.publications as from operations_private.publication_log;
create table operations.publication_files as from operations_private.publication_file_log;
create table campaigns.campaign_performance as
select * from (values ('Email', 1.5), ('SMS', 2.5)) as rates (campaign_channel, cost_per_conversion_usd);
create table churn.churn_customers as select 1 as customer_id, 'France' as country;
"""
NOT_NULL = {"churn.churn_customers": ["customer_id"], "operations.seed_loads": ["seed_name"]}


class TinyWarehouse:
    """A working file, the published file beside it, and what dbt would tell the publisher of both."""

    def __init__(self, folder: Path) -> None:
        self.working, self.published = folder / "tiny_build.duckdb", folder / "tiny.duckdb"
        # What tables follow from, where dbt could tell, and the raw files.
        self.said = "About"
        self.tokens: dict[str, str | None] = {}
        self.loaded: dict[str, str | None] = {"raw_churn_customers": "b"}
        self.change(WORKING)

    def change(self, sql: str) -> None:
        with duckdb.connect(str(self.working)) as connection:
            connection.execute(sql)

    def tables(self) -> list[Table]:
        """Return the public tables of the working file, each column with a comment."""
        with duckdb.connect(str(self.working)) as connection:
            found = connection.execute(
                "select schema_name, table_name, list(column_name order by column_index)"
                " from duckdb_columns()"
                " where schema_name not like '%\\_private' escape '\\' group by all order by all"
            ).fetchall()
        return [
            Table(
                schema,
                name,
                f"{self.said} {name}.",
                {c: f"What {c} is." for c in columns},
                NOT_NULL.get(f"{schema}.{name}", []),
            )
            for schema, name, columns in found
        ]

    def noted(self) -> dict[str, str]:
        with duckdb.connect(str(self.working)) as connection:
            return dict(connection.execute(f"from {NOTED}").fetchall())

    def statements(self, *domains: str, not_null: dict[str, list[str]] | None = None) -> list[str]:
        """Plan to publish these domains: a sentence and statements."""
        tables = [replace(t, not_null=(not_null or {}).get(t.path, t.not_null)) for t in self.tables()]
        built = [t for t in tables if t.schema in (*domains, *SHARED_DOMAINS)]
        request = {
            "nodes": [
                {"unique_id": f"model.tiny.{t.name}", "domain": t.schema, "depends_on": []} for t in tables
            ],
            "results": [{"unique_id": f"model.tiny.{t.name}", "status": "success"} for t in built],
            "tables": [vars(t) for t in tables],
            "published": str(self.published),
            "commit": "none",
            "dbt_version": "1",
            "former": {"tables": {}, "columns": {}},
            "tokens": self.tokens,
            "loaded": self.loaded,
            "noted": self.noted(),
        }
        return publication_statements(json.dumps(request))

    def publish(self, *domains: str, **options: dict[str, list[str]]) -> str:
        """Publish these domains; return what the publisher says, of a refused replacement why."""
        sentence, *statements = self.statements(*domains, **options)
        with duckdb.connect(str(self.working)) as connection:
            for function in (
                dbt_plugin.copy_file,
                dbt_plugin.delete_file,
                dbt_plugin.published_state,
                dbt_plugin.replace_file,
            ):
                connection.create_function(function.__name__, function, side_effects=True)
            for statement in statements:
                if statement == COMMIT:
                    continue
                found = connection.execute(statement)
                if statement.startswith("select replace_file"):
                    sentence = found.fetchall()[0][0] or sentence
                    if sentence.startswith(REFUSED):
                        return sentence
            # As the macro restore_logs does.
            connection.execute(f"attach '{self.published}' as published (read_only)")
            for table in ("publication", "publication_file"):
                log = f"operations_private.{table}_log"
                connection.execute(f"create or replace table {log} as from published.operations.{table}s")
            connection.execute("detach published")
        return sentence

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{self.published}' as tiny (read_only)")
            connection.execute("use tiny")
            return connection.execute(sql).fetchall()
