"""Settings of casework (``CASEWORK_…``)."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from services.chassis.settings import ComparingSettings


class CaseworkSettings(ComparingSettings):
    """What casework needs beyond every service.

    ``clock_may_jump_seconds``: by how much the database's clock may leave the pace of this process before escalation
    steps wait.
    ``sealing_recipients``: ``notifications=<public key, base64>``, which tells the PINs of links; without it an officer
    reads them out. ``documents_folder`` holds scans and letters, sealed; back it up with the database.
    ``upload_limit_bytes`` lets the largest document through, with what a form puts around it.
    """

    model_config = SettingsConfigDict(env_prefix="CASEWORK_", extra="ignore", frozen=True, hide_input_in_errors=True)

    clock_may_jump_seconds: int = 300
    sealing_recipients: str = ""
    documents_folder: Path = Path("var/documents")
    upload_limit_bytes: int = 10_551_296

    @property
    def folders_that_fill(self) -> tuple[Path, ...]:
        """Beside the log, where documents are kept."""
        return (*super().folders_that_fill, self.documents_folder.resolve())
