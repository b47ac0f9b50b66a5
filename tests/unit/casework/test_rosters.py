"""Who has the turn, where nobody has, and what silence would bring."""

from datetime import UTC, datetime, timedelta

import pytest

from services.casework.desks.desks.domain import TOLD, foresee_silence, gaps
from services.casework.handoff.deadlines.domain import ClockKind
from services.casework.office.directory.domain import PurposeHasNoClock, RungKind
from tests.support.packs import LAMONGAN_PACK, casework_pack

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def hours(*marks: float) -> list[datetime]:
    return [NOON + timedelta(hours=mark) for mark in marks]


@pytest.mark.parametrize(
    ("turns", "empty"),
    [
        ([], [(0, 24)]),
        ([(-1, 25)], []),
        ([(0, 8), (8, 24)], []),
        ([(2, 8), (6, 10)], [(0, 2), (10, 24)]),
        ([(20, 30), (1, 3)], [(0, 1), (3, 20)]),
    ],
)
def test_the_spans_in_which_nobody_has_the_turn_are_named(
    turns: list[tuple[float, float]], empty: list[tuple[float, float]]
) -> None:
    since, until = hours(0, 24)
    assert gaps([tuple(hours(*turn)) for turn in turns], since, until) == [  # type: ignore[misc]
        tuple(hours(*gap)) for gap in empty
    ]


def test_a_dry_run_tells_each_rung_its_instant_and_who_would_hear_of_it() -> None:
    pack = casework_pack(LAMONGAN_PACK)
    (answer,) = foresee_silence(pack, "dukcapil-lamongan", "IDENTIFICATION", "", NOON)
    ladder = pack.ladders["district-office"]
    assert answer.kind is ClockKind.ANSWER_BY
    assert [(rung.at, rung.kind) for rung in answer.rungs] == [(answer.due_at + r.after, r.kind) for r in ladder]
    assert "menurut" in answer.sentence, "the working calendar's own sentence"
    assert {rung.kind: rung.told for rung in answer.rungs}[RungKind.SECRETARIAT] == ("DISTRICT_SECRETARIAT",)
    assert set(TOLD) == set(RungKind)
    (urgent,) = foresee_silence(pack, "rsud-soegiri", "EMERGENCY_CARE", "", NOON)
    assert (urgent.is_emergency, urgent.due_at) == (True, NOON + timedelta(minutes=45))
    with pytest.raises(PurposeHasNoClock):
        foresee_silence(pack, "rsud-soegiri", "TRAINING", "", NOON)
