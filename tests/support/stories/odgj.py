"""Stories of ODGJ found in public."""

from datetime import timedelta

from tests.support.stories import BLOCKED, REACHED, Stories

NOBODY_AWAITS = {"tracing": ("COMPLETED", "FAMILY_NOT_FOUND")}
INSURED = {"identification": ("COMPLETED", "MATCHED"), "insurance": ("COMPLETED", "ACTIVE")}
NO_BED_AT_FIRST = {"bed": ("EXHAUSTED", ""), "bed#2": ("COMPLETED", "DISCHARGED_STABLE")}

STORIES = Stories(
    answers={
        "screening": ("COMPLETED", "NEEDS_HOSPITAL"),
        "identification": ("COMPLETED", "NOT_FOUND"),
        "insurance": ("COMPLETED", "INACTIVE"),
        "guarantee": ("COMPLETED", "ISSUED"),
        "pbi": ("COMPLETED", "REACTIVATED"),
        "bed": ("COMPLETED", "DISCHARGED_STABLE"),
        "tracing": ("COMPLETED", "FAMILY_READY"),
        "fetch": ("COMPLETED", "IN_CARE"),
        "reunification": ("COMPLETED", "REUNIFIED"),
        "repatriation": ("COMPLETED", "REPATRIATED"),
        "placement": ("COMPLETED", "PLACED"),
        "medicine": ("COMPLETED", "TAKEN_OVER"),
    },
    waits={
        **REACHED,
        "screening": {},
        "identification": {},
        "insurance": {"answers": {"identification": ("COMPLETED", "MATCHED")}},
        "guarantee": {},
        "pbi": {},
        "district-funding": {"answers": {"pbi": ("COMPLETED", "REFUSED")}},
        "bed": {},
        "bed-conference": {"answers": NO_BED_AT_FIRST},
        "tracing": {},
        "fetch": {"answers": NOBODY_AWAITS, "has_shelter": True},
        "placement": {"answers": NOBODY_AWAITS},
        "way-out": {
            "answers": {**NOBODY_AWAITS, "placement": ("EXHAUSTED", ""), "placement#2": ("COMPLETED", "PLACED")}
        },
        "repatriation": {"answers": {"tracing": ("COMPLETED", "HOME_DISTRICT_FOUND")}},
        "reunification": {},
        "medicine": {},
        "medicine-control-2": {"medicine_controls": 2},
        "visit-2": {},
        "aid": {},
        BLOCKED: {"blocked_times": 1},
    },
    ends={
        "reunified": {},
        "insured": {"answers": INSURED},
        "funded-by-the-district": {"answers": {"pbi": ("COMPLETED", "REFUSED")}},
        "met-on-the-street": {"found_in_custody": False},
        "emergency-of-a-child": {"urgency": "EMERGENCY", "apparent_minor": True},
        "not-met": {"found_in_custody": False, "answers": {"first-response": ("COMPLETED", "NOT_MET")}},
        "not-odgj": {"answers": {"screening": ("COMPLETED", "NOT_ODGJ")}},
        "outpatient": {"answers": {"screening": ("COMPLETED", "OUTPATIENT")}},
        "absconded": {"answers": {"bed": ("FAILED", "ABSCONDED")}},
        "deceased": {"answers": {"bed": ("FAILED", "DECEASED")}},
        "placed": {"answers": NOBODY_AWAITS, "has_shelter": True},
        "transferred": {"answers": {"tracing": ("COMPLETED", "HOME_DISTRICT_FOUND")}},
        "no-bed-at-first": {"answers": NO_BED_AT_FIRST},
        "no-medicine-at-first": {
            "medicine_controls": 1,
            "answers": {"medicine-control-1": ("COMPLETED", "NO_MEDICINE")},
        },
        "visited-late": {"visits": 1, "answers": {"visit-1": None}, "due_after": {"visit-1": timedelta(days=30)}},
        "over-the-limit-of-the-shelter": {
            "visits": 1,
            "answers": {"visit-1": None},
            "stay_ends_after": timedelta(days=7),
            "due_after": {"visit-1": timedelta(days=8)},
        },
    },
)
