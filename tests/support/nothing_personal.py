"""After a whole run: no fictional person's NIK stands in what the broker and the workflow server hold."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from temporalio.client import Client

from contracts.reference import regions
from contracts.values import Nik, NikIsInvalid
from deploy.local.records import every_record
from tests.support.engines import Stack, running

SENT_BY_TESTS: set[str] = set()
"""Topics on which a test itself put a person where ids belong, to see that we pass nobody on."""
_SIXTEEN_DIGITS = re.compile(rb"(?<!\d)\d{16}(?!\d)")


def niks_in(text: bytes) -> Iterator[str]:
    """What could be the NIK of a test's person: a known region, a date, a reserved serial."""
    known = regions()
    for found in _SIXTEEN_DIGITS.findall(text):
        digits = found.decode()
        try:
            nik = Nik.parse(digits)
        except NikIsInvalid:
            continue
        if nik.is_reserved_test() and known.is_known(f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}"):
            yield digits


async def persons_on_topics(stack: Stack) -> list[str]:
    """The topics of which some record shows a NIK in its key, headers or body."""
    return sorted(
        {
            record.topic
            async for record in every_record(stack.kafka_bootstrap, lambda name: name not in SENT_BY_TESTS)
            for part in (record.key or b"", record.value or b"", *(value for _, value in record.headers))
            if any(True for _ in niks_in(part))
        }
    )


async def persons_in_histories(stack: Stack) -> list[str]:
    """The workflows of whose histories some event shows a NIK."""
    client = await Client.connect(stack.temporal_address, namespace=stack.temporal_namespace)
    found = []
    async for run in client.list_workflows():
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        if any(True for event in history.events for _ in niks_in(event.SerializeToString() + run.id.encode())):
            found.append(run.id)
    return found


@asynccontextmanager
async def engines_without_persons() -> AsyncIterator[Stack]:
    """PostgreSQL, Kafka and Temporal, real; at the end nobody may be found in what they passed on."""
    async with running(["postgres", "kafka", "temporal"]) as engines:
        yield engines
        assert await persons_on_topics(engines) == []
        assert await persons_in_histories(engines) == []
