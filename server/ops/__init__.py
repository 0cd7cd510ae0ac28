"""What the hub does beside pushing alerts: it tells people when nobody has acted, and notices when somebody falls silent."""
