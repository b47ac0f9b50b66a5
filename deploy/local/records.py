"""What lies on the broker: every record of the topics asked for."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import TopicPartition


async def every_record(bootstrap: str, wanted: Callable[[str], bool]) -> AsyncGenerator[Any]:
    """Every record of the topics whose names are wanted, per partition in order, up to the ends they have now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        ends = await ends_of(consumer, await partitions_of(bootstrap, wanted))
        left = {place for place, end in ends.items() if end > 0}
        while left:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    yield record
            left = {place for place in left if await consumer.position(place) < ends[place]}
    finally:
        await consumer.stop()


async def ends_of(consumer: AIOKafkaConsumer, places: list[TopicPartition]) -> dict[TopicPartition, int]:
    """The end of each partition. Assigns them first: unassigned, the client learns of one topic with each refusal."""
    if not places:
        return {}
    consumer.assign(places)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
    return ends


async def partitions_of(bootstrap: str, wanted: Callable[[str], bool]) -> list[TopicPartition]:
    """The partitions of all topics whose names are wanted; none of the broker's own."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        names = [name for name in await admin.list_topics() if wanted(name)]
        return [
            TopicPartition(topic["topic"], partition["partition"])
            for topic in (await admin.describe_topics(names) if names else [])
            for partition in topic["partitions"]
            if not topic["is_internal"]
        ]
    finally:
        await admin.close()
