"""The engines under the supervisor: they keep what they confirmed, and roles keep to their own database."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from temporalio.client import Client

from tests.support.engines import Stack, running


@pytest.fixture(scope="module")
async def stack() -> AsyncIterator[Stack]:
    async with running(["postgres", "kafka", "temporal"], durable=True) as stack:
        yield stack


async def test_the_app_role_uses_the_tables_and_makes_none(stack: Stack) -> None:
    urls = await stack.fresh_database("intake")
    owner, app = await asyncpg.connect(urls.migrator), await asyncpg.connect(urls.app)
    try:
        await owner.execute("create table reports (id bigserial primary key, note text)")
        await app.execute("insert into reports (note) values ('seen')")
        assert await app.fetchval("select count(*) from reports") == 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("create table others (id int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("drop table reports")
    finally:
        await owner.close()
        await app.close()


async def test_a_service_cannot_enter_the_database_of_another(stack: Stack) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(stack.postgres_url("sigap_casework", "intake_app"))


async def test_postgres_keeps_its_commits_through_a_kill(stack: Stack) -> None:
    urls = await stack.fresh_database("casework")
    owner = await asyncpg.connect(urls.migrator)
    await owner.execute("create table cases (id int)")
    await owner.execute("insert into cases select generate_series(1, 1000)")
    await stack.kill("postgres")
    owner.terminate()
    await stack.start("postgres")
    owner = await asyncpg.connect(urls.migrator)
    try:
        assert await owner.fetchval("select count(*) from cases") == 1000
    finally:
        await owner.close()


async def test_kafka_keeps_its_messages_through_a_kill(stack: Stack) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("kept", num_partitions=1, replication_factor=1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka_bootstrap, enable_idempotence=True)
    await producer.start()
    for number in range(20):
        await producer.send_and_wait("kept", b"%d" % number)
    await stack.kill("kafka")
    await stack.start("kafka")
    await producer.send_and_wait("kept", b"after")
    await producer.stop()
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka_bootstrap)
    await consumer.start()
    try:
        consumer.assign([TopicPartition("kept", 0)])
        await consumer.seek_to_beginning()
        values = [(await consumer.getone()).value for _ in range(21)]
    finally:
        await consumer.stop()
    assert values == [b"%d" % number for number in range(20)] + [b"after"]


async def test_temporal_serves_the_same_client_after_a_kill(stack: Stack) -> None:
    client = await Client.connect(stack.temporal_address, namespace=stack.temporal_namespace)
    handle = await client.start_workflow("Nobody", id="kept", task_queue="nobody")
    await stack.kill("temporal")
    await stack.start("temporal")
    described = await handle.describe()
    assert described.status is not None
    assert described.status.name == "RUNNING"
