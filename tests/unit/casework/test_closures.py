"""What becomes of the hand-offs of an agency that closes: rules."""

from services.casework.desks.closures import domain


def test_every_fate_of_every_state_is_told_before_it_happens() -> None:
    for fate in domain.Fate:
        for state in ("requested", "received", "conditional", "accepted", "arrived", "in-progress"):
            there = domain.treatment_of(fate, state, None, is_person_there=True)
            assert there is domain.Treatment.PERSON_IS_THERE
            found = domain.treatment_of(fate, state, None, is_person_there=False)
            is_answered = state not in ("requested", "received")
            untold = fate is domain.Fate.RESEND and is_answered
            assert found == (domain.Treatment.ALREADY_ANSWERED if untold else fate.value)
        for state in ("completed", "failed"):
            found = domain.treatment_of(fate, state, None, is_person_there=False)
            assert found is domain.Treatment.RESULT_WAITS
