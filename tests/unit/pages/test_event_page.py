"""What a service says and hears is shown beside its API, from the committed document and nothing else."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from services.chassis.processes import build_app
from services.chassis.service import Service
from tests.support.every_service import SERVICES
from tests.support.probe import probe_service

DOCUMENTS = Path(__file__).parents[3] / "contracts" / "asyncapi"


async def answer_of(service: Service, path: str) -> httpx2.Response:
    app = build_app(service, service.settings.model_construct(database_url=""), None)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=f"http://sigap/{service.name}") as client:
        return await client.get(path, headers={"Accept": "text/html"})


def document_of(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCUMENTS / f"{service.name}.yaml").read_text())
    return found


def told(page: str) -> dict[str, str]:
    """The text of each message on the page, by its direction and type."""
    articles = re.findall(r'<article[^>]* id="([^"]+)">(.*?)</article>', page, re.DOTALL)
    return {name: " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split()) for name, text in articles}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_the_page_tells_every_message_with_its_topic_fields_and_example(service: Service) -> None:
    answer = await answer_of(service, "/docs/peristiwa")
    assert answer.status_code == 200
    document, articles = document_of(service), told(answer.text)
    assert set(articles) == {name.replace(".", "-", 1) for name in document["operations"]}
    for name, operation in document["operations"].items():
        action, type_name = name.split(".", 1)
        assert action == operation["action"]
        message, text = document["components"]["messages"][type_name], articles[f"{action}-{type_name}"]
        topic = operation["channel"]["$ref"].removeprefix("#/channels/")
        for expected in (type_name, message["title"], message["description"], topic, operation.get("title", "")):
            assert " ".join(expected.split()) in text, name
        for field, schema in message["payload"]["properties"].items():
            kinds = [choice["type"] for choice in schema.get("anyOf", [schema]) if choice["type"] != "null"]
            assert any(f"{field} {kind}" in text for kind in kinds), f"{name}: {field}"
        assert message["examples"]
        for field in message["examples"][0]["payload"]:
            assert f'"{field}": ' in text, f"{name}: no example of {field}"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_the_page_asks_no_other_host_and_no_script(service: Service) -> None:
    page = (await answer_of(service, "/docs/peristiwa")).text
    addresses = re.findall(r'\b(?:href|src|action)="([^"]*)"', page)
    assert addresses
    assert all(address.startswith((f"/{service.name}/", "#")) for address in addresses), addresses
    assert "<script" not in page
    targets = set(re.findall(r'\bid="([^"]*)"', page))
    assert {address[1:] for address in addresses if address.startswith("#")} <= targets


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_the_two_descriptions_lead_to_each_other_and_to_the_document(service: Service) -> None:
    events, docs = [(await answer_of(service, path)).text for path in ("/docs/peristiwa", "/docs")]
    assert f'href="/{service.name}/docs"' in events
    assert f'href="/{service.name}/docs/peristiwa"' in docs
    assert f'href="/{service.name}/asyncapi.yaml"' in events
    raw = await answer_of(service, "/asyncapi.yaml")
    assert raw.status_code == 200
    assert raw.headers["content-type"].startswith("application/yaml")
    assert raw.text == (DOCUMENTS / f"{service.name}.yaml").read_text()


async def test_a_service_without_a_document_has_no_such_page() -> None:
    for path in ("/docs/peristiwa", "/asyncapi.yaml"):
        assert (await answer_of(probe_service(), path)).status_code == 404
