"""Who has the turn, where nobody has, and what silence would bring."""

from datetime import UTC, datetime, timedelta

import pytest

from services.casework.desks.desks.domain import TOLD, foresee_silence, gaps
from services.casework.handoff.deadlines.domain import DeadlineKind
from services.casework.office.directory.domain import EscalationKind, PurposeHasNoSlaRule
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


def test_a_dry_run_tells_each_escalation_its_instant_and_who_would_hear_of_it() -> None:
    pack = casework_pack(LAMONGAN_PACK)
    (answer,) = foresee_silence(pack, "dukcapil-lamongan", "IDENTIFICATION", "", NOON)
    escalation_policy = pack.escalation_policies["district-office"]
    assert answer.kind is DeadlineKind.ANSWER_BY
    assert [(escalation.at, escalation.kind) for escalation in answer.escalations] == [
        (answer.due_at + r.after, r.kind) for r in escalation_policy
    ]
    assert "menurut" in answer.sentence, "the working calendar's own sentence"
    assert {escalation.kind: escalation.told for escalation in answer.escalations}[EscalationKind.SECRETARIAT] == (
        "DISTRICT_SECRETARIAT",
    )
    assert set(TOLD) == set(EscalationKind)
    (urgent,) = foresee_silence(pack, "rsud-soegiri", "EMERGENCY_CARE", "", NOON)
    assert (urgent.is_emergency, urgent.due_at) == (True, NOON + timedelta(minutes=45))
    with pytest.raises(PurposeHasNoSlaRule):
        foresee_silence(pack, "rsud-soegiri", "TRAINING", "", NOON)


def test_where_receipt_has_a_time_of_its_own_it_comes_first_in_a_dry_run() -> None:
    pack = casework_pack(LAMONGAN_PACK)
    rules = tuple(rule.model_copy(update={"receive_within": timedelta(minutes=30)}) for rule in pack.sla_rules)
    receipt, answer = foresee_silence(
        pack.model_copy(update={"sla_rules": rules}), "rsud-soegiri", "INPATIENT_BED", "", NOON
    )
    assert (receipt.kind, receipt.due_at) == (DeadlineKind.RECEIVED_BY, NOON + timedelta(minutes=30))
    assert (answer.kind, answer.due_at) == (DeadlineKind.ANSWER_BY, NOON + timedelta(hours=2))
    assert [escalation.kind for escalation in receipt.escalations] == [
        step.kind for step in pack.escalation_policies["default"]
    ]
