"""How to start each engine. Serves `make up` and the tests alike."""

from deploy.local.engines.broker import KAFKA_SETTINGS, kafka
from deploy.local.engines.identity import (
    KEEPER_CLIENT,
    forget_realm,
    keycloak,
    realm_digest,
    realm_standing,
    write_realm_standing,
)
from deploy.local.engines.keycloak_tables import restore_keycloak, save_keycloak
from deploy.local.engines.postgresql import move_elsewhere, place_cluster, postgres, postgres_binaries, wipe_elsewhere
from deploy.local.engines.programs import run
from deploy.local.engines.site import Site, open_site
from deploy.local.engines.traces import otlp, zipkin
from deploy.local.engines.workflows import NAMESPACE, WORKFLOWS, temporal

__all__ = [
    "KAFKA_SETTINGS",
    "KEEPER_CLIENT",
    "NAMESPACE",
    "WORKFLOWS",
    "Site",
    "forget_realm",
    "kafka",
    "keycloak",
    "move_elsewhere",
    "open_site",
    "otlp",
    "place_cluster",
    "postgres",
    "postgres_binaries",
    "realm_digest",
    "realm_standing",
    "restore_keycloak",
    "run",
    "save_keycloak",
    "temporal",
    "wipe_elsewhere",
    "write_realm_standing",
    "zipkin",
]
