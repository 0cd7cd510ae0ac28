"""Everything that an operator can set, in one model: flags > environment (TOCSIN_HUB_*) > TOML file > the defaults here.

A name in the environment is the setting's in upper case, levels joined by two underscores: TOCSIN_HUB_PORT,
TOCSIN_HUB_LIMITS__BODY_BYTES_MAX. Values that are lists or tables are JSON there.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from alerts import limits
from alerts.errors import UserError
from server.ops.contact_services import DEFAULT

PREFIX = "TOCSIN_HUB_"
CONFIG_VARIABLE = "TOCSIN_HUB_CONFIG"
EXIT_SETTINGS = 2


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Limits(_Part):
    """Bounds on what comes from outside. Each has a reason; raise one only with a reason of your own."""

    body_bytes_max: int = Field(default=limits.ALERT_BYTES_MAX, ge=1024, le=limits.FRAME_BYTES_MAX)
    """Bytes in the body of a publish. National services publish warnings of 400 KB; an alert must fit one frame."""
    import_bytes_max: int = Field(default=8 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024)
    """Bytes in a table or a file of outlines that is imported. 20,000 rows have 2 MB; the districts of a country some more."""
    small_body_bytes_max: int = Field(default=64 * 1024, ge=1024, le=limits.FRAME_BYTES_MAX)
    """Bytes in any other body: these hold a few codes and names."""
    header_bytes_max: int = Field(default=32 * 1024, ge=1024, le=65536)
    """Bytes of request line and headers. Proxies commonly allow 8 KB a line, some 32 KB in all."""
    header_seconds: float = Field(default=60.0, gt=0)
    """From the first moment of a connection, or the end of the last answer, to the end of the headers: who sends them
    slowly, or idles, is cut. Tornado alone would wait for an hour. A TLS handshake on the worst link must fit: by short wave that
    is most of a minute."""
    body_seconds: float = Field(default=20.0, gt=0)
    """For a body, beside the time that its bytes take at `body_bytes_per_second`; who is slower is cut."""
    body_bytes_per_second: int = Field(default=2000, ge=1)
    """The slowest uplink of a publisher that is served: that of a 2G phone."""
    body_bytes_in_flight_max: int = Field(default=64 * 1024 * 1024, ge=1024)
    """Bytes of all large bodies that are being received, by what their headers say. A large body is taken only from who may
    publish; small ones are bounded by the number of connections."""
    http_connections_max: int = Field(default=2000, ge=1)
    """Connections that are not devices'. More are told to come back."""
    device_connections_max: int = Field(default=20_000, ge=1)
    """Devices connected at once, at some 50 KB each."""
    connects_per_second: float = Field(default=200.0, gt=0)
    """Devices that may connect a second, after a burst of as many: after a power cut they all come at once."""
    publishes_per_second: float = Field(default=10.0, gt=0)
    """Alerts that one token may publish a second, on average. A loop gone wild must not reach every pocket."""
    publishes_burst: int = Field(default=100, ge=1)
    """Alerts that one token may publish at once, after a pause."""
    enrolment_tries_per_second: float = Field(default=0.1, gt=0)
    """Wrong enrolment codes from one network address a second, on average. Right ones do not count."""
    enrolment_tries_burst: int = Field(default=10, ge=1)
    """Wrong enrolment codes from one address at once: so one guesser does not keep the others out."""
    sign_in_tries_per_second: float = Field(default=0.1, gt=0)
    """Wrong passwords from one network address a second, and for one name, on average. Right ones do not count."""
    sign_in_tries_burst: int = Field(default=10, ge=1)
    """Wrong passwords from one address, and for one name, at once."""
    streams_max: int = Field(default=1000, ge=1)
    """Programs that follow alerts or events at once, over server-sent events, waiting polls and STOMP together."""
    streams_per_token_max: int = Field(default=100, ge=1)
    """Of these, those of one token: so one that is forgotten in a loop does not keep the others out."""
    stomp_subscriptions_max: int = Field(default=20, ge=1)
    """Subscriptions of one STOMP connection."""
    stomp_window: int = Field(default=100, ge=1)
    """Messages that a STOMP subscription may have unacknowledged; more are sent as these are acknowledged."""
    stream_write_seconds: float = Field(default=30.0, gt=0)
    """Who has not taken what was written to a stream or over STOMP by then is cut; it comes back, and goes on where it was."""
    stop_seconds: float = Field(default=10.0, gt=0)
    """How long a stopping hub waits for what it has begun, and then for goodbyes."""


class Settings(_Part):
    """The settings of `tocsin-hub serve`."""

    data: Path = Path(".tocsin")
    """The data folder: the hub's database, and nobody else's."""
    host: str = Field(default="127.0.0.1", min_length=1)
    """The address to listen at; 0.0.0.0 is every IPv4 one, :: every one."""
    port: int = Field(default=8400, ge=0, le=65535)
    """The port; 0 takes a free one, which is printed."""
    tls_cert: Path | None = None
    """A certificate chain (PEM). With `tls_key` the hub speaks TLS, and nothing else."""
    tls_key: Path | None = None
    """The certificate's private key (PEM)."""
    origins: tuple[str, ...] = ()
    """Pages of other origins that may ask this hub for changes, like https://console.example."""
    geocodes: dict[str, str] = {}
    """Which geocodes of a CAP XML name areas: valueName -> what to put before the value. With `"P-code" = ""` an alert whose
    geocode P-code is KE-047 is for the area KE-047, unless the query says another audience."""
    outbound_networks: tuple[str, ...] = ()
    """Networks beside the public Internet that the hub may ask, for feeds and webhooks, like 10.20.0.0/16 or 127.0.0.1/32."""
    webhook_failing_days: int = Field(default=5, ge=1, le=30)
    """For how many days a webhook may fail before it is switched off."""
    public_feeds: bool = False
    """Whether everybody may read the feeds of alerts (`/v1/feeds`) without a token: those of status Actual and scope Public."""
    public_address: str = ""
    """How others reach the hub, like https://alerts.health.example; where it is empty, as whoever asks has reached it."""
    signing_key: Path | None = None
    """A private key (PEM, elliptic curve or RSA) that signs the alerts in the hub's feeds. With `signing_cert`."""
    signing_cert: Path | None = None
    """Its certificate (PEM), with those of authorities after it."""
    contact_services: tuple[str, ...] = (DEFAULT,)
    """Apprise services that a contact's address may be of. `default` stands for SMS gateways, mail and chat; others, like `json`,
    can make the hub ask any machine, and must be named."""
    session_idle_seconds: int = Field(default=3600, ge=60, le=7 * 86_400)
    """After how long without a request somebody is signed out. A live page that is open counts as use."""
    session_seconds: int = Field(default=12 * 3600, ge=60, le=30 * 86_400)
    """After how long somebody is signed out in any case: a shift."""
    second_person: Literal["Extreme", "never"] = "Extreme"
    """Which alerts of status Actual need the approval of a second person before they go out (`Extreme`, or `never`)."""
    cost_per_megabyte: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """What a megabyte costs a device, for estimates; 0: it is not said."""
    currency: str = Field(default="", max_length=16)
    """The currency of `cost_per_megabyte`, like KES."""
    default_life_seconds: int = Field(default=7 * 86_400, ge=60, le=366 * 86_400)
    """How long an alert holds that does not say."""
    dictionary_training: Literal["auto", "off"] = "auto"
    """Whether the hub trains a dictionary by itself on what it has sent, and offers it to devices where that is worth it."""
    log_format: Literal["console", "json"] = "console"
    """How the log is written to standard error."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged."""
    limits: Limits = Limits()

    @field_validator("origins")
    @classmethod
    def _origins_are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = urlsplit(origin)
            if (
                parts.scheme not in ("http", "https")
                or not parts.netloc
                or origin != f"{parts.scheme}://{parts.netloc}"
            ):
                raise ValueError(f"{origin!r} is no origin; write it as https://console.example, without a path")
        return origins

    @field_validator("outbound_networks")
    @classmethod
    def _networks_are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ip_network(network)
            except ValueError as error:
                raise ValueError(f"{error}; write a network as 10.20.0.0/16 or fd00:20::/32") from None
        return networks

    @field_validator("public_address")
    @classmethod
    def _address_is_an_origin(cls, address: str) -> str:
        parts = urlsplit(address)
        if address and (parts.scheme not in ("http", "https") or address != f"{parts.scheme}://{parts.netloc}"):
            raise ValueError(f"{address!r} is no address of a hub; write it as https://alerts.example, without a path")
        return address

    @model_validator(mode="after")
    def _signer_is_whole(self) -> Settings:
        if (self.signing_key is None) != (self.signing_cert is None):
            raise ValueError("signing_key and signing_cert are needed together")
        return self

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Settings:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key are needed together")
        return self


def load_settings(
    flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ, config: Path | None = None
) -> Settings:
    """The settings of a run. `flags` holds what was given on the command line; None is not given.

    Raises UserError: a file that cannot be read, an unknown key (by its name), a value that is wrong.
    """
    file = config or (Path(environment[CONFIG_VARIABLE]) if environment.get(CONFIG_VARIABLE) else None)
    merged: dict[str, Any] = {}
    for source in (
        {} if file is None else read_toml(file),
        from_environment(environment),
        {name: value for name, value in flags.items() if value is not None},
    ):
        merged = _merged(merged, source)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise UserError("; ".join(_in_short(error)), _origin_hint(file), EXIT_SETTINGS) from None


def read_toml(file: Path) -> dict[str, Any]:
    """The settings in a TOML file. Raises UserError naming each key that is not known."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}", "Check --config.", EXIT_SETTINGS) from None
    except ValueError as error:
        raise UserError(f"{file} is not TOML: {error}", "See docs/hub.md for an example.", EXIT_SETTINGS) from None
    unknown = list(_unknown(found))
    if unknown:
        raise UserError(f"{file}: " + "; ".join(unknown), "docs/hub.md lists all settings.", EXIT_SETTINGS)
    return found


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings in the environment; variables that name no setting are passed over (see `unknown_variables`)."""
    found: dict[str, Any] = {}
    for path, annotation in _paths(Settings):
        text = environment.get(PREFIX + "__".join(path).upper())
        if text is None:
            continue
        value = _read_variable(path, text) if _is_structured(annotation) else text
        place = found
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = value
    return found


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none: probably a typing error."""
    known = {PREFIX + "__".join(path).upper() for path, _ in _paths(Settings)} | {CONFIG_VARIABLE}
    return sorted(name for name in environment if name.startswith(PREFIX) and name not in known)


def _paths(part: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, field in part.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _paths(field.annotation, (*above, name))
        else:
            yield (*above, name), field.annotation


def _is_structured(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) in (tuple, dict)


def _read_variable(path: tuple[str, ...], text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        name = PREFIX + "__".join(path).upper()
        hint = 'Write a list as ["a", "b"] and a table as {"name": "value"}.'
        raise UserError(f"{name} is not JSON: {text[:80]!r}", hint, EXIT_SETTINGS) from None


def _unknown(found: Mapping[str, Any], part: type[BaseModel] = Settings, above: str = "") -> Iterator[str]:
    for name, value in found.items():
        field = part.model_fields.get(name)
        if field is None:
            near = difflib.get_close_matches(name, part.model_fields, 1)
            meant = f"; did you mean {above}{near[0]}?" if near else ""
            yield f"there is no setting {above}{name}{meant}"
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel) and isinstance(value, dict):
            yield from _unknown(value, field.annotation, f"{above}{name}.")


def _merged(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        is_part = name == "limits" and isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = _merged(merged[name], value) if is_part else value
    return merged


def _in_short(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_url=False):
        where = ".".join(str(step) for step in one["loc"])
        words = one["msg"].removeprefix("Value error, ")
        shown = "" if isinstance(one["input"], dict) else f", found {str(one['input'])[:60]!r}"
        yield f"{where}: {words[:1].lower()}{words[1:]}{shown}" if where else words


def _origin_hint(file: Path | None) -> str:
    return f"It comes from a flag, {PREFIX}…" + (f" or {file}." if file else " or a file named by --config.")


def choices(name: str) -> tuple[str, ...]:
    """The words that a setting takes."""
    return get_args(Settings.model_fields[name].annotation)
