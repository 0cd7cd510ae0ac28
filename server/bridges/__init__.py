"""Other protocols that the hub speaks, so that programs which people already have can read and publish alerts."""
