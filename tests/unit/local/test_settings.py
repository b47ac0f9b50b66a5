"""Ports, keys, realm and settings of a site."""

import base64
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey, SealedBox
from pydantic_settings import SettingsConfigDict

from deploy.local.accounts import CLIENTS, MACHINES, STAFF
from deploy.local.engines import Site, open_site, realm_digest
from deploy.local.environment import migrator_environment, service_environment
from deploy.local.keys import open_keys, public_key
from deploy.local.ports import SERVICES, SPARE, USUAL, choose_ports, settle_ports
from deploy.local.realm import realm
from services.chassis.settings import ServiceSettings


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return open_site(tmp_path, usual_ports=False, clients=CLIENTS)


def test_ports_are_chosen_once_and_differ(tmp_path: Path) -> None:
    ports = choose_ports(tmp_path, usual=False)
    assert choose_ports(tmp_path) == ports
    assert set(ports) == set(USUAL)
    assert len(set(ports.values())) == len(USUAL)
    assert all(port in SPARE for port in ports.values())


def test_a_usual_port_that_is_taken_is_passed_over(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        usual = dict(USUAL)
        USUAL["zipkin"] = taken
        try:
            assert choose_ports(tmp_path)["zipkin"] in SPARE
        finally:
            USUAL.update(usual)


def test_a_kept_port_that_was_taken_since_is_replaced_and_told(tmp_path: Path) -> None:
    ports = choose_ports(tmp_path, usual=False)
    with socket.create_server(("127.0.0.1", ports["kafka"])):
        (line,) = settle_ports(tmp_path)
        assert f"port {ports['kafka']} of kafka is taken" in line
        again = choose_ports(tmp_path)
        assert again["kafka"] != ports["kafka"]
        assert {name for name in again if again[name] != ports[name]} == {"kafka"}
        assert settle_ports(tmp_path) == []
        assert choose_ports(tmp_path) == again, "lent once, kept while the other program has ours"


def test_a_port_of_ours_that_is_free_again_is_taken_back(tmp_path: Path) -> None:
    ports = choose_ports(tmp_path, usual=False)
    with socket.create_server(("127.0.0.1", ports["keycloak"])):
        settle_ports(tmp_path)
        with socket.create_server(("127.0.0.1", choose_ports(tmp_path)["keycloak"])):
            settle_ports(tmp_path)
    (line,) = settle_ports(tmp_path)
    assert f"port {ports['keycloak']} of keycloak is free again" in line
    assert choose_ports(tmp_path) == ports
    assert settle_ports(tmp_path) == []


def test_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    keys = open_keys(tmp_path, ("rsj-menur",))
    assert open_keys(tmp_path, ("rsj-menur",)) == keys
    more = open_keys(tmp_path, ("rsj-menur", "rsj-lawang"))
    assert more.clients["rsj-menur"] == keys.clients["rsj-menur"]
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    passwords = [keys.postgres, keys.staff, *keys.databases.values(), *keys.clients.values()]
    assert all(password.startswith("demo-") for password in passwords)


def test_a_sealing_key_opens_what_its_public_key_sealed(site: Site) -> None:
    private = site.keys.sealing["casework"]
    sealed = SealedBox(PrivateKey(base64.b64decode(private)).public_key).encrypt(b"seen")
    assert SealedBox(PrivateKey(base64.b64decode(private))).decrypt(sealed) == b"seen"
    assert len(base64.b64decode(public_key(private))) == 32


@pytest.mark.parametrize("service", SERVICES)
def test_the_environment_of_a_service_satisfies_its_settings(
    site: Site, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Settings(ServiceSettings):
        model_config = SettingsConfigDict(extra="ignore", frozen=True, env_prefix=f"{service.upper()}_")

    for name, value in service_environment(service, site.ports, site.keys).items():
        monkeypatch.setenv(name, value)
    settings = Settings.from_environment()
    assert settings.deployment == "local"
    assert settings.http_port == site.ports[service]
    assert settings.root_path == f"/{service}"
    assert settings.public_url == f"http://127.0.0.1:{settings.http_port}/{service}"
    assert f"{service}_app:" in settings.database_url
    assert settings.migrator_database_url == "", "a process that serves does not hold it"
    (beside,) = migrator_environment(service, site.ports, site.keys).values()
    assert f"{service}_migrator:" in beside


def test_intake_knows_every_recipient_of_sealed_keys(site: Site) -> None:
    recipients = service_environment("intake", site.ports, site.keys)["INTAKE_SEALING_RECIPIENTS"]
    assert [entry.split("=", 1)[0] for entry in recipients.split(",")] == list(SERVICES)


def clients(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {client["clientId"]: client for client in made["clients"]}


def test_the_realm_holds_every_account(site: Site) -> None:
    made = realm(site)
    assert set(clients(made)) == {*CLIENTS, "sigap-pages", "sigap-keeper"}
    usernames = {user["username"] for user in made["users"]}
    assert {person.username for person in STAFF} <= usernames
    assert {f"service-account-{account.client}" for account in MACHINES} <= usernames


def test_the_realm_is_the_same_each_time_and_changes_with_a_port(site: Site) -> None:
    assert realm_digest(realm(site)) == realm_digest(realm(site))
    moved = Site(site.state, site.ports | {"intake": 1}, site.keys)
    assert realm_digest(realm(moved)) != realm_digest(realm(site))


def test_staff_sign_in_needs_pkce_and_comes_back_to_our_pages_only(site: Site) -> None:
    pages = clients(realm(site))["sigap-pages"]
    assert pages["attributes"]["pkce.code.challenge.method"] == "S256"
    assert pages["redirectUris"] == [f"http://127.0.0.1:{site.ports[name]}/{name}/*" for name in SERVICES]
    assert not pages["directAccessGrantsEnabled"]
