"""When a case is given to a worker. Pure functions."""

from services.chassis.errors import Conflict, Invalid


class WorkerHasIt(Conflict):
    """It is theirs already."""

    text = "Perkara ini sudah dipegang petugas itu."


class HandedToThemselves(Invalid):
    """Somebody's cases go to somebody else."""

    text = "Pilih petugas lain sebagai penerima."
    advice = "Yang menyerahkan dan yang menerima harus berbeda."


def check_other(former: str, worker: str) -> None:
    """Raise ``HandedToThemselves``."""
    if former == worker:
        raise HandedToThemselves
