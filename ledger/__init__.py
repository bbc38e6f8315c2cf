"""The ledger: what was decided, once, in SQL. SQLite in a file, or PostgreSQL by URL; one and the same code."""
