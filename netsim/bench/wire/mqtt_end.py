"""`python -m netsim.bench.wire.mqtt_end FOLDER`: a client of MQTT 3.1.1 over WebSocket (paho), subscribed to all alerts.

What it says and is asked: netsim.bench.ends. It stays connected once it has joined; nothing is kept in FOLDER.
"""

from __future__ import annotations

import threading

from alerts.errors import UserError
from netsim.bench.lines import Message, answer_all, say

TOPICS = "alerts/#"
QOS = 1
KEEPALIVE_S = 600
_SECONDS_MAX = 100.0


class MqttEnd:
    """One client. Raises ImportError: paho is not installed."""

    def __init__(self) -> None:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

        self._changed = threading.Condition()
        self._heard = 0
        self._is_subscribed = False
        self._client = Client(
            CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311, transport="websockets"
        )
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe

    def _on_message(self, *_: object) -> None:
        with self._changed:
            self._heard += 1
            self._changed.notify_all()

    def _on_subscribe(self, *_: object) -> None:
        with self._changed:
            self._is_subscribed = True
            self._changed.notify_all()

    def join(self, host: str, port: int) -> None:
        """Connect and subscribe. Raises UserError: the broker does not answer."""
        self._client.connect(host, port, KEEPALIVE_S)
        self._client.loop_start()
        self._client.subscribe(TOPICS, QOS)
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_subscribed, _SECONDS_MAX):
                raise UserError(f"the broker has not answered the subscription within {_SECONDS_MAX:g} s")

    def follow(self, count: int) -> None:
        """Wait for so many alerts, counted from the first one ever. Raises UserError: they do not come."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._heard >= count, _SECONDS_MAX):
                raise UserError(f"{self._heard} of {count} alerts after {_SECONDS_MAX:g} s")

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()


def main() -> None:
    """Be a client until the input closes."""
    try:
        end = MqttEnd()
    except ImportError:
        say(error="the client needs paho-mqtt, which is not installed: pip install amqtt paho-mqtt")
        return

    def answer(asked: Message) -> Message:
        if "join" in asked:
            end.join(asked["host"], asked["port"])
            return {"joined": True}
        say(following=True)
        end.follow(asked["follow"])
        return {"stored_at": {}}

    say(ready=True)
    answer_all(answer)
    end.close()


if __name__ == "__main__":
    main()
