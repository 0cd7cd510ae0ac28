"""The workload of a prediction on real processes: a hub and a field client on a network that is as a profile says."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from netsim.bench.ends import End, Subject
from netsim.bench.prediction import Workload
from netsim.packet.namespaces import Namespace, start
from netsim.packet.network import PacketNetwork
from netsim.profiles.profile import Profile, Way
from netsim.virtual.tcp.settings import Congestion

SETTINGS, CONGESTION = "/proc/sys/net/ipv4", "tcp_congestion_control"
CONGESTIONS: tuple[Congestion, ...] = ("cubic", "reno")
ANSWER_SECONDS_MAX = 1900.0
"""More than the field end gives itself."""


@contextmanager
def joined(subject: Subject, network: PacketNetwork) -> Iterator[tuple[End, End]]:
    """A hub and a device that has joined and is away, on a network that is still perfect. Raises UserError."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        hub_command = [*subject.hub, str(folder / "hub-data"), network.hub_host]
        field_command = [*subject.field, str(folder / "field-data")]
        with (
            End(hub_command, folder / "hub", network.hub, ANSWER_SECONDS_MAX) as hub,
            End(field_command, folder / "field", network.field, ANSWER_SECONDS_MAX) as field,
        ):
            served = hub.hear()
            field.hear()
            host, port = network.dial(served["port"])
            field.ask(join=served["join"], host=host, port=port)
            yield hub, field


def live_ms(
    subject: Subject, profile: Profile, workload: Workload, congestion: Congestion | None, seed: str
) -> list[float]:
    """Milliseconds from each answer 201 to the commit in the device's store. Raises UserError."""
    with network_of(congestion, seed) as network, joined(subject, network) as (hub, field):
        network.fields[0].apply(profile, seed)
        field.tell(follow=workload.live)
        field.hear()
        answered_at = hub.ask(publish=workload.live, every_s=workload.every_s)["answered_at"]
        stored_at = field.hear()["stored_at"]
        return [(stored_at[key] - answered_at[key]) * 1000 for key in answered_at]


def caught_up_ms(
    subject: Subject, profile: Profile, workload: Workload, congestion: Congestion | None, seeds: Sequence[str]
) -> list[float]:
    """Milliseconds from the first SYN to each commit of what the device missed, once for each seed. Raises UserError."""
    times: list[float] = []
    with network_of(congestion, seeds[0]) as network, joined(subject, network) as (hub, field):
        for seed in seeds:
            network.fields[0].shape(Way())
            hub.ask(publish=workload.missed)
            earlier = len(network.flows())
            network.fields[0].apply(profile, seed)
            field.tell(follow=workload.missed)
            field.hear()
            stored_at = field.hear()["stored_at"]
            began = network.flows()[earlier].syn_at
            times += [(at - began) * 1000 for at in stored_at.values()]
    return times


@contextmanager
def network_of(congestion: Congestion | None, seed: str) -> Iterator[PacketNetwork]:
    """A packet network whose ends use this congestion control (None: the kernel's own choice) and learn nothing from one
    connection for the next. Raises UserError."""
    with PacketNetwork(seed=seed) as network:
        for namespace in (network.hub, network.field):
            assert namespace is not None, "a packet network has namespaces"
            if congestion is not None:
                _set(namespace, CONGESTION, congestion)
            _set(namespace, "tcp_no_metrics_save", "1")
        yield network


def possible_congestion() -> Congestion | None:
    """What the kernel allows in a namespace of what the model knows, CUBIC rather than Reno. Raises UserError."""
    with PacketNetwork() as network:
        assert network.hub is not None, "a packet network has namespaces"
        return next((kind for kind in CONGESTIONS if _set(network.hub, CONGESTION, kind)), None)


def _set(namespace: Namespace, name: str, value: str) -> bool:
    """For connections made in this namespace from now on; whether the kernel let us."""
    script = f"from pathlib import Path; Path({SETTINGS!r}, {name!r}).write_text({value!r})"
    return start([sys.executable, "-c", script], namespace, stderr=subprocess.DEVNULL).wait() == 0
