"""Cases: moves, blockers, numbers; a pack that hangs together."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from contracts.topics import event_types
from services.casework.case.cases import domain
from services.casework.case.cases.domain import MOVES, CaseState
from services.casework.case.timeline.domain import FOLDED, TEXTS, tell
from services.casework.office.case_types.domain import CASE_TYPES
from services.casework.office.directory.commands import check_pack
from services.casework.office.directory.domain import AgencyIsUnknown, CaseTypeRules
from services.chassis.errors import PackIsMissing
from tests.support import golden
from tests.support.packs import LAMONGAN_PACK, casework_pack

HISTORIES = sorted(Path("tests/replay/histories").glob("*Procedure-*.json"))
STAGES = {kind.workflow: CASE_TYPES.stages_of(kind.workflow) for kind in CASE_TYPES}


def asked_in(file: Path) -> str:
    """What the steps of a history were asked, in order."""
    found = []
    for event in json.loads(file.read_text())["events"]:
        asked = event.get("activityTaskScheduledEventAttributes", {})
        for payload in asked.get("input", {}).get("payloads", []):
            found.append(base64.b64decode(payload["data"]).decode())
    return " ".join(found)


GOLDEN = golden.moves(
    """
    open: enter_stage→open record_outcome→aftercare force_close→closed mark_duplicate→closed
    aftercare: enter_stage→aftercare resume_service→open close→closed force_close→closed
    """
)
GOLDEN_DEAD = golden.moves("closed: resume_service→open")
"""What a case that was closed after a death may become, when the death is revoked."""
GOLDEN_DOUBLE = golden.moves("closed: undo_duplicate→open")
"""What a case that was closed as a double may become."""


def test_a_case_moves_as_written_down() -> None:
    living, moves = [state for state in CaseState if state != CaseState.CLOSED], {move for _, move in MOVES}
    legal = domain.legal_moves
    golden.judge(GOLDEN, living, moves, domain.next_state, refused=domain.CaseCannotMove, says=legal)
    golden.judge({}, [CaseState.CLOSED], moves, domain.next_state, refused=domain.CaseIsClosed, says=legal)
    golden.judge(
        GOLDEN_DEAD, [CaseState.CLOSED], moves, lambda state, move: domain.next_state(state, move, "DECEASED"),
        refused=domain.CaseIsClosed, says=lambda state: domain.legal_moves(state, "DECEASED"),
    )  # fmt: skip
    golden.judge(
        GOLDEN_DOUBLE, [CaseState.CLOSED], moves, lambda state, move: domain.next_state(state, move, "DUPLICATE"),
        refused=domain.CaseIsClosed, says=lambda state: domain.legal_moves(state, "DUPLICATE"),
    )  # fmt: skip


def test_a_case_number_is_read_by_people() -> None:
    assert domain.case_number("ODGJ", "35.24", 2026, 123) == "ODGJ/35.24/2026/000123"


@pytest.mark.parametrize(("zone", "year"), [("Asia/Jakarta", 2027), ("Asia/Jayapura", 2027), ("UTC", 2026)])
def test_a_number_has_the_year_of_the_districts_zone(zone: str, year: int) -> None:
    new_year_at_one = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)
    assert domain.year_of(new_year_at_one, zone) == year


def test_the_lamongan_pack_is_whole_and_a_torn_one_is_refused() -> None:
    pack = casework_pack(LAMONGAN_PACK)
    check_pack(pack)
    assert pack.candidates_for("INPATIENT_BED", "35.24.05.1003") == ("rsj-menur", "rsj-lawang")
    assert pack.candidates_for("INPATIENT_BED", "35.24.17.2007") == ("rsud-soegiri", "rsj-lawang", "rsj-menur")
    assert pack.candidates_for("TRAINING", "35.24.05.1003") == ()
    assert pack.stay_limit("dinsos-lamongan") == timedelta(days=7)
    assert pack.stay_limit("rsud-soegiri") is None
    assert pack.stay_limit(None) is None
    with pytest.raises(AgencyIsUnknown):
        check_pack(pack.model_copy(update={"office": "nobody"}))
    with pytest.raises(PackIsMissing):
        check_pack(pack.model_copy(update={"case_types": (CaseTypeRules(case_type="OGDJ"),)}))


@pytest.mark.parametrize(
    ("purpose", "custodian", "kind", "is_done"),
    [
        ("EMERGENCY_CARE", "rsud-soegiri", "HOSPITAL", True),
        ("EMERGENCY_CARE", "satpolpp-lamongan", "ORDER_POLICE", False),
        ("CUSTODY_TRANSFER", "dinsos-lamongan", "SOCIAL_OFFICE", True),
        ("CUSTODY_TRANSFER", "rsud-soegiri", "HOSPITAL", False),
        ("INPATIENT_BED", "dinsos-lamongan", "SOCIAL_OFFICE", False),
        ("INPATIENT_BED", "rsud-soegiri", "HOSPITAL", False),
    ],
)
def test_nobody_is_asked_for_what_is_done_already(purpose: str, custodian: str, kind: str, is_done: bool) -> None:
    assert domain.is_done_already(purpose, custodian, kind, "dinsos-lamongan") is is_done


def test_every_event_of_a_case_has_its_indonesian_line() -> None:
    silent = {
        "intake.operation.conducted.v1", "intake.person.recorded.v1", "intake.person_key.issued.v1",
        "disbursement.batch.proposed.v1", "disbursement.batch.approved.v1", "disbursement.batch.rejected.v1",
        "disbursement.batch.revised.v1",
        "disbursement.batch.sent.v1", "disbursement.batch.reconciled.v1",
    }  # fmt: skip
    assert set(event_types()) - silent <= set(TEXTS)
    assert tell("casework.handoff.requested.v1", {"purpose": "INPATIENT_BED"}) == "INPATIENT_BED diminta kepada –"


def test_what_is_folded_away_is_told_and_no_failure_is_among_it() -> None:
    assert set(TEXTS) > FOLDED
    assert not [one for one in FOLDED if "failed" in one or "escalated" in one or "finding" in one]


@pytest.mark.parametrize(
    ("event_type", "facts", "line"),
    [
        (
            "casework.handoff.requested.v1", {"purpose": "INPATIENT_BED", "to_agency": "rsud-soegiri"},
            "<purpose INPATIENT_BED> diminta kepada <party rsud-soegiri>",
        ),
        ("casework.case.closed.v1", {"outcome": "CARED_FOR"}, "Perkara ditutup: <case_end CARED_FOR>"),
        ("casework.case.opened.v1", {"case_number": "ODGJ/1"}, "Perkara ODGJ/1 dibuka"),
        ("casework.link.pin_issued.v1", {"pin_number": 2}, "PIN ke-2 tautan untuk – dibuat"),
        ("casework.case.unheard_of.v1", {}, "casework.case.unheard_of.v1"),
    ],
)  # fmt: skip
def test_a_line_tells_each_code_in_the_words_of_its_kind_and_all_else_as_it_is(
    event_type: str, facts: dict[str, object], line: str
) -> None:
    assert tell(event_type, facts, lambda kind, code: f"<{kind} {code}>") == line


@pytest.mark.parametrize("workflow", STAGES)
def test_a_case_never_goes_back_to_a_stage(workflow: str) -> None:
    stages = STAGES[workflow]
    for (here, stage), (there, wanted) in product(enumerate(stages), repeat=2):
        assert domain.is_ahead(workflow, stage, wanted) == (there > here)
    with pytest.raises(domain.StageIsUnknown) as refused:
        domain.is_ahead(workflow, "RECEIVED", "SOMEWHERE")
    assert refused.value.legal_now == stages


def test_the_way_of_a_case_shows_where_it_was_is_and_goes() -> None:
    way = domain.way_of("OdgjProcedure", ["RECEIVED", "CUSTODY", "SCREENING"], "SCREENING", is_over=False)
    assert [(m.stage, m.is_behind, m.is_now) for m in way] == [
        ("RECEIVED", True, False), ("CUSTODY", True, False), ("SCREENING", False, True),
        ("TREATMENT", False, False), ("DISCHARGE", False, False), ("AFTERCARE", False, False),
    ]  # fmt: skip
    over = domain.way_of("OdgjProcedure", ["RECEIVED", "CUSTODY"], "CUSTODY", is_over=True)
    assert [(m.stage, m.is_now) for m in over] == [("RECEIVED", False), ("CUSTODY", False)]


def test_every_stage_that_a_recorded_procedure_entered_stands_in_its_table_in_order() -> None:
    seen: dict[str, set[str]] = {}
    for file in HISTORIES:
        workflow = file.stem.split("-", 1)[0]
        entered = re.findall(r'"stage": ?"([A-Z]+)"', asked_in(file))
        order = [STAGES[workflow].index(stage) for stage in entered]
        assert order == sorted(order), file.name
        seen.setdefault(workflow, {"RECEIVED"}).update(entered)
    assert {workflow: set(stages) for workflow, stages in STAGES.items()} == seen
