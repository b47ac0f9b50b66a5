"""The settings every process of the system is given, all by the environment."""

from deploy.local.accounts import AUDIENCE, PAGES_CLIENT, REALM
from deploy.local.engines import NAMESPACE
from deploy.local.keys import Keys, public_key
from deploy.local.places import CHECKOUT, state_folder
from deploy.local.ports import SERVICES


def service_environment(service: str, ports: dict[str, int], keys: Keys) -> dict[str, str]:
    """All variables of one service, the same for each of its processes but `OPS_PORT`."""
    database = f"127.0.0.1:{ports['postgres']}/sigap_{service}"
    settings = {
        "DATABASE_URL": f"postgresql://{service}_app:{keys.databases[f'{service}_app']}@{database}",
        "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{ports['kafka']}",
        "TOPIC_PREFIX": "",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{ports['temporal']}",
        "TEMPORAL_NAMESPACE": NAMESPACE,
        "TASK_QUEUE": service,
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(ports[service]),
        "ROOT_PATH": f"/{service}",
        "PUBLIC_URL": service_url(service, ports),
        "OIDC_ISSUER": issuer_url(ports),
        "OIDC_AUDIENCE": AUDIENCE,
        "OIDC_CLIENT_ID": PAGES_CLIENT,
        "PROCESS_SLOT": "0",
        "DISTRICT_PACKS": str(CHECKOUT / "deploy" / "districts"),
        "SEALING_PRIVATE_KEY": keys.sealing[service],
        "TRACE_PAGE_URL": f"http://127.0.0.1:{ports['zipkin']}/zipkin",
        "LOG_FOLDER": str(state_folder() / "log"),
        "DEPLOYMENT": "local",
    } | _of_this_service(service, ports, keys)
    return {f"{service.upper()}_{name}": value for name, value in settings.items()} | telemetry(service, ports)


def migrator_environment(service: str, ports: dict[str, int], keys: Keys) -> dict[str, str]:
    """What makes a service's tables beside; no process that serves holds it."""
    database = f"127.0.0.1:{ports['postgres']}/sigap_{service}"
    password = keys.databases[f"{service}_migrator"]
    return {f"{service.upper()}_MIGRATOR_DATABASE_URL": f"postgresql://{service}_migrator:{password}@{database}"}


def telemetry(name: str, ports: dict[str, int]) -> dict[str, str]:
    """Where a process sends its traces, and under which name."""
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{ports['otlp']}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_SERVICE_NAME": name,
    }


def issuer_url(ports: dict[str, int]) -> str:
    """Who signs the tokens."""
    return f"http://127.0.0.1:{ports['keycloak']}/realms/{REALM}"


def service_url(service: str, ports: dict[str, int]) -> str:
    """Where a service is found by agencies and people."""
    return f"http://127.0.0.1:{ports[service]}/{service}"


def sandbox_environment(ports: dict[str, int], keys: Keys) -> dict[str, str]:
    """What the simulated agencies, bank and gateway need; client secrets they read through `deploy.local.accounts`."""
    return {
        "SANDBOX_HTTP_PORT": str(ports["sandbox"]),
        "SANDBOX_OIDC_ISSUER": issuer_url(ports),
        "SANDBOX_GATEWAY_REPORT_SECRET": keys.gateway,
        **{f"SANDBOX_{service.upper()}_URL": service_url(service, ports) for service in SERVICES},
    } | telemetry("sandbox", ports)


def _of_this_service(service: str, ports: dict[str, int], keys: Keys) -> dict[str, str]:
    sandbox = f"http://127.0.0.1:{ports['sandbox']}"
    match service:
        case "intake":
            recipients = ",".join(f"{name}={public_key(keys.sealing[name])}" for name in SERVICES)
            return {
                "SEALING_RECIPIENTS": recipients,
                "DUKCAPIL_URL": f"{sandbox}/dukcapil",
                "BPJS_URL": f"{sandbox}/bpjs",
            }
        case "casework":
            teller = f"notifications={public_key(keys.sealing['notifications'])}"
            return {
                "DOCUMENTS_FOLDER": str(state_folder() / "documents"),
                "SEALING_RECIPIENTS": teller,
                "IDENTITY_SECRET": keys.identity["casework"],
            }
        case "disbursement":
            return {"BANK_URL": f"{sandbox}/bank", "IDENTITY_SECRET": keys.identity["disbursement"]}
        case "notifications":
            return {"GATEWAY_URL": f"{sandbox}/gateway", "GATEWAY_REPORT_SECRET": keys.gateway}
        case _:
            return {}
