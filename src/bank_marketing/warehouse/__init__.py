"""The warehouse as files: building, publishing, what is published, and the dbt plugin."""
