"""Campaigns: real hubs and devices under a random schedule of faults and work, judged from their stores at the end."""
