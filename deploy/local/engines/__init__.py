"""How to start each engine. Serves `make up` and the tests alike."""

from deploy.local.engines.broker import KAFKA_SETTINGS, kafka
from deploy.local.engines.identity import KEEPER_CLIENT, forget_realm, keycloak, realm_digest
from deploy.local.engines.keycloak_tables import restore_keycloak, save_keycloak
from deploy.local.engines.postgresql import postgres, wipe_elsewhere
from deploy.local.engines.programs import run
from deploy.local.engines.site import Site, open_site
from deploy.local.engines.traces import otlp, zipkin
from deploy.local.engines.workflows import NAMESPACE, temporal

__all__ = [
    "KAFKA_SETTINGS",
    "KEEPER_CLIENT",
    "NAMESPACE",
    "Site",
    "forget_realm",
    "kafka",
    "keycloak",
    "open_site",
    "otlp",
    "postgres",
    "realm_digest",
    "restore_keycloak",
    "run",
    "save_keycloak",
    "temporal",
    "wipe_elsewhere",
    "zipkin",
]
