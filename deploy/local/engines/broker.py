"""Kafka: one node that is broker and controller."""

import base64
import secrets

from deploy.local import tools
from deploy.local.engines.programs import LIGHT_JAVA, archived, run
from deploy.local.engines.site import Site
from deploy.local.places import write_whole
from deploy.local.probes import KafkaAnswers
from deploy.local.supervisor import Part


def kafka(site: Site, *, durable: bool = True) -> Part:
    """Kafka, one node, KRaft. Not durable: no flush per append."""
    folder = site.state / "kafka"
    settings = folder / "server.properties"
    port, controller = site.ports["kafka"], site.ports["kafka-controller"]
    java = [tools.java(), "-Xms64m", "-Xmx512m", *LIGHT_JAVA, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
    path = ["-cp", f"{tools.kafka_jars()}/*"]
    archive = archived(tools.kafka_classes())

    async def prepare() -> None:
        write_whole(
            settings,
            KAFKA_SETTINGS.format(
                port=port, controller=controller, data=folder / "data", flush=1 if durable else 10_000_000
            ),
        )
        formatted = folder / "formatted"
        if not formatted.exists():
            # A leading minus would be read as an option.
            cluster = "A" + base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")[1:]
            await run(
                *java,
                *archive,
                *path,
                "kafka.tools.StorageTool",
                "format",
                "--standalone",
                "--ignore-formatted",
                "-t",
                cluster,
                "-c",
                str(settings),
            )
            (site.state / "done" / "topics").unlink(missing_ok=True)
            write_whole(formatted, cluster)

    return Part(
        name="kafka",
        command=[*java, *archive, *path, "kafka.Kafka", str(settings)],
        ready=KafkaAnswers(port),
        alive=KafkaAnswers(port),
        ports=(port, controller),
        prepare=prepare,
    )


KAFKA_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
num.partitions=12
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=10
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=5
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# A broker that was killed may register again when its old session ends: seconds instead of ten.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
group.min.session.timeout.ms=1000
log.flush.interval.messages={flush}
# Small buffers: half the memory, no difference at this size.
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.threads=1
num.network.threads=2
num.io.threads=4
background.threads=2
num.recovery.threads.per.data.dir=2
log.index.size.max.bytes=1048576
offsets.retention.minutes=5256000
"""
