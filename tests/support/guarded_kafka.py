"""A Kafka that speaks TLS only and lets in only whom it knows by name and password (SCRAM-SHA-512)."""

import base64
import hashlib
import ipaddress
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local import engines, tools
from deploy.local.engines import open_site
from deploy.local.probes import Listens
from deploy.local.supervisor import Supervisor

ITERATIONS = 4096


@dataclass(frozen=True, slots=True)
class GuardedKafka:
    """Where it listens, and what lets one in."""

    bootstrap: str
    ca_file: Path
    username: str
    password: str


@asynccontextmanager
async def guarded_kafka(folder: Path) -> AsyncIterator[GuardedKafka]:
    """Run it until the block ends."""
    site = open_site(folder, usual_ports=False)
    port, controller = site.ports["kafka"], site.ports["kafka-controller"]
    password = secrets.token_urlsafe(12)
    ca_file, broker_file = _certificates(folder)
    settings = folder / "guarded.properties"
    settings.write_text(
        engines.KAFKA_SETTINGS.format(port=port, controller=controller, data=folder / "data", flush=10_000_000)
        .replace("listeners=PLAINTEXT://", "listeners=SASL_SSL://")
        .replace("inter.broker.listener.name=PLAINTEXT", "inter.broker.listener.name=SASL_SSL")
        .replace("PLAINTEXT:PLAINTEXT", "SASL_SSL:SASL_SSL")
        + GUARD.format(broker=broker_file, ca=ca_file, password=password)
    )
    java = [tools.java(), "-Xmx512m", "-cp", f"{tools.kafka_jars()}/*"]

    async def prepare() -> None:
        await engines.run(
            *java, "kafka.tools.StorageTool", "format", "--standalone", "-t", _cluster_id(), "-c", str(settings),
            *(word for name in ("broker", "sigap") for word in ("--add-scram", _scram(name, password))),
        )  # fmt: skip

    part = replace(
        engines.kafka(site),
        command=[*java, "kafka.Kafka", str(settings)],
        prepare=prepare,
        ready=Listens(port),
        ports=(port, controller),
    )
    supervisor = Supervisor([part], folder / "log")
    try:
        await supervisor.start()
        yield GuardedKafka(f"127.0.0.1:{port}", ca_file, "sigap", password)
    finally:
        await supervisor.stop_all()


GUARD = """
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule \
required username="broker" password="{password}";
ssl.keystore.type=PEM
ssl.keystore.location={broker}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
ssl.client.auth=none
"""


def _cluster_id() -> str:
    return "A" + base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")[1:]


def _scram(name: str, password: str) -> str:
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    parts = (base64.b64encode(part).decode() for part in (salt, salted))
    return 'SCRAM-SHA-512=[name={},iterations={},salt="{}",saltedpassword="{}"]'.format(name, ITERATIONS, *parts)


def _certificates(folder: Path) -> tuple[Path, Path]:
    """An authority's certificate, and the broker's key with its certificate, for this hour."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, broker = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sigap test authority")])
    now = datetime.now(UTC)

    def certificate(name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(hours=1))
        )

    of_authority = certificate(issuer, authority).add_extension(x509.BasicConstraints(True, None), critical=True)
    of_broker = certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")]), broker).add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
    )
    ca_file, broker_file = folder / "ca.pem", folder / "broker.pem"
    pem = serialization.Encoding.PEM
    ca_file.write_bytes(of_authority.sign(authority, hashes.SHA256()).public_bytes(pem))
    key = broker.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    broker_file.write_bytes(key + of_broker.sign(authority, hashes.SHA256()).public_bytes(pem))
    return ca_file, broker_file
