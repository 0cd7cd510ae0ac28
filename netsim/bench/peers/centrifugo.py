"""Centrifugo's client protocol: the push of a publication, in both of its formats.

The protobuf is made by the classes that centrifuge-python generates from the published definition (client.proto), one
reply behind its length as a varint; the JSON has the names of the same definition. The channel keeps a history, without
which nothing missed could be recovered, so each publication has its offset; no other optional field is used.
"""

from __future__ import annotations

import io
from typing import Any

from alerts.cap.model import Alert
from alerts.errors import UserError
from netsim.bench.peers.district import district_of


def channel_of(alert: Alert) -> str:
    """The channel that a device of the district subscribes to."""
    return f"alerts:{district_of(alert)}"


def push_json(channel: str, data: bytes, offset: int) -> bytes:
    """The reply that carries a publication, in the JSON format. `data` is JSON, and stands in it as it is."""
    head = f'{{"push":{{"channel":"{channel}","pub":{{"data":'
    return head.encode() + data + f',"offset":{offset}}}}}}}'.encode()


def push_protobuf(channel: str, data: bytes, offset: int) -> bytes:
    """The same in the protobuf format. Raises UserError: the generated classes are not installed."""
    try:
        from centrifuge.protocol import client_pb2
        from google.protobuf.proto import serialize_length_prefixed
    except ImportError:
        raise UserError(
            "the frames of Centrifugo need centrifuge-python, which is not installed", "pip install 'tocsin[netsim]'"
        ) from None
    reply: Any = client_pb2.Reply()
    reply.push.channel = channel
    reply.push.pub.data = data
    reply.push.pub.offset = offset
    out = io.BytesIO()
    serialize_length_prefixed(reply, out)
    return out.getvalue()
