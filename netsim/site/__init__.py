"""A hub and devices as real processes, with a bad link in front of each device: what faults act on and campaigns run."""
