"""What somebody with a report's code is told, and when they may object. Pure functions.

The stages of a case are not told: a code may be in anybody's hands, and a stage tells of illness.
"""

from enum import StrEnum

from services.chassis.errors import Conflict, Forbidden, NotFound
from services.intake.reports.domain import ReportState


class Progress(StrEnum):
    """How far a report is, as its reporter is told."""

    WAITING = "WAITING"
    TAKEN_UP = "TAKEN_UP"
    ENDED = "ENDED"
    REFUSED = "REFUSED"


OBJECTIONABLE = frozenset({Progress.REFUSED, Progress.ENDED})


class ObjectionState(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class CodeIsUnknown(NotFound):
    """No report has this code, in any district that takes reports from everybody."""

    text = "Kode lacak ini tidak dikenal."
    advice = "Periksa kembali kodenya: sepuluh huruf dan angka, tanpa huruf I, L, O dan U."


class NothingToObjectTo(Conflict):
    """The report is neither refused nor ended."""

    text = "Laporan ini masih berjalan; belum ada yang dapat ditolak."
    advice = "Lihat keadaannya beberapa hari lagi dengan kode yang sama."


class ObjectedAlready(Conflict):
    """Once for each refusal and each end."""

    text = "Keberatan atas keputusan ini sudah kami terima."
    advice = "Lihat jawabannya dengan kode yang sama."


class ObjectionIsDecided(Conflict):
    """Upheld or dismissed already."""

    text = "Keberatan ini sudah diputuskan."


class SecondPersonDecidesTheObjection(Forbidden):
    """Whoever refused the report does not decide on the objection to that."""

    text = "Keberatan diputuskan orang lain, bukan yang menolak laporannya."
    advice = "Minta rekan atau kepala bidang yang tidak memutuskan laporan ini."


def progress_of(state: str, *, is_closed: bool) -> Progress:
    """How far a report is; of a double, how far the report is that goes on for it."""
    if state == ReportState.VERIFIED:
        return Progress.ENDED if is_closed else Progress.TAKEN_UP
    return Progress.REFUSED if state == ReportState.REJECTED else Progress.WAITING


def check_objectionable(progress: Progress) -> None:
    """Raise ``NothingToObjectTo``."""
    if progress not in OBJECTIONABLE:
        raise NothingToObjectTo((), state=progress.value)
