"""The client says what is missing; that it hears what a broker sends is seen in test_broker_end.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from netsim.bench.ends import End, EndError
from netsim.bench.wire.mqtt_end import MqttEnd


def test_alerts_are_counted_as_they_come() -> None:
    end = MqttEnd()
    end._on_message()
    end._on_message()
    end.follow(2)


def test_without_paho_one_is_told_what_to_install(tmp_path: Path) -> None:
    without = "import sys; sys.modules['paho.mqtt.client'] = None; from netsim.bench.wire.mqtt_end import main; main()"
    with (
        End([sys.executable, "-c", without], tmp_path / "client", None) as client,
        pytest.raises(EndError, match="pip install amqtt paho-mqtt"),
    ):
        client.hear()
