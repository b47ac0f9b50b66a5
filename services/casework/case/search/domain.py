"""What was typed into the one box: a case's number, a NIK, or a name. Pure functions."""

import re
from dataclasses import dataclass

from contracts.values import Nik, NikIsInvalid
from services.chassis.errors import Invalid
from services.chassis.names import words_of

_NUMBER = re.compile(r"[A-Z0-9_]+(/[0-9A-Z.\-]+)+", re.IGNORECASE)


class NothingToLookFor(Invalid):
    """Neither a number nor a NIK, and no word of at least three letters."""

    text = "Ketik nomor perkara, NIK, atau nama paling sedikit tiga huruf."
    advice = "Nama boleh ditulis sebagian atau dengan ejaan lain."


@dataclass(frozen=True, slots=True)
class Asked:
    """Exactly one of the three is filled."""

    number: str = ""
    nik: str = ""
    name: str = ""


def read(typed: str) -> Asked:
    """What somebody looks for. Raises ``NothingToLookFor``."""
    text = typed.strip()
    if _NUMBER.fullmatch(text):
        return Asked(number=text.upper())
    try:
        return Asked(nik=Nik.parse(text).digits)
    except NikIsInvalid:
        pass
    if any(len(word) >= 3 for word in words_of(text)):
        return Asked(name=text)
    raise NothingToLookFor
