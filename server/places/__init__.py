"""Areas, facilities and devices as ops keep them: imported from tables, drawn on a map, printed as sheets, moved together."""
