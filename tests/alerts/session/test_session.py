"""Whole sessions: one command at a time, the order of a connection's life, its ends, its timers."""

from __future__ import annotations

import pytest

from alerts import limits
from alerts.errors import LocalProtocolError, RemoteProtocolError
from alerts.session import inbox
from alerts.session.claim import Claim
from alerts.session.commits import DeviceCommand, DeviceOutcome, HubOutcome, KeepItems, OweRollCall, SetLanguages
from alerts.session.goodbye import Reason
from alerts.session.inbox import Standing
from alerts.session.log import Log
from alerts.session.session import DeviceSession, HubSession
from alerts.wire.codec import Codec
from alerts.wire.frames import (
    Ahead,
    Data,
    Dictionary,
    Frame,
    Goodbye,
    Languages,
    Offer,
    Ping,
    Pong,
    Refused,
    Resume,
    Roll,
    Rolled,
    Stand,
    Stored,
    Unknown,
    Want,
    Welcome,
)
from alerts.wire.handshake import Hello
from alerts.wire.items import Arrival
from netsim.virtual.device_store import DeviceStore
from tests.alerts.session.logs import EPOCH, NOW, OTHER, READER, WordEncoder, a_log, add

CODEC = Codec()
FOLLOWING = Standing(EPOCH, 1, 1, heard=NOW, languages=("en",), marks=((EPOCH, 1),))


def hub_session(log: Log, at: Resume | None = None, languages: tuple[str, ...] | None = None) -> HubSession:
    hello = Hello(5, at or Resume(EPOCH, 1, 1), ("en",))
    return HubSession(log, "d0", hello, Claim(), WordEncoder(), CODEC, now=NOW, clock=0, languages=languages)


def device_session(standing: Standing = FOLLOWING, store: DeviceStore | None = None) -> DeviceSession:
    return DeviceSession(standing, 5, store or DeviceStore(), CODEC, 0)


def welcomed(standing: Standing = FOLLOWING, store: DeviceStore | None = None) -> DeviceSession:
    session = device_session(standing, store)
    told(session, Welcome(NOW, EPOCH))
    return session


def told(session: DeviceSession, frame: Frame, clock: float = 0) -> DeviceCommand | None:
    return session.receive(CODEC.encode(frame), clock)


def heard(session: HubSession, frame: Frame, clock: float = 0) -> object:
    return session.receive(CODEC.encode(frame), NOW, clock)


def said(session: HubSession | DeviceSession) -> list[Frame | bytes]:
    return [message if message.startswith(b"live") else CODEC.decode(message) for message in session.messages()]


# -- the hub ----------------------------------------------------------------------------------------------------------


def test_the_first_missed_alert_leaves_right_behind_the_welcome() -> None:
    log = a_log()
    add(log, "a")
    assert said(hub_session(log)) == [Welcome(NOW, EPOCH), b"live a"]


def test_a_dictionary_is_offered_behind_the_alerts() -> None:
    offer = Dictionary(bytes(6), 9000, 40, 100)
    hello = Hello(5, Resume(EPOCH, 1, 1), ("en",))
    log = a_log()
    add(log, "a")
    session = HubSession(log, "d0", hello, Claim(), WordEncoder(), CODEC, now=NOW, clock=0, offered=offer)
    assert said(session) == [Welcome(NOW, EPOCH), b"live a", offer]


def test_what_is_offered_is_kept_for_the_shell() -> None:
    session, offer = welcomed(), Dictionary(bytes(6), 9000, 40, 100)
    assert told(session, offer) is None and session.offered == offer
    with pytest.raises(RemoteProtocolError, match="dictionary 0 of 0 named"):
        told(session, Dictionary(bytes(6), 9000, 40, 100, 0))


def test_a_new_alert_is_sent_when_the_session_is_woken_and_claimed_when_it_is_stored() -> None:
    log = a_log()
    session = hub_session(log)
    said(session)
    add(log, "a")
    session.wake(NOW, 1)
    assert said(session) == [b"live a"]
    assert not session.claim.has(2, 5000, NOW)
    heard(session, Stored(EPOCH, 2, 2))
    assert session.claim.has(2, 5000, NOW)


def test_what_was_written_travels_up_after_it_was_committed() -> None:
    session = hub_session(a_log())
    said(session)
    command = heard(session, Data(3, 0, 1, ((1, b"seen"),)))
    assert said(session) == []
    with pytest.raises(LocalProtocolError, match="still due"):
        heard(session, Ping(1))
    session.done(command, HubOutcome(((3, 1),)), NOW, 0)  # type: ignore[arg-type]
    assert said(session) == [Stored(3, 1)]
    with pytest.raises(LocalProtocolError, match="not the command that is out"):
        session.done(command, HubOutcome(((3, 1),)), NOW, 0)  # type: ignore[arg-type]


def test_ops_set_languages_at_the_handshake_and_live() -> None:
    session = hub_session(a_log(), languages=("sw",))
    assert said(session)[1] == Languages(("sw",))
    session.set_languages(("fr",))
    assert said(session) == [Languages(("fr",))]
    assert session.languages == ("fr",)
    assert len(said(hub_session(a_log(), languages=("en",)))) == 1


def test_a_moved_device_is_rolled_and_newly_addressed_alerts_are_not_claimed() -> None:
    log = a_log()
    add(log, "a")
    session = hub_session(log, Resume(EPOCH, 2, 2))
    said(session)
    log.enrol(3, OTHER)
    session.moved(READER, OTHER)
    session.wake(NOW, 0)
    assert said(session) == [Roll(EPOCH, 3, ((EPOCH, (2,)),))]


@pytest.mark.parametrize(
    "frame",
    [Welcome(1, 1), Ahead(7, (), 1), Roll(7, 1, ()), Rolled(7, 1, (), 1), Stand(()), Refused(1, 1, 1), Languages(())],
)
def test_a_frame_that_only_a_hub_sends_is_refused(frame: Frame) -> None:
    with pytest.raises(RemoteProtocolError, match="a device does not send this"):
        heard(hub_session(a_log()), frame)


def test_pings_are_answered_and_what_is_unknown_is_ignored() -> None:
    session = hub_session(a_log())
    said(session)
    heard(session, Ping(9))
    heard(session, Pong(9))
    session.receive(b"\x00\x91\x63", NOW, 0)
    assert CODEC.decode(b"\x00\x91\x63") == Unknown(99)
    assert said(session) == [Pong(9)]


def test_after_a_goodbye_nothing_is_sent_or_read() -> None:
    log = a_log()
    session = hub_session(log)
    said(session)
    session.goodbye(Reason.REPLACED, "x" * 10_000)
    (frame,) = said(session)
    assert isinstance(frame, Goodbye)
    assert (frame.reason, frame.retry_after, len(frame.words)) == (1, 600, limits.WORDS_CHARS_MAX)
    add(log, "a")
    session.wake(NOW, 0)
    assert said(session) == []
    with pytest.raises(LocalProtocolError, match="has ended"):
        heard(session, Ping(1))


def test_never_is_no_time_to_come_back() -> None:
    session = hub_session(a_log())
    session.goodbye(Reason.REVOKED)
    assert session.ended is not None
    assert session.ended.retry_after is None


def test_a_silent_device_and_one_that_confirms_nothing_are_given_up() -> None:
    log = a_log()
    session = hub_session(log)
    assert session.deadline() == limits.SILENT_SECONDS
    assert session.expired(limits.SILENT_SECONDS - 1) is None
    assert session.expired(limits.SILENT_SECONDS) is Reason.SILENT
    add(log, "a")
    session.wake(NOW, 0)
    assert session.deadline() < limits.SILENT_SECONDS
    assert session.expired(session.deadline()) is Reason.TOO_SLOW


def test_a_device_says_goodbye() -> None:
    session = hub_session(a_log())
    heard(session, Goodbye(8))
    assert session.ended == Goodbye(8)


# -- the device -------------------------------------------------------------------------------------------------------


def test_the_handshake_says_where_the_device_stands() -> None:
    session = device_session(Standing(EPOCH, 4, 9, frozenset({8}), languages=("sw",), marks=((3, 2), (EPOCH, 4))))
    assert session.hello == Hello(5, Resume(EPOCH, 4, 9, (8,)), ("sw",), (3, 2))


def test_the_handshake_says_which_other_opening_was_welcomed_last() -> None:
    assert device_session(Standing(welcomed=4)).hello.before == 4
    assert device_session(Standing(welcomed=5)).hello.before == 0


def test_nothing_comes_before_the_welcome_but_a_goodbye() -> None:
    session = device_session()
    assert not session.is_welcome
    with pytest.raises(LocalProtocolError, match="has not said its time"):
        session.hub_now(0)
    with pytest.raises(RemoteProtocolError, match="before Welcome"):
        told(session, Ping(1))
    other = device_session()
    told(other, Goodbye(6, 60))
    assert other.ended == Goodbye(6, 60)


def test_the_hub_s_time_goes_on_by_the_monotonic_clock() -> None:
    session = device_session()
    told(session, Welcome(NOW, EPOCH), clock=100)
    assert session.hub_now(160.5) == NOW + 60


def test_data_is_confirmed_after_its_commit() -> None:
    store = DeviceStore()
    store.set_standing(FOLLOWING)
    session = welcomed(store=store)
    command = told(session, Data(EPOCH, 1, 2, ((2, b"F|a|0|0|5000|en|"),), 2))
    assert isinstance(command, KeepItems)
    assert said(session) == []
    with pytest.raises(LocalProtocolError, match="still due"):
        told(session, Ping(1))
    outcome = inbox.keep_items(store, command, inbox.begin_items(store, command), lambda *_: _arrival())
    assert session.done(command, outcome, 0) is None
    assert said(session) == [Stored(EPOCH, 2, 2, heard=NOW)]


def _arrival() -> Arrival:
    return Arrival("a", frozenset(), expires=5000)


def test_a_gap_asks_to_be_resumed() -> None:
    session = welcomed()
    assert told(session, Data(EPOCH, 4, 5, (), 5)) is None
    assert said(session) == [Resume(EPOCH, 1, 1, heard=NOW)]


def test_the_outbox_is_sent_when_it_grows_and_only_once_the_hub_is_there() -> None:
    store = DeviceStore()
    store.open(lambda: 3, lambda: "u")
    store.mark_stored((), EPOCH)
    session = device_session(store=store)
    store.write("seen")
    session.outbox_grew(0)
    assert said(session) == []
    told(session, Welcome(NOW, EPOCH))
    assert said(session) == [Data(3, 0, 1, ((1, b"seen (u)"),))]
    session.outbox_grew(0)
    assert said(session) == []


def test_a_person_asks_for_a_roll_call_and_one_under_way_is_the_answer() -> None:
    session = welcomed()
    session.ask_roll_call(0)
    assert said(session) == [Resume(EPOCH, 1, 1, flags=1, heard=NOW)]
    session.ask_roll_call(0)
    assert said(session) == []
    command = told(session, Roll(EPOCH, 2, ()))
    assert isinstance(command, OweRollCall)
    session.done(command, DeviceOutcome(FOLLOWING.position()), 0)
    session.ask_roll_call(0)
    assert said(session) == [Want((), 2, True)]


def test_languages_that_are_due_are_asked_for_at_the_welcome() -> None:
    session = device_session(Standing(EPOCH, 2, 2, languages=("sw",), languages_due=True))
    command = told(session, Welcome(NOW, EPOCH))
    assert command == SetLanguages(None, NOW)
    session.done(command, DeviceOutcome(FOLLOWING.position(), lacking=((EPOCH, (2,)),)), 0)
    assert said(session) == [Want(((EPOCH, (2,)),))]


def test_languages_set_while_an_answer_is_due_are_asked_for_when_it_is_here() -> None:
    session = welcomed()
    lacking = DeviceOutcome(FOLLOWING.position(), lacking=((EPOCH, (2,)),))
    for tag in ("fr", "sw"):
        command = told(session, Languages((tag,)))
        assert command is not None
        assert session.done(command, lacking, 0) is None
    assert said(session) == [Want(((EPOCH, (2,)),))]
    answer = told(session, Ahead(EPOCH, ((2, b""),), 2, None, 1))
    assert answer is not None
    again = session.done(answer, DeviceOutcome(FOLLOWING.position()), 0)
    assert again == SetLanguages(None, NOW)
    session.done(again, lacking, 0)
    assert said(session) == [Want(((EPOCH, (2,)),))]


@pytest.mark.parametrize("frame", [Want(()), Offer(())])
def test_a_frame_that_only_a_device_sends_is_refused(frame: Frame) -> None:
    with pytest.raises(RemoteProtocolError, match="a hub does not send this"):
        told(welcomed(), frame)


def test_a_quiet_link_is_asked_and_a_dead_one_given_up() -> None:
    session = welcomed()
    assert session.tick(session.deadline() - 1)
    assert said(session) == []
    clock = session.deadline()
    assert session.tick(clock)
    assert said(session) == [Ping(1)]
    assert not session.tick(clock + limits.ANSWER_SECONDS)
    session.heard(clock + limits.ANSWER_SECONDS)
    assert session.tick(clock + limits.ANSWER_SECONDS)


def test_after_the_hub_s_goodbye_the_outbox_waits() -> None:
    store = DeviceStore()
    store.open(lambda: 3, lambda: "u")
    session = welcomed(store=store)
    told(session, Goodbye(0, 5))
    store.write("seen")
    session.outbox_grew(0)
    assert said(session) == []
