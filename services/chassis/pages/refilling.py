"""A refused form comes back as it stood: the same page, what was typed, and beside each wrong field what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from fastapi import Request
from pydantic import BaseModel, ValidationError

from contracts.fields import WORDED_FAULTS

WRONG = {
    "missing": "Wajib diisi.",
    "string_too_long": "Paling panjang {max_length} huruf.",
    "string_too_short": "Paling sedikit {min_length} huruf.",
    "enum": "Pilih salah satu dari daftar.",
    "literal_error": "Pilih salah satu dari daftar.",
    "uuid_parsing": "Pilih salah satu dari daftar.",
    "datetime_parsing": "Isi tanggal dan jam.",
    "datetime_from_date_parsing": "Isi tanggal dan jam.",
    "date_parsing": "Isi tanggal.",
    "date_from_datetime_parsing": "Isi tanggal.",
    "int_parsing": "Isi dengan angka.",
    "greater_than": "Harus lebih dari {gt}.",
    "greater_than_equal": "Paling sedikit {ge}.",
    "less_than_equal": "Paling banyak {le}.",
}
"""What is wrong with a field, by pydantic's type of the fault."""
OTHERWISE = "Isian ini tidak dapat dipakai."
UNPRINTABLE = "Ada huruf yang tidak dapat dicetak; ketik ulang tanpa gambar dan tanda khusus."


def what_is_wrong(error: ValidationError, shape: type[BaseModel]) -> dict[str, str]:
    """By field: what is wrong with it, what the field takes, and an example where its shape has one."""
    properties: dict[str, Any] = shape.model_json_schema()["properties"]
    found: dict[str, str] = {}
    for fault in error.errors(include_input=False):
        if not fault["loc"]:
            continue
        name = str(fault["loc"][0])
        if fault["type"] in WORDED_FAULTS:
            found.setdefault(name, fault["msg"])
            continue
        said = WRONG.get(fault["type"], OTHERWISE).format(**fault.get("ctx", {}))
        found.setdefault(name, " ".join([said, *_taken(properties.get(name, {}))]))
    return found


def _taken(told: Mapping[str, Any]) -> list[str]:
    """«Nomor surat: memuat angka. Contoh: BA/12/2026.»: what a field's shape says of itself, in its first branch."""
    branch: Mapping[str, Any] = next(
        (part for part in (told, *told.get("anyOf", ())) if "examples" in part or "description" in part), {}
    )
    said = [f"{branch['description'].rstrip('.')}."] if "description" in branch else []
    return said + [f"Contoh: {example}." for example in branch.get("examples", ())[:1]]


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """What was sent and why it was refused. ``wrong``: by field, in words."""

    typed: Mapping[str, str]
    wrong: Mapping[str, str]
    title: str
    detail: str


async def page_again(request: Request, parent: str, refused: RefusedForm) -> str | None:
    """The page on which the form stands, with the form as it was sent; nothing when it stands there no more."""
    page = await _ask(request, parent)
    if page is None:
        return None
    soup = BeautifulSoup(page, "html.parser")
    form = _the_form(soup, request.url.path, refused.typed)
    if form is None:
        return None
    marked = [_fill(control, soup, refused) for control in form.find_all(["input", "select", "textarea"])]
    notice = soup.new_tag("div", attrs={"class": "notice bad", "role": "alert", "tabindex": "-1"})
    for text in (refused.title, refused.detail):
        line = soup.new_tag("p")
        line.string = text
        notice.append(line)
    form.insert(0, notice)
    first = next((control for control in marked if control is not None), notice)
    first["autofocus"] = ""
    for around in form.find_parents("details"):
        around["open"] = ""
    return str(soup)


async def _ask(request: Request, parent: str) -> str | None:
    """The page by the service's own door, for the same person."""
    query = urlsplit(request.headers.get("referer", ""))
    scope = {
        **request.scope,
        "method": "GET",
        "path": unquote(parent),
        "raw_path": parent.encode(),
        "query_string": query.query.encode() if unquote(query.path) == unquote(parent) else b"",
        "headers": [pair for pair in request.scope["headers"] if not pair[0].startswith(b"content-")],
        "state": {},
    }
    scope.pop("route", None)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await request.app(scope, receive, send)
    if not sent or sent[0]["status"] != 200:
        return None
    return b"".join(message.get("body", b"") for message in sent[1:]).decode()


def _the_form(soup: BeautifulSoup, action: str, typed: Mapping[str, str]) -> Tag | None:
    """The form with this address; of several the one whose hidden fields are those that were sent."""
    forms = [form for form in soup.find_all("form") if form.get("action") == action]

    def agreeing(form: Tag) -> int:
        hidden = form.find_all("input", type="hidden")
        return sum(typed.get(str(field.get("name"))) == field.get("value") for field in hidden)

    return max(forms, key=agreeing, default=None)


def _fill(control: Tag, soup: BeautifulSoup, refused: RefusedForm) -> Tag | None:
    """Give a control what was typed; answers it when it is wrong."""
    name, kind = str(control.get("name")), control.get("type")
    if kind in ("hidden", "file", "submit") or control.get("name") is None:
        return None
    typed = refused.typed.get(name, "")
    if control.name == "select":
        for option in control.find_all("option"):
            _turn(option, "selected", option.get("value", option.get_text()) == typed)
    elif control.name == "textarea":
        control.string = typed
    elif kind in ("checkbox", "radio"):
        _turn(control, "checked", control.get("value", "on") == typed)
    else:
        control["value"] = typed
    if name not in refused.wrong:
        return None
    mark = f"salah-{control.get('id', name)}"
    control["aria-invalid"], control["aria-describedby"] = "true", mark
    said = soup.new_tag("span", attrs={"class": "wrong", "id": mark})
    said.string = refused.wrong[name]
    control.insert_after(said)
    return control


def _turn(control: Tag, attribute: str, is_on: bool) -> None:
    if is_on:
        control[attribute] = ""
    else:
        control.attrs.pop(attribute, None)
