"""The report of a campaign: one HTML page that opens without a network."""
