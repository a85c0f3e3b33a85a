"""The record of events: append-only, durable, in one file or on a PostgreSQL server."""
