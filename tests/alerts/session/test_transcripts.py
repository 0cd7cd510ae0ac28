"""The recorded sessions: played again from the file alone, and still what the two ends do today."""

from __future__ import annotations

import pytest

from alerts.errors import RemoteProtocolError
from alerts.session.session import DeviceSession
from alerts.wire.handshake import pack_hello
from tests.vectors import scenarios, store, write
from tests.vectors.meanings import Json
from tests.vectors.stage import PlainCodec, of_command, of_outcome

CASES = write.read("sessions.json")


class Player:
    """A device that does what the steps of a transcript say and is compared with what they expect."""

    def __init__(self, case: Json) -> None:
        self.store = store.from_json(case["store"])
        self.session: DeviceSession | None = None

    def connect(self, step: Json) -> None:
        self.session = DeviceSession(self.store.standing(), step["opening"], self.store, PlainCodec(), step["clock"])
        assert pack_hello(self.session.hello) == step["text"]

    def receive(self, step: Json) -> None:
        assert self.session
        message = bytes.fromhex(step["hex"])
        if "refused" in step:
            with pytest.raises(RemoteProtocolError):
                self.session.receive(message, step["clock"])
            return
        command = self.session.receive(message, step["clock"])
        if step["frame"]["frame"] == "Welcome":
            self.store.welcome(self.session.hello.opening)
        for expected in step["commits"]:
            assert command is not None and of_command(command) == expected["commit"]
            outcome = self.store.commit(command)
            assert of_outcome(outcome) == expected["outcome"]
            command = self.session.done(command, outcome, step["clock"])
        assert command is None
        assert (self.session.ended is not None) == step["ended"]

    def outbox(self, step: Json) -> None:
        assert self.store.write(bytes.fromhex(step["hex"])) == step["number"]
        if self.session:
            self.session.outbox_grew(step["clock"])

    def tick(self, step: Json) -> None:
        assert self.session
        assert self.session.tick(step["clock"]) == step["alive"]

    def ask(self, step: Json) -> None:
        assert self.session
        self.session.ask_roll_call(step["clock"])

    def languages(self, step: Json) -> None:
        self.store.choose_languages(tuple(step["languages"]))

    def broken(self, step: Json) -> None:
        self.session = None

    def sent(self) -> list[str]:
        return [message.hex() for message in self.session.messages()] if self.session else []


PLAYS = {
    "connect": Player.connect,
    "receive": Player.receive,
    "outbox": Player.outbox,
    "tick": Player.tick,
    "ask for a roll-call": Player.ask,
    "languages": Player.languages,
    "break": Player.broken,
}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_device_does_what_the_transcript_says(case: Json) -> None:
    player = Player(case)
    for step in case["steps"]:
        PLAYS[step["event"]](player, step)
        assert player.sent() == [message["hex"] for message in step.get("send", [])]
    assert store.to_json(player.store) == case["store_after"]


def test_both_ends_still_do_what_the_transcripts_say() -> None:
    assert scenarios.cases() == CASES, "see tests/vectors/write.py"
