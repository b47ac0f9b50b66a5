"""What a link opens, for which browser, how often and until when."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan

from services.casework.handoff.handoffs.domain import SIDES, Move, Side
from services.casework.papers.links import access, domain
from services.casework.papers.links.domain import LinkState, Standing
from services.casework.papers.links.pages import CLOSED, SHAPES, STATUS
from services.chassis.telemetry import scrub

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
MINE, OTHER = domain.digest_of("mine"), domain.digest_of("other")
SECRET = domain.secret_of(base64.b64encode(bytes(range(32))).decode())


@dataclass
class Door:
    state: str = LinkState.OPEN.value
    expires_at: datetime = NOW + timedelta(days=1)
    browser_digest: str | None = None


@pytest.mark.parametrize(
    ("door", "browser", "found"),
    [
        (Door(), None, Standing.ASKS_PIN),
        (Door(), MINE, Standing.ASKS_PIN),
        (Door(browser_digest=MINE), MINE, Standing.OPENED),
        (Door(browser_digest=MINE), OTHER, Standing.ELSEWHERE),
        (Door(browser_digest=MINE), None, Standing.ELSEWHERE),
        (Door(expires_at=NOW), None, Standing.EXPIRED),
        (Door(expires_at=NOW, browser_digest=MINE), MINE, Standing.EXPIRED),
        (Door("used", browser_digest=MINE), MINE, Standing.ANSWERED),
        (Door("used", NOW - timedelta(days=9), MINE), MINE, Standing.ANSWERED),
        (Door("used", browser_digest=MINE), OTHER, Standing.USED),
        (Door("used"), None, Standing.USED),
        (Door("locked"), MINE, Standing.LOCKED),
        (Door("revoked", browser_digest=MINE), MINE, Standing.REVOKED),
    ],
)
def test_a_link_stands_differently_for_each_browser(door: Door, browser: str | None, found: Standing) -> None:
    assert domain.standing(door, browser, NOW) is found


def test_every_closed_door_says_so_with_a_status_of_its_own() -> None:
    shown = {Standing.ASKS_PIN, Standing.WRONG_PIN, Standing.OPENED, Standing.ANSWERED}
    assert set(Standing) - shown == set(CLOSED) == set(STATUS)


def test_tokens_and_pins_follow_from_the_key_and_the_link_and_from_nothing_else() -> None:
    one, two = uuid4(), uuid4()
    other = domain.secret_of(base64.b64encode(bytes(32)).decode())
    tokens = {domain.token_of(secret, link) for secret in (SECRET, other) for link in (one, two)}
    assert len(tokens) == 4
    assert {len(token) for token in tokens} == {32}
    assert domain.token_of(SECRET, one) == domain.token_of(SECRET, one)
    pins = [domain.pin_of(SECRET, one, number) for number in range(1, 200)]
    assert all(len(pin) == 6 and pin.isdigit() for pin in pins)
    assert len(set(pins)) > 190, "each PIN is drawn anew"
    kept = domain.pin_digest(SECRET, one, pins[0])
    assert kept != domain.pin_digest(SECRET, two, pins[0])
    assert kept != domain.pin_digest(other, one, pins[0]), "without the key a million tries tell nothing"


@given(st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text()))
def test_nothing_is_the_same_as_nothing(kept: str | None, shown: str | None) -> None:
    assert domain.same(kept, shown) == (kept is not None and kept == shown)


def test_a_link_gives_the_receivers_answers_for_its_own_handoff_only() -> None:
    mine, other = uuid4(), uuid4()
    assert set(SHAPES) == set(domain.ANSWERS)
    assert all(Side.RECEIVER in SIDES[move] for move in domain.ANSWERS)
    domain.check_answer(Move.ACCEPT, mine, mine)
    with pytest.raises(domain.LinkIsForAnotherHandoff):
        domain.check_answer(Move.ACCEPT, other, mine)
    for move in set(Move) - set(domain.ANSWERS):
        with pytest.raises(domain.AnswerIsNotByLink):
            domain.check_answer(move, mine, mine)


def test_whoever_answers_through_a_link_is_the_agency_and_says_how() -> None:
    through = access.principal_through("rsud-x", "35.24")
    assert (through.actor, through.agency, through.is_machine) == ("link:rsud-x", "rsud-x", True)
    assert through.covers("35.24")
    assert not through.covers("35.25")


def test_no_token_leaves_in_a_span() -> None:
    token = domain.token_of(SECRET, uuid4())
    span = ReadableSpan(
        name="GET /casework/pintu/{token}",
        attributes={
            "url.path": f"/casework/pintu/{token}",
            "http.target": f"/casework/pintu/{token}",
            "http.route": "r",
        },
    )
    scrub(span)
    assert token not in str(span.to_json())
