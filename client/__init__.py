"""The field side: inbox and outbox on SQLite, and a link to the hub that comes back by itself."""
