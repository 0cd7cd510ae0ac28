"""The codec of a device that holds dictionaries: it reads lean frames too."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.errors import LeanFrameError, RemoteProtocolError
from alerts.wire.blocks import BlockReader
from alerts.wire.codec import Codec, Reading
from alerts.wire.dictionary import Dictionary
from alerts.wire.frames import Frame
from alerts.wire.lean_frames import LEAN, Lookup, read_lean


class LeanCodec(Codec):
    """One for each connection, on one thread. `lookup` finds what a frame refers to."""

    def __init__(self, dictionaries: Iterable[Dictionary], lookup: Lookup) -> None:
        super().__init__()
        self._dictionaries = {dictionary.address: dictionary for dictionary in dictionaries}
        self._lookup = lookup
        self._blocks: dict[bytes, BlockReader] = {}

    def _decode_agreed(self, message: bytes, reading: Reading | None) -> Frame:
        if reading is None or message[0] < LEAN:
            return super()._decode_agreed(message, reading)
        dictionary = self._dictionaries[reading.dictionary]
        try:
            return read_lean(
                message,
                dictionary,
                self._reader(dictionary),
                newest=reading.newest,
                now=reading.now,
                cursor=reading.cursor,
                lookup=self._lookup,
            )
        except RemoteProtocolError as error:
            raise LeanFrameError(str(error)) from error

    def _reader(self, dictionary: Dictionary) -> BlockReader:
        if dictionary.address not in self._blocks:
            self._blocks[dictionary.address] = BlockReader(dictionary.zstd)
        return self._blocks[dictionary.address]
