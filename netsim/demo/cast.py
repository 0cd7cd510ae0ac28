"""Who is in the demo: three people with a device, where they work, what they read, and the link that they have."""

from __future__ import annotations

from dataclasses import dataclass

BYTES_A_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class LinkKind:
    """A kind of bad link. Rates in KB/s (1000 bytes), the delay one way; the price is an assumption, in US cents."""

    name: str
    words: str
    one_way_delay_ms: int
    jitter_ms: int
    up_kb_s: int
    down_kb_s: int
    cents_a_mb: float

    def cents(self, count_bytes: int) -> float:
        """What so many bytes cost on this link."""
        return count_bytes * self.cents_a_mb / BYTES_A_MB


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a device. `short` is how the story calls them; areas and roles decide what they get."""

    short: str
    post: str
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    link: LinkKind


TWO_G = LinkKind("2G", "2G, 0.7 s round trip, 3 KB/s", 350, 100, 2, 3, 2.0)
SATELLITE = LinkKind("satellite", "satellite, 1.2 s round trip, 6 KB/s", 600, 40, 3, 6, 500.0)
RURAL = LinkKind("rural 2G", "2G at the edge of coverage, 0.5 s round trip, 4 KB/s", 250, 80, 2, 4, 2.0)

PRICES = (
    "Assumed prices: 0.02 USD a MB on 2G, 5 USD a MB on satellite (1 MB is 1,000,000 bytes); bytes are TCP payload, "
    "counted where the link meets the hub."
)

AMINA = Person(
    short="Amina",
    post="nurse and cold-chain keeper in Nyota, Nairobi",
    areas=("KE-047-0312",),
    roles=("nurse", "cold-chain"),
    languages=("sw", "en"),
    link=TWO_G,
)
TOMAS = Person(
    short="Tomás",
    post="logistician on the coast of Mozambique",
    areas=("MZ-Q-0506", "MZ-S-0203", "MZ-P-0410"),
    roles=("logistics",),
    languages=("pt",),
    link=SATELLITE,
)
MOUSSA = Person(
    short="Moussa",
    post="health worker between Zinder, Borno and Kano",
    areas=("NE-7-0105", "NG-BO-0117", "NG-KN-0221"),
    roles=("chw",),
    languages=("fr", "ha", "en"),
    link=RURAL,
)
CAST = (AMINA, TOMAS, MOUSSA)
