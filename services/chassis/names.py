"""Finding a person by a name that is sealed: keyed hashes of how it is written, and of how it may be miswritten.

A name is folded to how it sounds, and of each of its words a hash is kept of the word, of the word without any one of
its letters, and of its beginnings. Two words with one such hash in common are the same, or differ by a letter or two.
Each hash is made with the service's own secret, so that whoever has the table alone cannot try names on it; what it
gives away is said in ADR 0027.
"""

import hmac
import re
import unicodedata
from hashlib import sha256

SHORTEST_BEGINNING = 3
SHORTEST_MISWRITTEN = 4
WORDS_LIMIT = 6
TITLES = frozenset(
    {
        "bapak", "pak", "bpk", "ibu", "bu", "mbah", "mbak", "mas", "haji", "hajah", "hj", "kh", "h", "almarhum",
        "almarhumah", "alm", "drs", "dra", "dr", "ny", "nyonya", "tn", "tuan", "sdr", "sdri", "bin", "binti",
    }
)  # fmt: skip
"""What stands before or between names and tells nobody apart."""
_SOUNDS = (
    ("oe", "u"), ("tj", "c"), ("dj", "j"), ("sj", "s"), ("sy", "s"), ("sh", "s"), ("kh", "k"), ("ch", "k"),
    ("ph", "f"), ("th", "t"), ("dh", "d"), ("bh", "b"), ("ie", "i"), ("v", "f"), ("z", "s"), ("q", "k"), ("y", "j"),
)  # fmt: skip
"""Old and learned spellings beside today's, by how they sound: «Soeharti» is «Suharti», «Aisyah» is «Aisah»."""


def words_of(name: str) -> list[str]:
    """The words of a name as they sound, without titles; at most six."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = [word for word in re.findall(r"[^\W\d_]+", plain.replace("'", "")) if word]
    told = [word for word in words if word not in TITLES] or words
    return [_sound_of(word) for word in told[:WORDS_LIMIT]]


def _sound_of(word: str) -> str:
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    return re.sub(r"(.)\1+", r"\1", word)


def forms_of(word: str) -> set[str]:
    """A word and what is left of it without any one letter: two words that differ by one letter have one in common."""
    if len(word) < SHORTEST_MISWRITTEN:
        return {word}
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def beginnings_of(word: str) -> set[str]:
    """How a word may begin that somebody has not typed to its end."""
    return {f"{word[:length]}-" for length in range(SHORTEST_BEGINNING, len(word))}


def kept_keys(names: list[str], secret: bytes) -> list[int]:
    """What is kept of a person's names, the one believed and the one said."""
    words = {word for name in names for word in words_of(name)}
    return sorted({_hash(form, secret) for word in words for form in forms_of(word) | beginnings_of(word)})


def asked_keys(name: str, secret: bytes) -> list[list[int]]:
    """By word of what is asked for: a person fits who has one of them, for every word."""
    return [sorted({_hash(form, secret) for form in forms_of(word) | {f"{word}-"}}) for word in words_of(name)]


def _hash(form: str, secret: bytes) -> int:
    return int.from_bytes(hmac.digest(secret, f"name:{form}".encode(), sha256)[:8], "big", signed=True)
