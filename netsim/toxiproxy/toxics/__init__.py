"""The faults, one a file. Importing this package registers them all."""

from netsim.toxiproxy.toxics import bandwidth, latency, limit_data, noop, reset_peer, timeout

__all__ = ["bandwidth", "latency", "limit_data", "noop", "reset_peer", "timeout"]
