"""The agencies of the Lamongan pack that casework's tests let speak."""

OFFICE, POST, VILLAGE = "dinsos-lamongan", "satpolpp-lamongan", "desa-sukodadi"
SOEGIRI, LAWANG, MENUR = "rsud-soegiri", "rsj-lawang", "rsj-menur"
PUSKESMAS, TOWN_PUSKESMAS = "puskesmas-babat", "puskesmas-lamongan"
STRANGER = "puskesmas-paciran"
"""Has no part in any case of the tests."""
