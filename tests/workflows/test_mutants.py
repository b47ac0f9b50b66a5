"""The mutation runner itself can catch, and can fail to."""

import pytest

from tests.mutants.making import Mutant
from tests.mutants.places import PLACES, file_of
from tests.mutants.reviewed import CHANGES, MUTANTS
from tests.mutants.running import Noticed, all_mutants, chosen, tried

DEADLINE = "services/casework/handoff/handoffs/workflow.py"
EVERYONE = all_mutants()


def mutant(kind: str, function: str, change: str) -> Mutant:
    """The one mutant of the hand-off's deadline that is meant."""
    (found,) = [
        m for m in EVERYONE if (m.file, m.kind, m.function) == (DEADLINE, kind, function) and change in m.change
    ]
    return found


def test_a_command_taken_away_is_noticed_by_replay_alone() -> None:
    gone = mutant(
        "structural",
        "HandoffWorkflow.run",
        "no `reading = await workflow.execute_activity_method(HandoffActivities.escalate_if_due",
    )
    assert tried(gone, "replay") is Noticed.REPLAY


def test_an_inverted_duplicate_check_is_noticed_by_the_workflow_tests_alone() -> None:
    deaf = mutant("value", "HandoffWorkflow.handoff_changed", "not self._seen.first_time")
    assert tried(deaf, "tests") is Noticed.TESTS


def test_a_module_that_means_the_same_survives() -> None:
    source = file_of("services.casework.handoff.handoffs.workflow").read_text()
    assert tried(Mutant(DEADLINE, 1, "module", "value", "nothing", source), "replay", "tests") is Noticed.NOBODY


@pytest.mark.parametrize("module", PLACES)
def test_every_workflow_module_has_mutants_of_both_kinds(module: str) -> None:
    kinds = {m.kind for m in EVERYONE if file_of(module).match(m.file) and m.file.startswith("services/")}
    assert "value" in kinds and "structural" in kinds


def test_a_seed_chooses_the_same_mutants_again() -> None:
    assert chosen(EVERYONE, 20, 5) == chosen(EVERYONE, 20, 5) != chosen(EVERYONE, 20, 6)


def test_the_reviewed_list_is_short_and_each_mutant_on_it_exists() -> None:
    """A list that outlives its code hides the next survivor of the same name."""
    assert set(MUTANTS) <= {m.name for m in EVERYONE}
    assert set(CHANGES) <= {m.change for m in EVERYONE}
    assert len(MUTANTS) + len(CHANGES) <= 20
