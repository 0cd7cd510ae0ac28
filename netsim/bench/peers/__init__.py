"""What other services put on the wire for the same alert."""
