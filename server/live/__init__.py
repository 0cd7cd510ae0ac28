"""Pages that follow what happens: over one WebSocket each, a whole snapshot first, then what changed."""
