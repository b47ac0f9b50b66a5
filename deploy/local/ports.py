"""Ports on the loopback address, chosen once per state folder and kept, so that addresses survive a restart."""

import json
import random
import socket
from pathlib import Path

from deploy.local.places import write_whole

SERVICES = ("intake", "casework", "disbursement", "notifications")
APART = {
    **dict.fromkeys(("intake", "casework", "disbursement"), ("consumer", "relay", "worker")),
    "notifications": ("consumer", "relay"),
}
"""The processes of a service beside its API, where they run apart; a worker only where there are workflows."""

USUAL = {
    "postgres": 5432,
    "kafka": 9092,
    "kafka-controller": 9093,
    "temporal": 7233,
    "temporal-http": 7243,
    "temporal-metrics": 7253,
    "temporal-ui": 8233,
    "zipkin": 9411,
    "otlp": 4318,
    "keycloak": 8080,
    "keycloak-management": 9000,
    "sandbox": 8090,
    **{service: 8100 + 10 * number for number, service in enumerate(SERVICES, 1)},
    **{
        f"{service}-{part}": 8100 + 10 * number + offset
        for number, service in enumerate(SERVICES, 1)
        for offset, part in enumerate(APART[service], 1)
    },
}

# Below the kernel's own range: a port from inside it may be lent to an outgoing connection while an engine is down.
SPARE = range(20000, 32000)


def is_free(port: int) -> bool:
    """True when a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_ports(state: Path, *, usual: bool = True) -> dict[str, int]:
    """The ports of a state folder: those kept in `ports.json`, the missing ones chosen now and kept.

    With `usual` each part gets its well-known port while that is free; otherwise, as in tests, a spare one.
    """
    kept_in = state / "ports.json"
    kept = _read(kept_in)
    ports = {name: kept[name] for name in USUAL if name in kept}
    for name, preferred in USUAL.items():
        if name not in ports:
            ports[name] = preferred if usual and is_free(preferred) else _spare(set(ports.values()))
    if ports != kept:
        write_whole(kept_in, json.dumps(ports, indent=1) + "\n")
    return ports


def settle_ports(state: Path) -> list[str]:
    """Before a start: lend a spare port where another program has ours, take ours back where it is free again.

    A line about each change. Only while nothing of ours runs.
    """
    kept_in, own_in = state / "ports.json", state / "ports.own.json"
    kept = _read(kept_in)
    own = kept | _read(own_in)
    chosen, told = dict(kept), []
    for name, port in kept.items():
        if is_free(own[name]):
            chosen[name] = own[name]
            if port != own[name]:
                told.append(f"port {own[name]} of {name} is free again: taken back from {port}")
        elif port == own[name] or not is_free(port):
            chosen[name] = _spare({*kept.values(), *own.values(), *chosen.values()})
            told.append(f"port {port} of {name} is taken by another program: now {chosen[name]}")
    if chosen != kept:
        write_whole(own_in, json.dumps({name: own[name] for name in own if chosen[name] != own[name]}, indent=1) + "\n")
        write_whole(kept_in, json.dumps(chosen, indent=1) + "\n")
    return told


def _read(file: Path) -> dict[str, int]:
    return dict(json.loads(file.read_text())) if file.exists() else {}


def _spare(taken: set[int]) -> int:
    for _ in range(1000):
        port = random.choice(SPARE)
        if port not in taken and is_free(port):
            return port
    raise RuntimeError("no free port found between 20000 and 32000")
