"""Numbers of papers, as offices write them: never a word of their own and never a number of a person."""

import re

REFERENCE_PATTERN = r"^[A-Za-z0-9]([A-Za-z0-9./ -]{0,62}[A-Za-z0-9])?$"
LONGEST_WORD = 6
LONGEST_NUMBER = 8
INSTITUTIONS = frozenset(
    {
        "BUPATI", "DINKES", "DINSOS", "DUKCAPIL", "KABUPATEN", "KECAMATAN", "KELURAHAN", "KEPOLISIAN", "LAMONGAN",
        "PELAYANAN", "PEMAKAMAN", "PUSKESMAS", "REHABILITASI", "REHSOS", "SATPOLPP", "SEKRETARIAT", "SIMULASI",
        "WALIKOTA",
    }
)  # fmt: skip
"""Longer words that stand in the numbers of letters; a name of a person is none of them."""


def check_reference(text: str) -> str:
    """The number again. Raises ``ValueError`` when it may hold a name, a NIK or a telephone number.

    A number has a digit, no group of nine digits or more, none of sixteen with blanks, dots or hyphens between, and no
    word of more than six letters but those of institutions.
    """
    if not any(character.isdigit() for character in text):
        raise ValueError("nomor surat memuat angka")
    if re.search(rf"\d{{{LONGEST_NUMBER + 1}}}", text) or re.search(r"\d{16}", re.sub(r"[ .-]", "", text)):
        raise ValueError("NIK atau nomor telepon bukan nomor surat")
    long_words = (word for word in re.findall(r"[A-Za-z]+", text) if len(word) > LONGEST_WORD)
    if any(word.upper() not in INSTITUTIONS for word in long_words):
        raise ValueError("nomor surat tidak memuat kata atau nama")
    return text
