"""Benchmarks: what Tocsin costs in round trips, bytes and time, measured on real processes over shaped networks."""
