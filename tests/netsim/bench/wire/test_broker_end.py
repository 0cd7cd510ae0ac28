"""The broker serves MQTT over WebSocket, and sends each alert to who is subscribed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from alerts.cap.to_xml import to_xml
from netsim.bench.ends import End, EndError
from netsim.bench.wire.capture import BROKER
from tests.netsim.bench.wire.samples import sample_log

XMLS = [to_xml(one.alert).decode() for one in sample_log()[:3]]


def test_who_is_subscribed_hears_every_alert(tmp_path: Path) -> None:
    with (
        End([*BROKER.hub, "-", "127.0.0.1"], tmp_path / "broker", None) as broker,
        End([*BROKER.field, "-"], tmp_path / "client", None) as client,
    ):
        served = broker.hear()
        assert client.hear() == {"ready": True}
        assert client.ask(join=served["join"], host="127.0.0.1", port=served["port"]) == {"joined": True}
        client.tell(follow=len(XMLS))
        assert client.hear() == {"following": True}
        assert broker.ask(alerts=XMLS, every_s=0.01) == {"numbers": []}
        assert client.hear() == {"stored_at": {}}


def test_a_question_that_is_no_brokers_is_told(tmp_path: Path) -> None:
    with End([*BROKER.hub, "-", "127.0.0.1"], tmp_path / "broker", None) as broker:
        broker.hear()
        with pytest.raises(EndError, match="was asked: publish"):
            broker.ask(publish=3)


def test_without_amqtt_one_is_told_what_to_install(tmp_path: Path) -> None:
    without = "import sys; sys.modules['amqtt.broker'] = None; from netsim.bench.wire.broker_end import main; main('')"
    with (
        End([sys.executable, "-c", without], tmp_path / "broker", None) as broker,
        pytest.raises(EndError, match="pip install amqtt"),
    ):
        broker.hear()
