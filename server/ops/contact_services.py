"""Which Apprise services a contact's address may be of, unless the operator says otherwise."""

from __future__ import annotations

from collections.abc import Iterable

DEFAULT = "default"
"""In the setting `contact_services` this word stands for the list below."""

SERVICES: tuple[str, ...] = (
    # SMS and calls
    *("46elks", "acs", "atalk", "bulksms", "bulkvs", "burstsms", "clickatell", "clicksend", "cm", "d7sms", "elks"),
    *("exotel", "freemobile", "gupshup", "httpsms", "infobip", "kaleyra", "kavenegar", "mobilemessage", "msg91"),
    *(
        "msgbird",
        "nexmo",
        "notifyre",
        "octopush",
        "plivo",
        "ringc",
        "serwersms",
        "seven",
        "sinch",
        "smsc",
        "smsmanager",
    ),
    *("sns", "telesign", "telnyx", "twilio", "voipms", "vonage"),
    # mail
    *("brevo", "mailersend", "mailgun", "mailto", "mailtos", "postmark", "resend", "sendgrid", "ses", "smtp2go"),
    "sparkpost",
    # chat, and calls for those on duty
    *("discord", "gchat", "line", "opsgenie", "pagerduty", "pover", "slack", "tgram", "threema", "viber", "whatsapp"),
    *("workflows", "wxteams", "zulip"),
)
"""Services that send to their provider's own address, and mail. Others can make the hub ask any machine: only if named."""


def allowed(said: Iterable[str]) -> frozenset[str]:
    """The services that a setting allows."""
    words = [word.lower() for word in said]
    return frozenset(one for word in words for one in (SERVICES if word == DEFAULT else (word,)))
