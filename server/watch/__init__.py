"""How far alerts have come, counted as it happens: for a page that is watched, and for the situation as a whole."""
