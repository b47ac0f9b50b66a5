"""How pages show who a matter is about: ``profile.html`` is included by the pages of case, task and hand-off."""

from pathlib import Path

from contracts.values import SEX_TEXTS
from services.chassis.pages import page_router

TEMPLATES = Path(__file__).parent / "templates"
WORDS = {
    "profile": {
        "sex": "Jenis kelamin",
        "nik": "NIK",
        "features": "Ciri-ciri",
        "circumstances": "Keadaan saat ditemukan",
        "said_name": "Nama menurut pelapor",
    },
    "told_by_source": {
        "REPORTER": "kata pelapor",
        "REGISTRY": "menurut Dukcapil",
        "DIGITS": "menurut angka NIK",
    },
    "told_sex": {sex.value: text for sex, text in SEX_TEXTS.items()},
}

router = page_router()
