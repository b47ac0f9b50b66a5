"""Typst and segno behind two plain functions: data to PDF, address to QR code."""

import io
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst

from services.casework.handoff.disclosures.domain import PERSON_FIELD_TEXTS
from services.casework.office.directory.domain import Letter
from services.casework.papers.letters.commands import Press
from services.casework.papers.letters.domain import LetterCannotBePrinted

TEMPLATES = Path(__file__).parent / "templates"
FILES = {
    Letter.COVER_LETTER: "cover-letter.typ",
    Letter.REFERRAL_LETTER: "referral-letter.typ",
    Letter.HANDOVER_RECORD: "handover-record.typ",
}


def render(kind: Letter, data: Mapping[str, Any]) -> bytes:
    """A letter as PDF/A-2b. The data travels as JSON: what it holds is text, never markup.

    Raises ``LetterCannotBePrinted`` naming the fields whose characters no font of ours has.
    """
    try:
        return _compiled(FILES[kind], {"data": json.dumps(data)})
    except typst.TypstError:
        wrong = [label for label, value in data["facts"] if not _can_print(value)]
        if not wrong:
            raise
        fields = [name for name, label in PERSON_FIELD_TEXTS.items() if label in wrong]
        raise LetterCannotBePrinted(fields=fields) from None


ONE_TEXT = "one-text.typ"


def _compiled(template: str, inputs: dict[str, str]) -> bytes:
    made: bytes = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        format="pdf",
        pdf_standards="a-2b",
    )
    return made


def _can_print(value: str) -> bool:
    try:
        _compiled(ONE_TEXT, {"text": value})
    except typst.TypstError:
        return False
    return True


def qr(address: str) -> str:
    """An address as a QR code, an SVG that survives a photocopy (a quarter of it may be lost)."""
    out = io.BytesIO()
    segno.make(address, error="q", micro=False).save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def press_of(state: Any) -> Press:
    """The press of an app: its document store, key, words and public address."""
    return Press(
        render=render,
        qr=qr,
        store=state.documents,
        private_key=state.settings.sealing_private_key,
        purposes=state.pages.words["purpose"],
        public_url=state.settings.public_url or state.root_path,
    )


def new_token() -> str:
    """What a QR code holds beside our address: 192 random bits."""
    return secrets.token_urlsafe(24)
