"""Stories of beggars and vagrants."""

from tests.support.stories import BLOCKED, REACHED, Stories

STORIES = Stories(
    case={"case_type": "GEPENG", "visits": 1},
    answers={"assessment": ("COMPLETED", "FIRST_TIME_LOCAL"), "return": ("COMPLETED", "REUNIFIED")},
    waits={
        **REACHED,
        "assessment": {},
        "return": {},
        "return-conference": {"answers": {"return": ("EXHAUSTED", ""), "return#2": ("COMPLETED", "REUNIFIED")}},
        "visit-1": {},
        "aid": {},
        BLOCKED: {"blocked_times": 1},
    },
    ends={"returned": {}},
)
