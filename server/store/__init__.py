"""The hub's store: one SQLite database, one writer thread, reader threads, and nothing of it on the event loop."""
