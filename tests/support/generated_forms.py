"""Page forms as nobody's browser would send them, by a seed: wrong fields, wrong parts, wrong bytes, half a body."""

import os
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from tests.support.row_routes import routes_of
from tests.support.seeds import chosen_seed
from tests.support.services import Bench
from tests.support.visitor import Visitor

ROOT = Path(__file__).parents[2]
FORMS = int(os.environ.get("SIGAP_FORMS", "100"))
"""How many are sent to each service."""
SEED = chosen_seed(20)
FIELD = re.compile(r'name="([a-z_]+)"')
VALUES: Sequence[str] = (
    "", "x", "0", "-1", "9" * 40, "1e400", "true", "DIED", "2026-13-45T99:99", "2026-11-30T08:00", "2026-11-30",
    "3524010000000001", "BA/12/2026", "35.24.01.2001", "{}", "[]", "null", "a" * 70_000, "é\u0301漢", "a\x00b",
    "a\u202eb", "<b>x</b>", "%00%ff", "../../etc", "\r\nX: y", "accept", "DONE", "credited",
)  # fmt: skip
TYPES: Sequence[str] = (
    "application/pdf",
    "image/png",
    "text/plain; charset=utf-8",
    "text/plain; charset=none",
    "",
    "/",
)


def page_forms_of(bench: Bench) -> list[str]:
    """The address of every form of a service, as its routes write it, but of the one that ends the session."""
    pages = [route for route in routes_of(bench.app) if not route.include_in_schema]
    return sorted(page.path for page in pages if "POST" in (page.methods or ()) and page.path != "/keluar")


def fields_of(service: str) -> list[str]:
    """The names of all fields of a service's pages."""
    templates = [*ROOT.glob(f"services/{service}/**/*.html"), *ROOT.glob("services/chassis/pages/**/*.html")]
    return sorted({name for file in templates for name in FIELD.findall(file.read_text())} | {"berkas", "kunci"})


class Forms:
    """What is sent to one service; ``known``: rows that there are, by the name of the path's part."""

    def __init__(self, bench: Bench, csrf: str, known: Mapping[str, Sequence[str]]) -> None:
        self._chance = random.Random(f"{SEED}:{bench.service.name}:{len(known)}")
        self._paths, self._fields = page_forms_of(bench), fields_of(bench.service.name)
        self._csrf, self._known = csrf, known

    def path(self) -> str:
        """A form's address: about a row that there is, one that there is not, or none at all."""
        chosen = self._chance.choice(self._paths)

        def row(match: re.Match[str]) -> str:
            known = self._known.get(match[1], ())
            made_up = str(UUID(int=self._chance.getrandbits(128), version=4))
            return self._chance.choice([*known, *known, *known, made_up, "1", "x"])

        return re.sub(r"\{(\w+)(?::\w+)?\}", row, chosen)

    def fields(self) -> list[tuple[str, str]]:
        """Some fields, mostly with the form's own token, now and then twice or far too many."""
        chance = self._chance
        names = chance.choices(self._fields, k=chance.choice([0, 1, 2, 3, 5, 8, 80]))
        found = [(name, chance.choice(VALUES)) for name in names if name != "csrf"]
        if chance.random() < 0.9:
            found.append(("csrf", self._csrf))
        if chance.random() < 0.9:
            found.append(("kunci", str(UUID(int=chance.getrandbits(128), version=4))))
        chance.shuffle(found)
        return found

    def multipart(self) -> tuple[str, bytes]:
        """Parts as they should be, and as they should not."""
        chance = self._chance
        boundary = chance.choice(["a", "x" * 70, "with space", "----------------------------1"])
        line = chance.choice([b"\r\n"] * 8 + [b"\n"])
        parts = [self._part(name, value.encode(), "") for name, value in self.fields()]
        for _ in range(chance.choice([0, 1, 1, 1, 2])):
            name = chance.choice(["berkas", "berkas", "csrf", "kunci", ""])
            parts.append(self._part(name, chance.randbytes(chance.choice([0, 1, 900, 40_000])), "surat.pdf"))
        chance.shuffle(parts)
        between = b"--" + boundary.encode() + line
        body = b"".join(between + line.join([*head, b"", content]) + line for head, content in parts)
        body += b"--" + boundary.encode() + b"--" + line
        match chance.choice(["whole"] * 6 + ["cut", "before", "after", "mixed"]):
            case "cut":
                body = body[: chance.randrange(len(body))]
            case "before":
                body = b"before" + line + body
            case "after":
                body += chance.randbytes(30)
            case "mixed":
                at = chance.randrange(len(body))
                body = body[:at] + chance.randbytes(3) + body[at:]
            case _:
                pass
        said = chance.choice([f'; boundary="{boundary}"'] * 8 + ["; boundary=other", "", "; boundary="])
        return f"multipart/form-data{said}", body

    def _part(self, name: str, content: bytes, filename: str) -> tuple[list[bytes], bytes]:
        chance = self._chance
        said = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
        head = [f"Content-Disposition: {said}".encode()]
        match chance.choice(["whole"] * 12 + ["unnamed", "extended", "none", "bytes"]):
            case "unnamed":
                head = [b"Content-Disposition: form-data"]
            case "extended":
                head = [f"Content-Disposition: form-data; name*=utf-8''{name}; filename*=utf-8''%C3%A9.pdf".encode()]
            case "none":
                head = []
            case "bytes":
                head = [b'Content-Disposition: form-data; name="\xff\xfe"']
            case _:
                pass
        if filename or chance.random() < 0.1:
            head.append(f"Content-Type: {chance.choice(TYPES)}".encode())
        if chance.random() < 0.05:
            head.append(b"Content-Transfer-Encoding: base64")
        return head, content

    def body(self) -> tuple[str, bytes]:
        """The media type and what is sent under it."""
        match self._chance.choice(["multipart"] * 6 + ["plain"] * 3 + ["other"]):
            case "multipart":
                return self.multipart()
            case "plain":
                return "application/x-www-form-urlencoded", urlencode(self.fields(), errors="replace").encode()
            case _:
                kind = self._chance.choice(["application/json", "text/plain", "", "application/x-www-form-urlencoded"])
                return kind, self._chance.randbytes(self._chance.choice([0, 40]))


async def faults_of(bench: Bench, roles: Sequence[str], known: Mapping[str, Sequence[str]]) -> tuple[list[Any], int]:
    """Send them; which were a fault of ours (form number, path, status), and how many were answered by something else
    than a refusal of the token."""
    visitor = await Visitor(bench, "generated", roles).sit_down()
    forms, faults, read = Forms(bench, visitor.csrf, known), [], 0
    print(f"seed {SEED}")
    for number in range(FORMS):
        path, (media_type, body) = forms.path(), forms.body()
        answer = await visitor.send(path, media_type, body)
        read += answer.status_code not in (401, 403)
        if answer.status_code >= 500:
            faults.append((number, path, answer.status_code))
    return faults, read
