"""Makes every topic of the house on a cluster: `python -m contracts.create_topics --bootstrap-servers HOST:PORT`."""

from __future__ import annotations

import argparse
import asyncio
import os
import ssl
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from contracts.topics import Topic, all_topics

TOPIC_ALREADY_EXISTS = 36
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


class TopicsAreNotMade(RuntimeError):
    """The cluster refused a topic, or gave it no leader in time."""


async def create_topics(
    bootstrap_servers: str,
    prefix: str = "",
    *,
    replication_factor: int = 1,
    wait_seconds: float = 30,
    topics: Iterable[Topic] | None = None,
    **security: Any,
) -> list[str]:
    """Make the topics that do not exist yet, wait until all have leaders, and give the names that were new.

    Safe to run twice; an existing topic is left as it is. `security` goes to the Kafka client as it stands.
    Raises `TopicsAreNotMade`.
    """
    wanted = [_new_topic(topic, prefix, replication_factor) for topic in (all_topics() if topics is None else topics)]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, **security)
    await admin.start()
    try:
        answer = await admin.create_topics(wanted)
        refused = {error[0]: error[1] for error in answer.topic_errors if error[1] not in (0, TOPIC_ALREADY_EXISTS)}
        if refused:
            raise TopicsAreNotMade(f"the cluster refused topics (name: Kafka error code): {refused}")
        names = [topic.name for topic in wanted]
        await _wait_for_leaders(admin, names, wait_seconds)
        return [error[0] for error in answer.topic_errors if error[1] == 0]
    finally:
        await admin.close()


def _new_topic(topic: Topic, prefix: str, replication_factor: int) -> NewTopic:
    settings = {"cleanup.policy": topic.cleanup, "retention.ms": str(topic.retention_ms)}
    return NewTopic(
        name=f"{prefix}{topic.name}",
        num_partitions=topic.partitions,
        replication_factor=replication_factor,
        topic_configs=settings,
    )


async def _wait_for_leaders(admin: AIOKafkaAdminClient, names: Sequence[str], wait_seconds: float) -> None:
    # The cluster answers before leaders are chosen; whoever sends at once would meet «not leader for partition».
    try:
        async with asyncio.timeout(wait_seconds):
            while True:
                if _all_led(await admin.describe_topics(list(names))):
                    return
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TopicsAreNotMade(f"some topics have no leader after {wait_seconds:g} seconds") from None


def _all_led(described: Sequence[dict[str, Any]]) -> bool:
    return all(
        topic["error_code"] == 0
        and topic["partitions"]
        and all(partition["error_code"] == 0 and partition["leader"] >= 0 for partition in topic["partitions"])
        for topic in described
    )


def _security(options: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {"security_protocol": options.security}
    if options.security.endswith("SSL"):
        found["ssl_context"] = ssl.create_default_context(cafile=options.ca_file)
    if options.security.startswith("SASL"):
        found["sasl_mechanism"] = options.sasl_mechanism
        found["sasl_plain_username"] = options.username
        found["sasl_plain_password"] = os.environ.get("KAFKA_PASSWORD")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit code 1 with one line when the topics could not be made."""
    parser = argparse.ArgumentParser(prog="python -m contracts.create_topics", description=__doc__)
    parser.add_argument("--bootstrap-servers", required=True, help="host:port of the cluster")
    parser.add_argument("--prefix", default="", help="put before every topic's name")
    parser.add_argument("--replication-factor", type=int, default=1)
    parser.add_argument("--security", choices=PROTOCOLS, default="PLAINTEXT")
    parser.add_argument("--sasl-mechanism", default="SCRAM-SHA-512")
    parser.add_argument("--username", help="the password is read from KAFKA_PASSWORD")
    parser.add_argument("--ca-file", help="certificates of those who may vouch for the broker")
    options = parser.parse_args(arguments)
    try:
        made = asyncio.run(
            create_topics(
                options.bootstrap_servers,
                options.prefix,
                replication_factor=options.replication_factor,
                **_security(options),
            )
        )
    except (TopicsAreNotMade, KafkaError, OSError) as error:
        sys.stderr.write(f"topics not made: {error}\n")
        return 1
    sys.stdout.write(f"{len(made)} topics made, {len(all_topics()) - len(made)} were there\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
