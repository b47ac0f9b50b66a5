"""What comes back from a registry's door: a refused question is an answer, a registry that is away is asked again."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx2
import pytest

from services.intake.registries.adapter import HttpRegistries
from services.intake.registries.commands import Question
from services.intake.registries.domain import CheckKind, CheckResult
from tests.support.loopback import Answers, serving


@contextmanager
def registries(status: int, body: bytes) -> Iterator[HttpRegistries]:
    """Both registries, which know one answer."""

    class Handler(Answers):
        def do_POST(self) -> None:
            self.body()
            self.say(status, body)

    with serving(Handler) as url:
        yield HttpRegistries(url, url, 5)


@pytest.mark.parametrize("kind", list(CheckKind))
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"[]"),
        (200, b'"PADAN"'),
        (200, b"null"),
        (400, b"NIK salah"),
        (404, b"<html></html>"),
        (422, b'{"result": "MATCHED"}'),
    ],
)
async def test_a_refused_question_and_words_of_another_shape_are_an_answer_for_somebody(
    kind: CheckKind, status: int, body: bytes
) -> None:
    with registries(status, body) as door:
        answer = await door.ask(str(uuid4()), Question(kind, "dukcapil", "3524171209689003", "Suharti", None))
    assert (answer.result, answer.nik, answer.name) == (CheckResult.UNKNOWN, None, None)


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503])
async def test_a_registry_that_is_away_is_asked_again(status: int) -> None:
    with registries(status, b"{}") as door, pytest.raises(httpx2.HTTPStatusError):
        await door.ask(str(uuid4()), Question(CheckKind.IDENTITY, "dukcapil", "3524171209689003", "Suharti", None))
