"""A service on a broker that speaks TLS only and knows its clients by name and password."""

import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr, ValidationError

from contracts import create_topics
from services.chassis.kafka import security_of
from services.chassis.principal import system_principal
from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.guarded_kafka import GuardedKafka, guarded_kafka
from tests.support.identity import Issuer
from tests.support.probe import SCHEMA, ProbeSettings, make_probe, probe_service
from tests.support.services import bench_for


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GuardedKafka]:
    async with guarded_kafka(tmp_path_factory.mktemp("guarded")) as kafka:
        yield kafka


async def test_facts_travel_over_a_guarded_broker(
    guarded: GuardedKafka, stack: Stack, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench_for(
        probe_service(), stack, issuer, schema=SCHEMA, owner="intake",
        kafka_bootstrap_servers=guarded.bootstrap, kafka_security="SASL_SSL", kafka_username=guarded.username,
        kafka_password=guarded.password, kafka_ca_file=guarded.ca_file,
    ) as bench:  # fmt: skip
        monkeypatch.setenv("KAFKA_PASSWORD", guarded.password)
        words = [
            "--bootstrap-servers", guarded.bootstrap, "--prefix", bench.prefix, "--security", "SASL_SSL",
            "--username", guarded.username, "--ca-file", str(guarded.ca_file),
        ]  # fmt: skip
        assert await asyncio.to_thread(create_topics.main, words) == 0
        async with bench.running("relay", "consumer"):
            await bench.units.perform(lambda uow: make_probe("GUARDED", uow, 3), principal=system_principal("probe"))

            async def heard() -> bool:
                return bool(await bench.value("SELECT count(*) FROM effects") == 3)

            await eventually(heard, what="three effects over TLS")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_wrong_password_and_an_unknown_authority_are_turned_away(
    guarded: GuardedKafka, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--bootstrap-servers", guarded.bootstrap, "--security", "SASL_SSL", "--username", guarded.username]
    monkeypatch.setenv("KAFKA_PASSWORD", "wrong")
    trusted = ["--ca-file", str(guarded.ca_file)]
    assert await asyncio.to_thread(create_topics.main, [*words, *trusted]) == 1
    monkeypatch.setenv("KAFKA_PASSWORD", guarded.password)
    assert await asyncio.to_thread(create_topics.main, words) == 1
    assert guarded.password not in capsys.readouterr().err
    gc.collect()  # aiokafka may leave a refused connection to whoever collects; it shall not be the next test.


def test_half_a_setting_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="KAFKA_USERNAME"):
        ProbeSettings(database_url="postgresql://x", kafka_security="SASL_SSL", deployment="local")
    with pytest.raises(ValidationError, match="KAFKA_CA_FILE"):
        ProbeSettings(database_url="postgresql://x", kafka_ca_file=tmp_path / "none.pem", deployment="local")
    plain = ProbeSettings(database_url="postgresql://x", deployment="local", kafka_password=SecretStr("unused"))
    assert security_of(plain) is None
