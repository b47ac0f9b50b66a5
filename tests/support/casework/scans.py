"""Small files that are whole, as desks and telephones make them."""

import io

from PIL import Image
from pypdf import PdfWriter

PLACE = (7.0, 7.0, 24.0)
"""Where a telephone says that it took the picture: degrees, minutes, seconds south."""
MAKER = "Telepon Uji"


def _pdf() -> bytes:
    out, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.write(out)
    return out.getvalue()


def _picture(kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 120, 40)).save(out, format=kind, **more)
    return out.getvalue()


def _phone_photo() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = MAKER
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "S", 2: PLACE, 3: "E", 4: (112.0, 24.0, 36.0)})
    return _picture("JPEG", exif=exif, comment=MAKER.encode())


PDF = _pdf()
PNG = _picture("PNG")
JPEG = _picture("JPEG")
PHONE_PHOTO = _phone_photo()
