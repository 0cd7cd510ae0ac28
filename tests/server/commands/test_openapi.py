"""`tocsin-hub openapi`."""

from __future__ import annotations

import json

import pytest

from server.api.openapi import make_document
from server.api.routes import ROUTES
from tests.server.commands.test_token import run


def test_the_document_is_the_one_that_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, _ = run(capsys, "openapi")
    assert code == 0 and json.loads(printed) == json.loads(json.dumps(make_document(ROUTES)))
