"""`tocsin-hub openapi`: the API's description, without a running hub."""

from __future__ import annotations

import json
import sys

from server.api.openapi import make_document
from server.api.routes import ROUTES


def openapi() -> None:
    """Print the OpenAPI 3.1 document of the API, as a hub serves it at /v1/openapi.json."""
    sys.stdout.write(json.dumps(make_document(ROUTES), indent=2, ensure_ascii=False) + "\n")
