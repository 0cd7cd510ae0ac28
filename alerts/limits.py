"""Every bound on what comes from outside or goes out, with its unit and its reason, in one place."""

from __future__ import annotations

# -- the wire ---------------------------------------------------------------------------------------------------------
FRAME_BYTES_MAX = 2 * 1024 * 1024
"""One WebSocket message as it travels. Room for the largest alert (below) in all its languages, and no more."""

FRAME_EXPANDED_BYTES_MAX = 4 * 1024 * 1024
"""One frame after decompression; what expands further is refused before it is expanded."""

ZSTD_WINDOW_BYTES_MAX = 8 * 1024 * 1024
"""The memory that a zstd frame may ask its reader for (RFC 8878 §3.1.1.1.2 recommends supporting 8 MiB)."""

DICTIONARY_BYTES_MAX = 1024 * 1024
"""A dictionary; what a hub offers is a fraction of it, because it has to pay for its own transfer."""

DICTIONARY_TABLE_MAX = 4096
"""Skeletons, and senders, in a dictionary."""

BODY_BYTES_MAX = 128 * 1024
"""The texts of a lean frame: one block of zstd (RFC 8878 §3.1.1.2.4)."""

REFERENCES_MAX = 4
"""Earlier alerts that a frame may refer to: more gained nothing."""

PREFIX_BYTES_MAX = 64 * 1024
"""Their texts together."""

NESTING_MAX = 8
"""Arrays within arrays in a frame; the deepest kind that exists has four."""

ALERT_BYTES_MAX = 1024 * 1024
"""One alert as CAP XML or JSON. National services do publish warnings of 400 KB (hundreds of polygons)."""

WORDS_CHARS_MAX = 500
"""Words for a person in a goodbye or a refusal."""

# -- numbers ----------------------------------------------------------------------------------------------------------
NUMBER_MAX = 2**53 - 1
"""The largest sequence number or time; a TypeScript client must be able to hold it exactly."""

EPOCH_MAX = 2**32 - 1
"""An epoch is a random 32-bit number."""

# -- a session --------------------------------------------------------------------------------------------------------
HELD_MAX = 64
"""Numbers that a reader may hold above its cursor; more urgent alerts than these go in their order."""

BATCH_ITEMS_MAX = 64
"""Items in one data frame. Batches start at one and double with each `Stored`."""

BATCH_BYTES_MAX = 64 * 1024
"""Bytes of items in one data frame, unless a single item is larger."""

FRAMES_IN_FLIGHT_MAX = 2
"""Data frames that may be unconfirmed: one being stored while the next is on its way."""

EXTREMES_IN_ROLL_CALL = 4
"""Extreme entries that may be under way beside a roll-call. Elsewhere one goes beyond the window, and only past ordinary ones."""

BATCH_SECONDS = 2.0
"""How long a batch should take from being sent to being confirmed; slower batches shrink, quicker ones grow."""

ROLL_ENTRIES_MAX = 20_000
"""Alerts in force in one roll-call list, at about two bytes each."""

ROLL_GROUPS_MAX = 4096
"""Runs of numbers of one epoch in a roll-call list: at most three an epoch, one for each urgency."""

EPOCHS_ASKED_MAX = 512
"""Epochs that a reader may ask about in one frame."""

OUTBOX_ITEMS_MAX = 64
"""Items in one uplink frame."""

UPLINK_ITEM_BYTES_MAX = 16 * 1024
"""One receipt, reply or report; attachments travel by other means."""

ANSWER_CHARS_MAX = 1000
"""Characters of an answer in words to an alert's question: a few sentences."""

MARKS_MAX = 32
"""Epochs of which a reader remembers its last cursor."""

UPLINK_FRAME_BYTES_MAX = 128 * 1024
"""One message of a device as it travels: a batch of `BATCH_BYTES_MAX` with a single large item, and its framing."""

TRIES_MAX = 2
"""Times that a reader may begin to decode an item; one that brought the process down so often goes to quarantine."""

UPLINK_TRIES_MAX = 5
"""The same for a hub, which reads whole frames of many devices: one that loses power at bad moments must refuse nobody's word."""

LANGUAGES_MAX = 8
"""Languages that a device may ask for, in order of preference."""

DICTIONARIES_MAX = 8
"""Dictionaries that a device may say it holds."""

HELLO_CHARS_MAX = 2048
"""Where a device stands, as one header value or subprotocol; proxies limit a header line to 4 or 8 KB."""

# -- time -------------------------------------------------------------------------------------------------------------
KEEPALIVE_SECONDS = 55.0
"""Silence after which the device says something. Many carrier NATs forget an idle TCP connection after one minute."""

KEEPALIVE_SECONDS_MAX = 840.0
"""The longest silence on a network that survives it: an idle hour takes less than 1 KB, and a dead link is noticed after
`ANSWER_SECONDS` more."""

SILENT_SECONDS = 1200.0
"""Silence after which the hub gives a device up: more than the longest keep-alive interval and what may delay an answer."""

STORED_SECONDS = 2.0
"""How long a `Stored` may wait for company when nobody waits for it: who publishes sees soon who has it."""

RIDE_SECONDS = 0.02
"""A `Stored` that leaves so soon after its frame rides with TCP's acknowledgement, which kernels hold back for 40 ms or more."""

ANSWER_SECONDS = 20.0
"""How long an answer may take on the worst link that we serve, beyond the time that the bytes themselves need."""

SLOWEST_BYTES_PER_SECOND = 100
"""A link slower than this counts as dead."""

REPLACED_WAIT_SECONDS = 600
"""How long a client that was told `replaced` stays away, so that two copies of one store do not fight."""

OUTBOX_KEPT_SECONDS = 90 * 86_400
"""How long a device keeps uplink items that the hub has stored, to send them again if the hub loses them."""
