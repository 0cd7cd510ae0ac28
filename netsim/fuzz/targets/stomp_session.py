"""What a client sends over STOMP, in a row, to a real session whose shell does all that it asks."""

from __future__ import annotations

from collections.abc import Iterable

from server.api.problems import ProblemError
from server.bridges.stomp import SERVER_COMMANDS, Beat, Decoder, Frame, encode
from server.bridges.stomp_session import Bounds, Connect, Send, State, StompSession

SUMMARY = "frames of a STOMP client in a row, to a real session"
BOUNDS = Bounds(window=3, tries_max=2, subscriptions_max=2)


def seeds() -> Iterable[bytes]:
    """A subscriber that acknowledges and refuses, and a publisher with a transaction."""
    connect = encode(Frame("CONNECT", {"accept-version": "1.2", "heart-beat": "1,1"}))
    subscriber = (
        Frame("SUBSCRIBE", {"id": "0", "destination": "/alerts", "ack": "client", "receipt": "1"}),
        Frame("NACK", {"id": "1"}),
        Frame("ACK", {"id": "2"}),
        Frame("UNSUBSCRIBE", {"id": "0"}),
        Frame("DISCONNECT", {"receipt": "2"}),
    )
    publisher = (
        Frame("BEGIN", {"transaction": "t"}),
        Frame("SEND", {"destination": "/alerts", "transaction": "t"}, b"{}"),
        Frame("COMMIT", {"transaction": "t", "receipt": "3"}),
        Frame("SEND", {"destination": "/refused", "receipt": "4"}, b"a\0b"),
    )
    return [connect + b"\n".join(map(encode, frames)) for frames in (subscriber, publisher)]


def check(data: bytes) -> None:
    """No error gets out; what is written are frames; nothing is outstanding beyond the window; nothing follows an ERROR."""
    session, out = StompSession(BOUNDS, "s", 0.0), Decoder(SERVER_COMMANDS)
    written: list[Frame] = []
    for now, piece in enumerate((data[: len(data) // 2], data[len(data) // 2 :])):
        session.receive(piece, now)
        while (event := session.next_event(now)) is not None:
            _do(session, event)
            _deliver(session, now)
        session.tick(now)
        for one in session.take(now):
            out.feed(one)
        while (one_frame := out.next()) is not None:
            written += [] if isinstance(one_frame, Beat) else [one_frame]
    assert all(frame.command != "ERROR" for frame in written[:-1]), "ERROR is the last word"
    assert session.state is State.CLOSED or all(frame.command != "ERROR" for frame in written)


def _do(session: StompSession, event: object) -> None:
    if isinstance(event, Connect):
        session.accept(event.login)
    elif isinstance(event, Send) and event.destination == "/refused":
        session.refuse(ProblemError("not-found", event.destination))
    else:
        session.done({"number": "7"})


def _deliver(session: StompSession, now: float) -> None:
    if session.state is not State.READY:
        return
    for one in session.subscriptions.values():
        for number in session.due(one, now + 1000):
            session.deliver(one, number, {"message-id": str(number)}, b"{}")
        if one.room:
            session.deliver(one, one.upto + 1, {"message-id": str(one.upto + 1)}, b"{}")
        assert len(one.outstanding) <= one.window, "never more than the window"
        cursor, above = one.standing(one.upto)
        assert cursor <= one.upto and all(number > cursor for number in above)
