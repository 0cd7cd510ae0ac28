"""`python -m netsim.bench.wire.broker_end FOLDER HOST`: a broker of MQTT 3.1.1 over WebSocket (amqtt), and a publisher in it.

What it says and is asked: netsim.bench.ends. There is nothing to join with; each alert goes out at QoS 1, as JSON, to the
topic of its district.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Iterable

from alerts.cap.from_xml import from_xml
from alerts.errors import UserError
from netsim.bench.lines import Message, answer_all, say
from netsim.bench.peers.mqtt import topic_of
from netsim.bench.wire.plain import as_json

QOS = 1


def _config(host: str, port: int) -> dict[str, object]:
    return {
        "listeners": {"default": {"type": "ws", "bind": f"{host}:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as server:
        return int(server.getsockname()[1])


def main(host: str) -> None:
    """Run the broker until the input closes."""
    try:
        from amqtt.broker import Broker
    except ImportError:
        say(error="the broker needs amqtt, which is not installed: pip install amqtt paho-mqtt")
        return

    with asyncio.Runner() as runner:
        port = _free_port(host)
        broker = Broker(_config(host, port), loop=runner.get_loop())

        async def publish(xmls: Iterable[str], every_s: float) -> None:
            began = time.monotonic()
            for turn, xml in enumerate(xmls):
                await asyncio.sleep(max(0.0, began + turn * every_s - time.monotonic()))
                alert = from_xml(xml.encode()).alert
                await broker.internal_message_broadcast(topic_of(alert), as_json(alert), QOS)

        async def serve() -> None:
            await broker.start()
            say(port=port, join=None)
            await asyncio.to_thread(answer_all, answer)
            await broker.shutdown()

        def answer(asked: Message) -> Message:
            if "alerts" not in asked:
                raise UserError(f"a broker publishes alerts that it is given, and was asked: {', '.join(asked)}")
            publishing = publish(asked["alerts"], asked["every_s"])
            asyncio.run_coroutine_threadsafe(publishing, runner.get_loop()).result()
            return {"numbers": []}

        runner.run(serve())


if __name__ == "__main__":
    main(sys.argv[2])
