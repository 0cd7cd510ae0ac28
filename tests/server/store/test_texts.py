from __future__ import annotations

from alerts.audience import Audience
from server.store.texts import pack_audiences, pack_words, unpack_audiences, unpack_words


def test_words_come_out_again() -> None:
    words = ("Équateur", 'a "quote"', "")
    assert unpack_words(pack_words(words)) == words
    assert "Équateur" in pack_words(words)


def test_audiences_come_out_again() -> None:
    audiences = (Audience(("KE",), ("nurse",), ("d-1",)), Audience(everyone=True))
    assert unpack_audiences(pack_audiences(audiences)) == audiences
