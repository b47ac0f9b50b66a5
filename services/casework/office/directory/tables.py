"""Loaded packs, and the agencies they name."""

from services.chassis.packs import PackRow


class Pack(PackRow, table=True):
    """A district's pack as it was loaded; versions stay, the newest loaded one is in force."""

    __tablename__ = "packs"
