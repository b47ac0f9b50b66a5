"""How each move of a party is made through the API."""

from typing import Any

from services.casework.handoff.handoffs.domain import Move

WAYS: dict[Move, tuple[str, dict[str, Any]]] = {
    Move.SEND: ("dispatch", {}),
    Move.RECEIVE: ("receipt", {}),
    Move.ACCEPT: ("acceptance", {}),
    Move.ACCEPT_CONDITIONALLY: ("conditional-acceptance", {}),
    Move.REJECT: ("rejection", {"reason_code": "FULL"}),
    Move.ARRIVE: ("arrival", {"ba_number": "BA/1"}),
    Move.START: ("start", {}),
    Move.COMPLETE: ("completion", {"result_code": "DISCHARGED_STABLE"}),
    Move.FAIL: ("failure", {"reason_code": "ABSCONDED"}),
    Move.REOPEN: ("reopening", {"reason_code": "FOUND_AGAIN"}),
    Move.CLOSE: ("closure", {}),
    Move.HOLD: ("hold", {"reason_code": "DISASTER"}),
    Move.RESUME: ("resumption", {}),
    Move.CONTEST: ("contest", {}),
    Move.UNDO: ("undoing", {}),
    Move.CANCEL: ("cancellation", {"reason_code": "NO_LONGER_NEEDED"}),
    Move.ASK_CANCEL: ("cancellation-request", {"reason_code": "OTHER_SOLUTION"}),
    Move.CONFIRM_CANCEL: ("cancellation-consent", {}),
    Move.ENTER_IN_ERROR: ("error", {}),
}
"""By move: the last part of its path, and a body that fits."""
ENDS = {Move.CANCEL, Move.CONFIRM_CANCEL, Move.ENTER_IN_ERROR, Move.REJECT}
"""Moves after which there is little left to walk."""
