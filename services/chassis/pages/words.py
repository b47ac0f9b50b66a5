"""How times, spans, money, places and codes read in Bahasa Indonesia. Pure functions."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.reference import regions
from contracts.values import Money, RegionCode

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}

Words = Mapping[str, Mapping[str, str]]
"""What codes are called in Bahasa Indonesia, by kind and code: two kinds may share a code."""


def instant(moment: datetime, zone: str) -> str:
    """«Sel, 24 Nov 2026 pukul 14.05 WIB»: an instant on the wall clock of a zone."""
    local = moment.astimezone(ZoneInfo(zone))
    day = f"{DAYS[local.weekday()][:3]}, {local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{day} pukul {local.hour:02d}.{local.minute:02d} {ZONE_NAMES.get(zone, zone)}"


def day(when: date) -> str:
    """«24 Nov 2026»."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def span(length: timedelta) -> str:
    """«2 hari», «3 jam», «5 menit»: a length of time in its largest unit."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes < 1:
        return "kurang dari semenit"
    if minutes < 60:
        return f"{minutes} menit"
    if minutes < 48 * 60:
        return f"{minutes // 60} jam" + (f" {minutes % 60} menit" if minutes < 600 and minutes % 60 else "")
    return f"{minutes // 1440} hari"


def urgency(due_at: datetime | None, now: datetime) -> str:
    """``late``, ``soon`` (within two hours) or nothing."""
    if due_at is None:
        return ""
    left = due_at - now
    return "late" if left < timedelta() else "soon" if left < timedelta(hours=2) else ""


def left(due_at: datetime, now: datetime) -> str:
    """«2 jam lagi» or «terlambat 3 jam»."""
    return f"{span(due_at - now)} lagi" if due_at >= now else f"terlambat {span(now - due_at)}"


def rupiah(amount: int) -> str:
    """«Rp1.500.000»."""
    return str(Money(amount))


def place(code: str) -> str:
    """«Sukodadi, Sukodadi, Kabupaten Lamongan»: a place as people call it, with the wider ones."""
    return regions().path_of(RegionCode(code)) if code else "–"


def joined(parts: Iterable[Words]) -> dict[str, dict[str, str]]:
    """The words of several modules as one. Raises ``ValueError`` when a code of a kind is worded twice."""
    found: dict[str, dict[str, str]] = {}
    for part in parts:
        for kind, texts in part.items():
            twice = found.setdefault(kind, {}).keys() & texts.keys()
            if twice:
                raise ValueError(f"worded twice: {kind} {', '.join(sorted(twice))}")
            found[kind].update(texts)
    return found


def word(words: Words, kind: str, code: str) -> str:
    """What a code of a kind is called; a code that nobody worded (a pack may bring one) is called by itself."""
    return words.get(kind, {}).get(code, code)
