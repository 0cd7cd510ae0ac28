"""A STOMP connection without a socket: every state, every mode of acks, transactions, receipts, time, and what is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from alerts.errors import LocalProtocolError
from server.api.problems import ProblemError
from server.bridges import stomp_session
from server.bridges.stomp import CLIENT_COMMANDS, SERVER_COMMANDS, Decoder, Frame, encode
from server.bridges.stomp_session import (
    TRANSITIONS,
    AckMode,
    Bounds,
    Connect,
    Disconnect,
    Event,
    Send,
    Settled,
    State,
    StompSession,
    Subscribe,
    Subscription,
    Unsubscribe,
)

BOUNDS = Bounds(subscriptions_max=3, window=4, tries_max=3, again_after_s=5.0, beat_s=10.0, connect_s=30.0)


class Client:
    """Speaks to a session, and answers what it asks of its shell unless told otherwise."""

    def __init__(self, bounds: Bounds = BOUNDS, *, connected: bool = True) -> None:
        self.session = StompSession(bounds, "s1", 0.0)
        self.now = 0.0
        self._decoder = Decoder(SERVER_COMMANDS)
        if connected:
            self.send("CONNECT", {"accept-version": "1.2"})
            assert [frame.command for frame in self.read()] == ["CONNECTED"]

    def give(self, command: str, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.session.receive(encode(Frame(command, headers or {}, body)), self.now)

    def event(self) -> Event | None:
        return self.session.next_event(self.now)

    def send(self, command: str, headers: dict[str, str] | None = None, body: bytes = b"") -> list[Event]:
        """Give a frame, and do what follows."""
        self.give(command, headers, body)
        events = []
        while (event := self.event()) is not None:
            events.append(event)
            if isinstance(event, Connect):
                self.session.accept(event.login)
            else:
                self.session.done()
        return events

    def read(self) -> list[Frame]:
        for piece in self.session.take(self.now):
            self._decoder.feed(piece)
        found = []
        while (one := self._decoder.next()) is not None:
            found += [one] if isinstance(one, Frame) else []
        return found

    def error(self) -> Frame:
        frames = self.read()
        assert [frame.command for frame in frames] == ["ERROR"], frames
        assert self.session.state is State.CLOSED
        return frames[0]

    def subscribe(self, mode: str = "client", **headers: str) -> Subscription:
        (event,) = self.send("SUBSCRIBE", {"id": "s", "destination": "/alerts", "ack": mode, **headers})
        assert isinstance(event, Subscribe)
        return event.subscription

    def deliver(self, subscription: Subscription, *numbers: int) -> list[str]:
        """What the header ack of each was."""
        for number in numbers:
            self.session.deliver(subscription, number, {"message-id": f"7-{number}"}, b"{}")
        return [frame.headers["ack"] for frame in self.read()]


# -- connecting -------------------------------------------------------------------------------------------------------


def test_a_client_is_let_in() -> None:
    client = Client(connected=False)
    client.give("CONNECT", {"accept-version": "1.0,1.1,1.2", "login": "ops", "passcode": "secret:1"})
    assert client.event() == Connect("ops", "secret:1")
    client.session.accept("ops")
    assert client.read() == [
        Frame(
            "CONNECTED",
            {"version": "1.2", "session": "s1", "server": "tocsin", "heart-beat": "10000,10000", "user-name": "ops"},
        )
    ]


def test_a_name_that_cannot_be_written_is_left_out() -> None:
    client = Client(connected=False)
    client.give("STOMP", {"accept-version": "1.2"})
    assert client.event() == Connect("", "")
    client.session.accept("two\nlines")
    assert "user-name" not in client.read()[0].headers


@pytest.mark.parametrize("versions", ["1.0,1.1", "1.20", "", None])
def test_other_versions_are_refused_with_the_one_there_is(versions: str | None) -> None:
    client = Client(connected=False)
    client.send("CONNECT", {} if versions is None else {"accept-version": versions})
    assert client.error().headers["version"] == "1.2"


@pytest.mark.parametrize("beats", ["1", "1,", "a,b", "-1,0", "1,2,3", "1 ,2", "9999999999,0"])
def test_heart_beats_that_are_none_are_refused(beats: str) -> None:
    client = Client(connected=False)
    client.send("CONNECT", {"accept-version": "1.2", "heart-beat": beats})
    assert "heart-beat must read" in client.error().headers["message"]


def test_who_is_not_let_in_hears_why_and_nothing_in_it_needs_an_escape() -> None:
    client = Client(connected=False)
    client.give("CONNECT", {"accept-version": "1.2"})
    assert isinstance(client.event(), Connect)
    client.session.refuse(ProblemError("unauthorized", "a: b\\c\nd"))
    error = client.error()
    assert error.headers["problem"] == "unauthorized"
    assert error.headers["message"] == "a  b c d"
    assert b'"type": "/v1/docs#unauthorized"' in error.body


@pytest.mark.parametrize("command", sorted(CLIENT_COMMANDS - {"CONNECT", "STOMP"}))
def test_nothing_goes_before_connecting(command: str) -> None:
    client = Client(connected=False)
    client.send(command, {"id": "1", "destination": "/alerts", "transaction": "1"})
    assert f"{command}: not expected while not connected" in client.error().body.decode()


def test_nobody_connects_twice() -> None:
    client = Client()
    client.send("CONNECT", {"accept-version": "1.2"})
    assert "not expected while connected" in client.error().headers["message"]


def test_every_state_can_end_and_every_command_has_its_place() -> None:
    assert {state for state, step in TRANSITIONS if step is stomp_session.Step.ENDED} == set(State)
    assert {str(step) for _, step in TRANSITIONS} >= CLIENT_COMMANDS


def test_what_comes_after_the_end_is_dropped() -> None:
    client = Client()
    client.session.end()
    client.give("SEND", {"destination": "/alerts"})
    assert client.event() is None
    assert client.read() == []


# -- receipts, errors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "headers"),
    [
        ("SUBSCRIBE", {"id": "1", "destination": "/alerts"}),
        ("SEND", {"destination": "/alerts"}),
        ("BEGIN", {"transaction": "1"}),
        ("DISCONNECT", {}),
    ],
)
def test_a_receipt_is_given_when_it_is_done(command: str, headers: dict[str, str]) -> None:
    client = Client()
    client.send(command, {**headers, "receipt": "r:1\n"})
    assert client.read() == [Frame("RECEIPT", {"receipt-id": "r:1\n"})]


def test_a_receipt_may_say_more_and_its_id_stays() -> None:
    client = Client()
    client.give("SEND", {"destination": "/alerts", "receipt": "r"}, b"{}")
    assert client.event() == Send("/alerts", {"destination": "/alerts", "receipt": "r", "content-length": "2"}, b"{}")
    client.session.done({"number": "7", "receipt-id": "other", "identifier": "a\0b"})
    assert client.read() == [Frame("RECEIPT", {"number": "7", "receipt-id": "r", "identifier": "a\ufffdb"})]


def test_a_refusal_names_the_receipt_and_the_problem_and_ends() -> None:
    client = Client()
    client.give("SEND", {"destination": "/alerts", "receipt": "r"}, b"{}")
    assert isinstance(client.event(), Send)
    client.session.refuse(ProblemError("audience-invalid", "nobody: is addressed", devices=["d"]))
    error = client.error()
    assert error.headers == {
        "message": "nobody: is addressed",
        "problem": "audience-invalid",
        "version": "1.2",
        "content-type": "application/problem+json",
        "receipt-id": "r",
        "content-length": str(len(error.body)),
    }
    assert b'"devices": ["d"]' in error.body
    assert client.send("BEGIN", {"transaction": "1"}) == []


def test_frames_before_a_malformed_one_are_done() -> None:
    client = Client()
    client.session.receive(b"BEGIN\ntransaction:1\nreceipt:a\n\n\0NONSENSE\n\n\0", 0.0)
    assert client.event() is None
    receipt, error = client.read()
    assert receipt.headers == {"receipt-id": "a"}
    assert error.headers["problem"] == "bad-request"
    assert "'NONSENSE' is no command" in error.headers["message"]
    assert "receipt-id" not in error.headers


@pytest.mark.parametrize(
    ("command", "headers", "words"),
    [
        ("SUBSCRIBE", {"destination": "/alerts"}, "needs the header id"),
        ("SUBSCRIBE", {"id": "1"}, "needs the header destination"),
        ("SUBSCRIBE", {"id": "1", "destination": "/a", "ack": "later"}, "ack must be one of auto, client"),
        ("SUBSCRIBE", {"id": "1", "destination": "/a", "in-force": "yes"}, "in-force must be true or false"),
        ("SUBSCRIBE", {"id": "1", "destination": "/a", "prefetch-count": "0"}, "prefetch-count is a number"),
        ("UNSUBSCRIBE", {"id": "1"}, "no such subscription"),
        ("UNSUBSCRIBE", {}, "needs the header id"),
        ("SEND", {}, "needs the header destination"),
        ("ACK", {}, "needs the header id"),
        ("ACK", {"id": "1"}, "no message was sent here"),
        ("NACK", {"id": "x"}, "no message was sent here"),
        ("BEGIN", {}, "needs the header transaction"),
        ("COMMIT", {"transaction": "1"}, "no transaction '1' has begun"),
        ("ABORT", {"transaction": "1"}, "no transaction '1' has begun"),
        ("SEND", {"destination": "/a", "transaction": "1"}, "no transaction '1' has begun"),
    ],
)
def test_what_is_wrong_with_a_frame_is_said(command: str, headers: dict[str, str], words: str) -> None:
    client = Client()
    client.send(command, {**headers, "receipt": "r"})
    error = client.error()
    assert words in error.headers["message"]
    assert error.headers["receipt-id"] == "r"


# -- subscriptions and acks -------------------------------------------------------------------------------------------


def test_a_subscription_says_what_it_wishes() -> None:
    one = Client().subscribe(
        "client-individual", after="7-1", durable="desk", accept="application/cap+xml", **{"in-force": "true"}
    )
    assert (one.mode, one.room) == (AckMode.INDIVIDUAL, 4)
    assert one.wish == stomp_session.Wish("7-1", "desk", True, "application/cap+xml")


def test_a_client_may_ask_for_less_at_once_and_not_for_more() -> None:
    assert Client().subscribe(**{"prefetch-count": "1"}).room == 1
    assert Client().subscribe(**{"prefetch-count": "1000"}).room == 4


def test_subscriptions_are_told_apart_and_bounded() -> None:
    client = Client()
    for name in "abc":
        client.send("SUBSCRIBE", {"id": name, "destination": "/alerts"})
    client.send("SUBSCRIBE", {"id": "d", "destination": "/alerts"})
    assert client.error().headers["problem"] == "overloaded"
    client = Client()
    client.subscribe()
    client.send("SUBSCRIBE", {"id": "s", "destination": "/alerts"})
    assert "already" in client.error().headers["message"]


def test_a_message_carries_what_its_mode_needs() -> None:
    client = Client()
    client.session.deliver(client.subscribe("auto"), 5, {"message-id": "7-5", "sender": "a\0"}, b"{}")
    (message,) = client.read()
    assert message.headers == {
        "subscription": "s", "message-id": "7-5", "sender": "a\ufffd", "content-length": "2",
    }  # fmt: skip
    client = Client()
    assert client.deliver(client.subscribe("client"), 5, 6) == ["1", "2"]


def test_an_ack_is_cumulative_or_not_as_the_mode_says() -> None:
    for mode, left in (("client", ["3"]), ("client-individual", ["1", "3"])):
        client = Client()
        one = client.subscribe(mode)
        client.deliver(one, 10, 11, 12)
        assert client.send("ACK", {"id": "2"}) == [Settled(one)]
        assert list(one.outstanding) == left


def test_there_is_never_more_outstanding_than_the_window() -> None:
    client = Client()
    one = client.subscribe()
    client.deliver(one, 1, 2, 3, 4)
    assert one.room == 0
    with pytest.raises(LocalProtocolError, match="window full"):
        client.session.deliver(one, 5, {}, b"")
    client.send("ACK", {"id": "1"})
    assert one.room == 1


def test_an_ack_that_comes_twice_or_late_is_no_mistake() -> None:
    client = Client()
    one = client.subscribe()
    client.deliver(one, 1, 2)
    client.send("ACK", {"id": "2"})
    assert client.send("ACK", {"id": "1"}) == []
    client.deliver(one, 3)
    assert client.send("UNSUBSCRIBE", {"id": "s"}) == [Unsubscribe(one, False)]
    assert client.send("ACK", {"id": "3"}) == []
    assert one.is_over


def test_how_far_a_subscription_has_come() -> None:
    client = Client()
    one = client.subscribe("client-individual")
    assert one.standing(9) == (9, ())
    client.deliver(one, 10, 11, 14)
    assert one.standing(14) == (9, ())
    client.send("ACK", {"id": "2"})
    assert one.standing(14) == (9, (11,))
    client.send("ACK", {"id": "1"})
    assert one.standing(14) == (13, ())
    client.send("ACK", {"id": "3"})
    assert one.standing(20) == (20, ())


def test_what_is_refused_is_due_again_later_each_time_and_then_given_up() -> None:
    client = Client()
    one = client.subscribe("client-individual")
    (ack,) = client.deliver(one, 10)
    for delay in (5.0, 10.0):
        assert client.send("NACK", {"id": ack}) == [Settled(one)]
        assert one.room == 3, "it still counts: the client must not be sent ever more"
        assert client.send("ACK", {"id": ack}) == [Settled(one)], "nothing to settle: the hub has it"
        assert one.standing(10) == (9, ())
        assert client.session.due(one, client.now + delay - 0.1) == []
        assert client.session.deadline() == client.now + delay
        client.now += delay
        assert client.session.due(one, client.now) == [10]
        client.session.deliver(one, 10, {"message-id": "7-10"}, b"{}")
        (message,) = client.read()
        assert message.headers["redelivered"] == "true"
        ack = message.headers["ack"]
        assert client.session.due(one, math.inf) == []
    assert message.headers["delivery"] == "3"
    assert client.send("NACK", {"id": ack}) == [Settled(one, (10,))]
    assert one.standing(10) == (10, ())


def test_a_refusal_is_cumulative_in_the_mode_client() -> None:
    client = Client()
    one = client.subscribe("client")
    client.deliver(one, 10, 11, 12)
    client.send("NACK", {"id": "2"})
    assert client.session.due(one, 5.0) == [10, 11]


def test_what_is_due_again_and_gone_is_passed_over() -> None:
    client = Client()
    one = client.subscribe("client-individual")
    client.deliver(one, 10, 11)
    client.send("NACK", {"id": "1"})
    client.session.pass_over(one, 11)
    client.session.pass_over(one, 10)
    assert list(one.outstanding) == ["2"]
    assert one.standing(11) == (10, ())


# -- transactions -----------------------------------------------------------------------------------------------------


def test_a_transaction_is_done_at_its_end_the_send_first() -> None:
    client = Client()
    one = client.subscribe("client-individual")
    client.deliver(one, 10, 11)
    client.send("BEGIN", {"transaction": "t"})
    assert client.send("ACK", {"id": "1", "transaction": "t"}) == []
    assert client.send("SEND", {"destination": "/alerts", "transaction": "t", "receipt": "s"}, b"x") == []
    assert client.read() == [Frame("RECEIPT", {"receipt-id": "s"})], "it has been taken into the transaction"
    assert len(one.outstanding) == 2
    client.give("COMMIT", {"transaction": "t", "receipt": "c"})
    assert client.event() == Send("/alerts", {"destination": "/alerts", "content-length": "1"}, b"x")
    assert len(one.outstanding) == 2
    client.session.done({"number": "12"})
    assert client.read() == []
    assert client.event() == Settled(one)
    client.session.done()
    assert client.read() == [Frame("RECEIPT", {"number": "12", "receipt-id": "c"})]
    client.send("BEGIN", {"transaction": "t", "receipt": "b"})
    assert client.read() == [Frame("RECEIPT", {"receipt-id": "b"})], "nothing is left over"


def test_a_send_that_is_refused_leaves_its_transaction_undone() -> None:
    client = Client()
    one = client.subscribe()
    client.deliver(one, 10)
    client.send("BEGIN", {"transaction": "t"})
    client.send("SEND", {"destination": "/alerts", "transaction": "t"}, b"x")
    client.send("ACK", {"id": "1", "transaction": "t"})
    client.give("COMMIT", {"transaction": "t"})
    assert isinstance(client.event(), Send)
    client.session.refuse(ProblemError("alert-expired"))
    assert client.event() is None
    assert len(one.outstanding) == 1


def test_an_aborted_or_empty_transaction_does_nothing() -> None:
    client = Client()
    client.send("BEGIN", {"transaction": "t"})
    client.send("SEND", {"destination": "/alerts", "transaction": "t"}, b"x")
    assert client.send("ABORT", {"transaction": "t"}) == []
    client.send("BEGIN", {"transaction": "t"})
    assert client.send("COMMIT", {"transaction": "t", "receipt": "c"}) == []
    assert client.read() == [Frame("RECEIPT", {"receipt-id": "c"})]


def test_transactions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    for name in range(stomp_session.TRANSACTIONS_MAX):
        client.send("BEGIN", {"transaction": str(name)})
    client.send("BEGIN", {"transaction": "more"})
    assert client.error().headers["problem"] == "overloaded"
    monkeypatch.setattr(stomp_session, "IN_TRANSACTION_MAX", 1)
    client = Client()
    client.deliver(client.subscribe(), 1)
    client.send("BEGIN", {"transaction": "t"})
    client.send("ACK", {"id": "1", "transaction": "t"})
    client.send("ACK", {"id": "1", "transaction": "t"})
    assert client.error().headers["problem"] == "overloaded"


def test_two_alerts_in_one_transaction_are_refused() -> None:
    client = Client()
    client.send("BEGIN", {"transaction": "t"})
    client.send("BEGIN", {"transaction": "t2"})
    client.send("SEND", {"destination": "/alerts", "transaction": "t"}, b"x")
    client.send("SEND", {"destination": "/alerts", "transaction": "t2"}, b"x")
    client.send("SEND", {"destination": "/alerts", "transaction": "t"}, b"x")
    assert "one SEND" in client.error().headers["message"]


# -- time -------------------------------------------------------------------------------------------------------------


def test_who_does_not_connect_is_cut() -> None:
    client = Client(connected=False)
    assert client.session.deadline() == 30.0
    assert client.session.tick(29.9) is None
    assert client.session.tick(30.0) == "no CONNECT frame came in time"


def test_heart_beats_go_out_when_nothing_else_does() -> None:
    client = Client(connected=False)
    client.send("CONNECT", {"accept-version": "1.2", "heart-beat": "0,1"})
    client.read()
    assert client.session.deadline() == 10.0
    assert client.session.tick(9.9) is None and client.session.take(9.9) == []
    assert client.session.tick(10.0) is None and client.session.take(10.0) == [b"\n"]
    assert client.session.deadline() == 20.0
    assert client.session.tick(1e9) is None, "the client promised none"


def test_a_slower_wish_is_heeded() -> None:
    client = Client(connected=False)
    client.send("CONNECT", {"accept-version": "1.2", "heart-beat": "0,60000"})
    client.read()
    assert client.session.deadline() == 60.0


def test_a_client_that_falls_silent_is_cut() -> None:
    client = Client(connected=False)
    client.send("CONNECT", {"accept-version": "1.2", "heart-beat": "1000,0"})
    client.session.receive(b"\n", 15.0)
    assert client.event() is None
    assert client.session.tick(34.9) is None
    assert client.session.tick(35.0) == "no heart-beat came in time"


def test_a_client_without_heart_beats_is_left_alone() -> None:
    client = Client()
    assert client.session.deadline() == math.inf


def test_a_disconnect_is_told() -> None:
    client = Client()
    assert client.send("DISCONNECT", {"receipt": "bye"}) == [Disconnect()]
    assert client.read() == [Frame("RECEIPT", {"receipt-id": "bye"})]


# -- anything ---------------------------------------------------------------------------------------------------------


class Acks(RuleBasedStateMachine):
    """Any acks and refusals in any order: the cursor never passes what is not settled, and never goes back."""

    def __init__(self) -> None:
        super().__init__()
        self.client = Client()
        self.number = 0
        self.acks: list[str] = []
        self.one: Subscription | None = None
        self.cursor = 0
        self.settled: set[int] = set()

    @precondition(lambda self: self.one is None)
    @rule(mode=st.sampled_from(["client", "client-individual"]))
    def subscribe(self, mode: str) -> None:
        self.one = self.client.subscribe(mode)

    @precondition(lambda self: self.one is not None and self.one.room)
    @rule(gap=st.integers(1, 3))
    def deliver(self, gap: int) -> None:
        assert self.one
        self.number += gap
        self.acks += self.client.deliver(self.one, self.number)

    @precondition(lambda self: bool(self.acks))
    @rule(data=st.data(), command=st.sampled_from(["ACK", "NACK"]))
    def answer(self, data: st.DataObject, command: str) -> None:
        assert self.one
        before = {one.number for one in self.one.outstanding.values()}
        self.client.send(command, {"id": data.draw(st.sampled_from(self.acks))})
        self.settled |= before - {one.number for one in self.one.outstanding.values()}

    @precondition(lambda self: self.one is not None)
    @rule()
    def again(self) -> None:
        assert self.one
        self.client.now += 100
        for number in self.client.session.due(self.one, self.client.now):
            self.client.session.deliver(self.one, number, {}, b"")
            self.acks += [frame.headers["ack"] for frame in self.client.read()]

    @invariant()
    def nothing_is_passed(self) -> None:
        if self.one is None:
            return
        waiting = {one.number for one in self.one.outstanding.values()}
        cursor, above = self.one.standing(self.number)
        assert cursor >= self.cursor
        assert len(waiting) == len(self.one.outstanding) <= self.one.window
        assert not any(number <= cursor for number in waiting)
        assert set(above) == {number for number in self.settled if number > cursor}
        self.cursor = cursor


TestAcks = Acks.TestCase
