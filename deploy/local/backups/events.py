"""What Kafka holds, as a file, and back: every topic of the house, in order, sealed texts as they are."""

import asyncio
import base64
import gzip
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from contracts.topics import all_topics
from deploy.local.backups.manifest import NotABackup
from deploy.local.records import every_record

AT_ONCE = 2000


async def save_events(bootstrap_servers: str, file: Path) -> int:
    """Write what each topic holds now, and give how much that is."""
    names = {topic.name for topic in all_topics()}
    saved = 0
    with gzip.open(file, "wb", compresslevel=6) as written:
        async for record in every_record(bootstrap_servers, names.__contains__):
            written.write(_line(record))
            saved += 1
    return saved


async def load_events(bootstrap_servers: str, file: Path) -> int:
    """Say everything again on topics that are empty, each on its partition, with the time at which it was said.

    Raises NotABackup when the file names a topic that this release does not have.
    """
    known = {topic.name for topic in all_topics()}
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, enable_idempotence=True, acks="all")
    await producer.start()
    try:
        loaded = 0
        waiting = []
        with gzip.open(file, "rb") as lines:
            for line in lines:
                said = orjson.loads(line)
                if said["topic"] not in known:
                    raise NotABackup(f"the backup holds the topic {said['topic']}, which this release does not know")
                waiting.append(
                    await producer.send(
                        said["topic"],
                        value=_bytes(said["value"]),
                        key=_bytes(said["key"]),
                        partition=said["partition"],
                        timestamp_ms=said["at"],
                        headers=[(name, _bytes(value)) for name, value in said["headers"]],
                    )
                )
                loaded += 1
                if len(waiting) >= AT_ONCE:
                    await asyncio.gather(*waiting)
                    waiting = []
        await asyncio.gather(*waiting)
        return loaded
    finally:
        await producer.stop()


def _line(record: ConsumerRecord) -> bytes:
    return orjson.dumps(
        {
            "topic": record.topic,
            "partition": record.partition,
            "at": record.timestamp,
            "key": _text(record.key),
            "headers": [[name, _text(value)] for name, value in record.headers],
            "value": _text(record.value),
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
