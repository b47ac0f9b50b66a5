"""Counts on paper and persons delivered. Pure functions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who says a number."""

    GIVER = "GIVER"
    TAKER = "TAKER"


@dataclass(frozen=True, slots=True)
class PaperCount:
    """What one party's berita acara says: so many persons went from giver to taker."""

    said_by: Side
    giver: str
    taker: str
    number: int

    @property
    def speaker(self) -> str:
        """The agency whose paper it is."""
        return self.giver if self.said_by is Side.GIVER else self.taker


@dataclass(frozen=True, slots=True)
class Difference:
    """A party's papers and the persons whom the taker took do not agree; that party must explain it."""

    said_by: Side
    owner: str
    taker: str
    on_paper: int
    delivered: int


def differences(papers: Iterable[PaperCount], delivered: Mapping[str, int]) -> list[Difference]:
    """One difference for each party and taker whose papers, added up, are not the persons delivered."""
    sums: dict[tuple[Side, str, str], int] = defaultdict(int)
    for paper in papers:
        sums[paper.said_by, paper.speaker, paper.taker] += paper.number
    return [
        Difference(side, speaker, taker, number, delivered.get(taker, 0))
        for (side, speaker, taker), number in sorted(sums.items())
        if number != delivered.get(taker, 0)
    ]
