"""Who has the person in hand. Pure functions."""

from services.chassis.errors import Conflict


class CustodyIsElsewhere(Conflict):
    """The giver does not hold the person now."""

    text = "Orang ini tidak sedang berada pada instansi yang menyerahkan."
    advice = "Periksa siapa yang memegang orang ini sekarang, lalu catat serah terima yang benar."
