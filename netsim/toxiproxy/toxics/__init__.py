"""The faults, one a file. Importing this package registers them all."""

from netsim.toxiproxy.toxics import (
    bandwidth,
    latency,
    limit_data,
    noop,
    packet_loss,
    reset_peer,
    slicer,
    slow_close,
    timeout,
)

__all__ = [
    "bandwidth",
    "latency",
    "limit_data",
    "noop",
    "packet_loss",
    "reset_peer",
    "slicer",
    "slow_close",
    "timeout",
]
