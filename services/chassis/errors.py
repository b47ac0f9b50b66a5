"""The kinds of refusal. A service's errors subclass one of these; only ``web`` turns them into HTTP.

Every error has a stable ``code`` (the class name in snake case unless set), an Indonesian text and an Indonesian
sentence that says what to do. No value that came from outside belongs into either.
"""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

_CAMEL = re.compile(r"(?<!^)(?=[A-Z])")


class SigapError(Exception):
    """A refusal that a caller can understand and act on."""

    code: ClassVar[str] = "sigap_error"
    text: ClassVar[str] = "Permintaan tidak dapat diproses."
    advice: ClassVar[str] = "Periksa kembali permintaan Anda."
    returns_to_form: ClassVar[bool] = False
    """Whether a page shows the refused form again, as it stands now: what was typed can be sent once more."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = _CAMEL.sub("_", cls.__name__).lower()

    def __init__(self, **facts: str | int | Sequence[str] | None) -> None:
        """``facts``: ids, codes and versions that help the caller, never personal data."""
        super().__init__(self.code)
        self.facts: Mapping[str, str | int | Sequence[str] | None] = facts


class Invalid(SigapError):
    """Wrong by itself, whatever the state (422)."""

    text = "Isian tidak sah."
    advice = "Perbaiki isian yang disebut lalu kirim kembali."
    returns_to_form = True


class Unauthenticated(SigapError):
    """Nobody we know (401)."""

    text = "Anda belum dikenali."
    advice = "Masuk kembali atau kirim token yang masih berlaku."


class Forbidden(SigapError):
    """Known, but not allowed (403)."""

    text = "Anda tidak berwenang melakukan tindakan ini."
    advice = "Minta petugas yang berwenang, atau periksa peran akun Anda."


class NotFound(SigapError):
    """Not there, or not for this caller's eyes (404)."""

    text = "Data tidak ditemukan."
    advice = "Periksa nomor atau alamat yang Anda pakai."


class Conflict(SigapError):
    """Not legal in this state (409); ``legal_now`` names what is."""

    text = "Tindakan ini tidak dapat dilakukan pada keadaan sekarang."
    advice = "Muat ulang data, lalu pilih salah satu tindakan yang diperbolehkan."
    legal_kind: ClassVar[str] = ""
    """The kind of words in which a page tells ``legal_now``."""

    def __init__(self, legal_now: Sequence[str] = (), **facts: str | int | Sequence[str] | None) -> None:
        super().__init__(**facts)
        self.legal_now = tuple(legal_now)


class StaleVersion(Conflict):
    """Somebody else changed the record after it was read."""

    text = "Data ini sudah diubah oleh petugas lain sejak Anda membukanya."
    advice = "Muat ulang, bandingkan kedua versi, lalu putuskan kembali."


class StillInFlight(Conflict):
    """The same request is being worked on at this moment."""

    text = "Permintaan yang sama sedang diproses."
    advice = "Tunggu beberapa detik lalu kirim ulang dengan kunci yang sama."
    retry_after_seconds: ClassVar[int] = 2


class KeyUsedForOtherRequest(Invalid):
    """An idempotency key that already stands for a different body."""

    text = "Idempotency-Key ini sudah dipakai untuk permintaan dengan isi lain."
    advice = "Pakai kunci baru (UUID) untuk permintaan baru."


class Unavailable(SigapError):
    """A part of the system is away (503)."""

    text = "Layanan sedang tidak tersedia."
    advice = "Tunggu sebentar lalu kirim ulang dengan kunci yang sama; tidak ada data yang hilang."
    retry_after_seconds: ClassVar[int] = 5


class PackIsMissing(Conflict):
    """No pack was loaded for the district, or it does not hold what is asked."""

    text = "Paket daerah belum dimuat."
    advice = "Minta operator memuat paket daerah (load-pack)."
