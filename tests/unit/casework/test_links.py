"""What a link opens, for which browser, how often and until when."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

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
class AnyLink:
    state: str = LinkState.OPEN.value
    expires_at: datetime = NOW + timedelta(days=1)
    browser_digest: str | None = None


@pytest.mark.parametrize(
    ("link", "browser", "found"),
    [
        (AnyLink(), None, Standing.ASKS_PIN),
        (AnyLink(), MINE, Standing.ASKS_PIN),
        (AnyLink(browser_digest=MINE), MINE, Standing.OPENED),
        (AnyLink(browser_digest=MINE), OTHER, Standing.ELSEWHERE),
        (AnyLink(browser_digest=MINE), None, Standing.ELSEWHERE),
        (AnyLink(expires_at=NOW), None, Standing.EXPIRED),
        (AnyLink(expires_at=NOW, browser_digest=MINE), MINE, Standing.EXPIRED),
        (AnyLink("used", browser_digest=MINE), MINE, Standing.ANSWERED),
        (AnyLink("used", NOW - timedelta(days=9), MINE), MINE, Standing.ANSWERED),
        (AnyLink("used", browser_digest=MINE), OTHER, Standing.USED),
        (AnyLink("used"), None, Standing.USED),
        (AnyLink("locked"), MINE, Standing.LOCKED),
        (AnyLink("revoked", browser_digest=MINE), MINE, Standing.REVOKED),
    ],
)
def test_a_link_stands_differently_for_each_browser(link: AnyLink, browser: str | None, found: Standing) -> None:
    assert domain.standing(link, browser, NOW) is found


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


def test_links_that_were_handed_out_are_known_by_every_later_release() -> None:
    """The values are those of HMAC-SHA256 as `openssl dgst -mac HMAC` computes them."""
    link, secret = UUID(int=7), domain.secret_of(base64.b64encode(bytes(range(32))).decode())
    assert secret.hex() == "f83287a601894d8f67dcf18c2c82e99fd991641707c7362d132812d21ad99939"
    assert domain.token_of(SECRET, link) == "Azq1TwOFs0IVuKFEImBir8QCchTjQfco"
    assert domain.pin_of(SECRET, link, 1) == "206055"
    assert domain.pin_digest(SECRET, link, "123456") == (
        "2019e9cff8a0f5c757f3dcd2ba508293580b0a395cb0c21a51648d90b74832c1"
    )


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
