"""Who may be told, and under which number. Offices only, never a person in need. Pure values and functions."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from contracts.values import RegionCode
from services.chassis.errors import Invalid

Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""E.164; whether the number can exist is checked when a pack is loaded."""


class PhoneIsNotValid(Invalid):
    """No such number can exist."""

    text = "Nomor telepon pada paket daerah tidak sah."
    advice = "Perbaiki nomor penerima yang disebut, lalu muat kembali paketnya."


class PackPart(BaseModel):
    """Base of all parts of a pack: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SubscriberKind(StrEnum):
    """What kind of office a number belongs to."""

    DESK = "DESK"
    DUTY = "DUTY"
    HEAD = "HEAD"
    PLACE = "PLACE"
    SECRETARIAT = "SECRETARIAT"
    INSPECTORATE = "INSPECTORATE"


class Subscriber(PackPart):
    """An office's number: the desk or the head of an agency (by its code), or a village or kecamatan (by its code).

    A duty telephone, carried by whoever has the turn at a desk, goes by ``<agency>/<its code>``; the secretariat of the
    district (Sekda) and its inspectorate by the district's code.
    """

    kind: SubscriberKind
    code: str
    name: str
    phone: Phone
    is_opted_out: bool = False


def find_office(subscribers: Iterable[Subscriber], kind: SubscriberKind, agency: str) -> Subscriber | None:
    """The desk or head of an agency."""
    return next((s for s in subscribers if s.kind is kind and s.code == agency), None)


def find_duty_phone(subscribers: Iterable[Subscriber], agency: str, phone: str) -> Subscriber | None:
    """A duty telephone of an agency, by the code under which the roster knows it."""
    return find_office(subscribers, SubscriberKind.DUTY, f"{agency}/{phone}")


def find_place(subscribers: Iterable[Subscriber], village_code: str) -> Subscriber | None:
    """The village's own number, else that of its kecamatan."""
    by_code = {s.code: s for s in subscribers if s.kind is SubscriberKind.PLACE}
    return by_code.get(village_code) or by_code.get(str(RegionCode(village_code).kecamatan))


def masked(phone: str) -> str:
    """A number as people may see it in lists: enough to tell two apart, not enough to call."""
    return f"{phone[:5]}{'*' * (len(phone) - 7)}{phone[-2:]}"
