"""Estimates as the API takes and answers them."""

from __future__ import annotations

from server.api.drafts_types import DraftBody
from server.api.rehearsal_types import ReachedAnswer
from server.api.types import Said
from server.ops.estimates import Estimate, VariantEstimate


class EstimateBody(DraftBody):
    """What a draft holds, as far as it is written."""


class VariantAnswer(Said):
    """What devices get that are sent these languages."""

    languages: tuple[str, ...]
    devices: int
    """How many of those that are addressed get it so."""
    message_bytes: int
    """The WebSocket frame, written with the dictionary in use, for who has nothing earlier to refer to."""
    link_bytes: int
    """With TLS, TCP and IP."""
    seconds_on_2g: float
    """On GPRS: 25 kbit/s, half a second on the way."""

    @classmethod
    def of(cls, one: VariantEstimate) -> VariantAnswer:
        """From the estimator's."""
        return cls(
            languages=one.languages,
            devices=one.devices,
            message_bytes=one.message_bytes,
            link_bytes=one.link_bytes,
            seconds_on_2g=one.slow_s,
        )


class ViolationAnswer(Said):
    """One thing that is wrong."""

    path: str
    problem: str


class EstimateAnswer(Said):
    """What an alert would be, as it is now."""

    variants: tuple[VariantAnswer, ...]
    """None: it cannot be written yet."""
    fleet_bytes: int
    """Together, once to each device that is addressed."""
    cost: float | None
    """Of these, by the setting `cost_per_megabyte`; null: it is not set."""
    currency: str
    devices: int
    """How many are addressed."""
    reached: ReachedAnswer | None
    """When these were last heard of; null: the audience cannot be used, see `violations`."""
    missing_languages: dict[str, int]
    """Language that devices asked for and the alert lacks -> how many devices."""
    second_person: str | None
    """Why it would need a second person; null: it would not."""
    violations: tuple[ViolationAnswer, ...]
    """What would be refused as it is now."""

    @classmethod
    def of(
        cls,
        estimate: Estimate,
        reached: ReachedAnswer | None,
        wrong: tuple[ViolationAnswer, ...],
        why: str | None,
        cost_per_megabyte: float,
        currency: str,
    ) -> EstimateAnswer:
        """From the parts."""
        cost = round(estimate.fleet_bytes / 1_000_000 * cost_per_megabyte, 2) if cost_per_megabyte else None
        return cls(
            variants=tuple(VariantAnswer.of(one) for one in estimate.variants),
            fleet_bytes=estimate.fleet_bytes,
            cost=cost,
            currency=currency if cost is not None else "",
            devices=0 if reached is None else reached.devices,
            reached=reached,
            missing_languages=dict(estimate.missing),
            second_person=why,
            violations=wrong,
        )
