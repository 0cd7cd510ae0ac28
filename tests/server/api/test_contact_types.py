from __future__ import annotations

import pytest
from pydantic import ValidationError

from server.api.contact_types import ContactAnswer, ContactBody
from server.store.contacts import Contact


def test_an_answer_has_nothing_of_the_address_but_its_service() -> None:
    said = ContactAnswer.of(Contact("amina", "twilio://sid:s3cret@0700/0711", ("officer",), ("KE",), "sw", 0, 0))
    assert said.service == "twilio" and "s3cret" not in said.model_dump_json() and "0711" not in said.model_dump_json()


def test_a_body_is_checked() -> None:
    body = ContactBody.model_validate({"name": "amina", "url": "mailto://x", "areas": ["KE"]})
    assert body.to_contact() == Contact("amina", "mailto://x", (), ("KE",))
    for wrong in ({"name": "a b"}, {"language": "!"}, {"areas": ["K E"]}, {"url": ""}, {"more": 1}):
        with pytest.raises(ValidationError):
            ContactBody.model_validate({"name": "amina", "url": "mailto://x", **wrong})
