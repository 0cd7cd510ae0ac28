"""What is taken for the list of calls."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from server.api.progress_types import CALLS_MAX, CallAnswer, CallsQuery
from server.delivery import DeliveryState
from server.watch.calls import Call, Missing


@pytest.mark.parametrize("asked", [{"missing": ["hope"]}, {"limit": 0}, {"limit": CALLS_MAX + 1}, {"area": "K E"}])
def test_what_is_wrong_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CallsQuery.model_validate(asked)


def test_who_was_never_heard_has_no_time() -> None:
    call = Call("d-1", "n", (("KE", ""),), None, DeliveryState.ADDRESSED, Missing.DELIVERY, None)
    said = CallAnswer.of(call, connected=False).model_dump()
    assert said["last_seen"] is None and said["areas"] == ({"code": "KE", "name": ""},)
