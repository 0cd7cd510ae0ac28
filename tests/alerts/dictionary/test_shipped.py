"""The dictionary that ships is the one whose address is written here: devices in the field hold it under that."""

from __future__ import annotations

from alerts.dictionary.making import MADE
from alerts.dictionary.shipped import shipped
from alerts.wire.blocks import BlockReader, BlockWriter

ADDRESS = "534d6eafdfe0"


def test_its_bytes_have_not_changed() -> None:
    assert shipped().address.hex() == ADDRESS, "a new dictionary needs a release; the old one stays beside it"
    assert shipped() is shipped()
    assert shipped().made == MADE


def test_it_knows_the_words_of_eight_languages() -> None:
    for words in ("cholera", "choléra", "vacunación", "vacinas", "الكوليرا", "हैजा", "kipindupindu", "ኮሌራ"):
        assert words.encode() in shipped().zstd, words


def test_zstd_takes_it() -> None:
    body = b"Suspected cholera outbreak in the district. Boil all water."
    written = BlockWriter(shipped().zstd).write(body)
    assert written is not None and BlockReader(shipped().zstd).read(*written) == body
