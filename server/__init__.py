"""The hub: takes alerts over HTTP, keeps them in a log, and pushes them to devices."""
