"""What becomes of the hand-offs of an agency that closes: rules."""

from services.casework.desks.closures import domain


def test_every_disposition_of_every_state_is_told_before_it_happens() -> None:
    for disposition in domain.Disposition:
        for state in ("requested", "received", "conditional", "accepted", "arrived", "in-progress"):
            there = domain.item_disposition_of(disposition, state, None, is_person_there=True)
            assert there is domain.ItemDisposition.PERSON_IS_THERE
            found = domain.item_disposition_of(disposition, state, None, is_person_there=False)
            is_answered = state not in ("requested", "received")
            untold = disposition is domain.Disposition.RESEND and is_answered
            assert found == (domain.ItemDisposition.ALREADY_ANSWERED if untold else disposition.value)
        for state in ("completed", "failed"):
            found = domain.item_disposition_of(disposition, state, None, is_person_there=False)
            assert found is domain.ItemDisposition.RESULT_WAITS
