from __future__ import annotations

from server.store.models import TABLES
from server.store.models_webhooks import WebhookAttempt, WebhookRow


def test_the_tables_are_among_the_store_s() -> None:
    assert {WebhookRow, WebhookAttempt} <= set(TABLES)
