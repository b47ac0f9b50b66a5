"""``python -m deploy.sandbox.journey [story] [people]``: one real operation from the street to aftercare and paid aid.

Satpol PP's program posts the operation; the agencies' programs answer by themselves; this program plays the office's
staff, who sign in at the real provider. Killed in the middle and run again it goes on with the same operation.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from deploy.local.accounts import STAFF, accounts, open_demo_site
from deploy.local.engines import Site
from deploy.sandbox.api import OurApi
from deploy.sandbox.identity import CannotSignIn, Machine, Person
from deploy.sandbox.invariants import check_all
from deploy.sandbox.scenario import FIRST, Scenario, Someone, load_scenario

LIMIT_SECONDS = 600


@dataclass(slots=True)
class Journey:
    """The operation under way, and who plays the staff."""

    site: Site
    scenario: Scenario
    client: httpx2.AsyncClient
    state_file: Path
    started: float = field(default_factory=time.monotonic)
    reports: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def say(self, text: str) -> None:
        """A progress line, once."""
        if text not in self.told:
            self.told.add(text)
            print(f"  {time.monotonic() - self.started:6.1f} s  {text}", flush=True)

    def url(self, service: str) -> str:
        """Where a service is."""
        return f"http://127.0.0.1:{self.site.ports[service]}/{service}"

    def staff(self, username: str, service: str) -> OurApi:
        """A member of staff at one of our services."""
        person = _people.setdefault(username, Person(accounts(self.site), username))
        return OurApi(self.client, self.url(service), person, username)

    def satpolpp(self, service: str) -> OurApi:
        """Satpol PP's program."""
        known = accounts(self.site)
        machine = Machine(known.issuer, "satpolpp-lamongan", known.client_secrets["satpolpp-lamongan"])
        return OurApi(self.client, self.url(service), machine, "satpolpp-lamongan")


_people: dict[str, Person] = {}


def _remember(journey: Journey) -> dict[str, Any]:
    """The unfinished operation, or a new one."""
    times = 0
    if journey.state_file.exists():
        known: dict[str, Any] = json.loads(journey.state_file.read_text())
        if not known["finished"]:
            return known
        times = known["times"] + 1
    conducted = datetime.now(UTC) - timedelta(days=journey.scenario.conducted_days_ago)
    known = {"occasion": str(uuid4()), "conducted_at": conducted.isoformat(), "times": times, "finished": False}
    _keep(journey, known)
    return known


def _keep(journey: Journey, known: dict[str, Any]) -> None:
    journey.state_file.parent.mkdir(parents=True, exist_ok=True)
    partial = journey.state_file.with_suffix(".partial")
    partial.write_text(json.dumps(known))
    partial.replace(journey.state_file)


def report_body(someone: Someone, found_at: str, *, channel: str, urgency: str) -> dict[str, Any]:
    """One person as a report tells of them."""
    person = {name: getattr(someone, name) for name in ("sex", "features", "name", "nik", "approximate_age_years")}
    return {
        "channel": channel,
        "kind": someone.kind,
        "urgency": urgency,
        "village_code": someone.village,
        "found_at": found_at,
        "person": {name: value for name, value in person.items() if value},
    }


def operation_body(scenario: Scenario, conducted_at: str) -> dict[str, Any]:
    """The operation as Satpol PP's program posts it."""
    reports = [
        {
            **report_body(someone, conducted_at, channel="OTHER_AGENCY", urgency="URGENT"),
            "circumstances": "Ditemukan saat operasi ketertiban.",
            "evidence": [{"digest": f"{number:064x}", "captured_at": conducted_at}],
        }
        for number, someone in enumerate(scenario.people)
    ]
    return {
        "order_number": scenario.order_number,
        "place_code": scenario.place_code,
        "conducted_at": conducted_at,
        "reports": reports,
    }


async def run(journey: Journey) -> int:
    """Post, play the staff until everything has ended, show the table and the invariants."""
    known = _remember(journey)
    journey.scenario = journey.scenario.again(known["times"])
    body = operation_body(journey.scenario, known["conducted_at"])
    made = await _insist(partial(_post, journey, "/operations", body, known["occasion"]))
    for someone, report in zip(journey.scenario.people, made["reports"], strict=True):
        journey.reports[report["report_id"]] = someone.key
    journey.say(f"Satpol PP melaporkan operasi dengan {len(made['reports'])} orang")
    for someone in journey.scenario.calls:
        body = report_body(someone, known["conducted_at"], channel="PHONE", urgency="EMERGENCY")
        occasion = f"{known['occasion']}:{someone.key}"
        told = await _insist(partial(_post, journey, "/reports", body, occasion))
        journey.reports[told["report_id"]] = someone.key
    journey.say(f"{len(journey.scenario.calls)} keadaan darurat dilaporkan lewat telepon")
    ends = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < ends:
        try:
            if await _turn(journey):
                known["finished"] = True
                _keep(journey, known)
                return await _finish(journey)
        except (httpx2.HTTPError, CannotSignIn, OSError) as error:
            journey.say(f"menunggu sistem ({type(error).__name__})")
            await asyncio.sleep(1)
        await asyncio.sleep(0.7)
    print(f"Operasi belum selesai dalam {LIMIT_SECONDS} s; jalankan «make demo» lagi untuk melanjutkan.")
    await _finish(journey)
    return 1


async def _insist(work: Any) -> Any:
    """Try until the system is there."""
    for _ in range(120):
        try:
            return await work()
        except (httpx2.HTTPError, CannotSignIn, OSError):
            await asyncio.sleep(1)
    raise SystemExit("Sistem tidak dapat dihubungi; lihat «make status» dan «make logs».")


async def _post(journey: Journey, path: str, body: dict[str, Any], occasion: str) -> Any:
    answer = await journey.satpolpp("intake").post(path, body, occasion=occasion)
    if answer.status_code >= 500 or answer.status_code == 401:
        answer.raise_for_status()
    if answer.status_code >= 300:
        raise SystemExit(f"Laporan ditolak: {answer.text}")
    return answer.json()


async def _turn(journey: Journey) -> bool:
    """One round of the staff's work; True when every case has ended and all aid is settled."""
    cases = await _cases(journey)
    if not await _mark_double(journey, cases):
        return False
    await _office_desk(journey, {case["case_id"] for case in cases})
    if len(cases) < len(journey.reports):
        return False
    journey.say(f"{len(cases)} perkara dibuka")
    by_state = Counter(case["state"] for case in cases)
    for stage, count in Counter(case["stage"] for case in cases if case["state"] == "open").items():
        journey.say(f"tahap {stage}: {count} perkara")
    if by_state["open"] == 0:
        journey.say("semua pelayanan berakhir; pembinaan lanjut berjalan")
        await _pay(journey, cases)
    journey.say(f"{by_state['closed']} dari {len(cases)} perkara ditutup")
    return by_state["closed"] == len(cases)


async def _cases(journey: Journey) -> list[dict[str, Any]]:
    api = journey.staff("sri.peksos", "casework")
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = await api.get("/cases", limit=200, **({"after": after} if after else {}))
        found += [case for case in page["items"] if case["source_report_id"] in journey.reports]
        after = page["next_after"]
        if after is None:
            return found


async def _mark_double(journey: Journey, cases: list[dict[str, Any]]) -> bool:
    """A caseworker notices that two patrols saw the same person; false while a case of theirs is not open yet."""
    report_of = {key: report_id for report_id, key in journey.reports.items()}
    case_of = {case["source_report_id"]: case for case in cases}
    api = journey.staff("sri.peksos", "casework")
    for someone in journey.scenario.people:
        if someone.doubles is None or f"double:{someone.key}" in journey.told:
            continue
        case, parent = case_of.get(report_of[someone.key]), case_of.get(report_of[someone.doubles])
        if case is None or parent is None:
            return False
        if case["state"] == "open":
            body = {"parent_case_id": parent["case_id"]}
            answer = await api.post(f"/cases/{case['case_id']}/duplicate", body, occasion=case["case_id"])
            answer.raise_for_status()
        journey.told.add(f"double:{someone.key}")
        journey.say("petugas menandai satu perkara ganda")
    return True


async def _office_desk(journey: Journey, cases: set[str]) -> None:
    """The office's desk: take custody with a berita acara, read results, do its tasks.

    Tasks about other cases than the story's stay: whoever was taken for another waits for the office's own conference.
    """
    api = journey.staff("sri.peksos", "casework")
    after = None
    while True:
        page = await api.get(
            "/handoffs", limit=200, state=["requested", "received", "accepted", "arrived", "in-progress",
                                           "completed", "failed"], **({"after": after} if after else {})
        )  # fmt: skip
        for handoff in page["items"]:
            await _act(api, handoff)
        after = page["next_after"]
        if after is None:
            break
    for task in (await api.get("/tasks", limit=200))["items"]:
        if task["about_kind"] == "case" and task["about_id"] not in cases:
            continue
        body = {"result_code": OFFICE_TASKS[task["kind"]]}
        await api.post(f"/tasks/{task['task_id']}/completion", body, occasion=task["task_id"])
        journey.say(f"petugas menyelesaikan tugas {task['kind']}")


OFFICE_TASKS = {
    "FIRST_RESPONSE": "DANGEROUS",
    "SHELTER_ASSESSMENT": "FIRST_TIME_LOCAL",
    "GUARANTEE_LETTER": "ISSUED",
    "PBI_REACTIVATION": "REACTIVATED",
    "DISTRICT_FUNDING": "FUNDED",
    "WAY_OUT": "PLACEMENT",
    "REROUTE": "ELDERLY",
    "STAY_OVER_LIMIT": "EXTENDED",
    "CASE_CONFERENCE": "SEARCH_AGAIN",
    "SEARCH_PERSON": "NOT_FOUND",
    "BURIAL": "BURIED",
    "IDENTITY_REVIEW": "SAME_PERSON",
}
"""How the office ends each task of its own in this story."""


OFFICE_MOVES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("accept", "acceptance", {}),
    ("arrive", "arrival", {"ba_number": "BA"}),
    ("start", "start", {}),
    ("complete", "completion", {"result_code": "IN_CARE"}),
    ("close", "closure", {}),
)


async def _act(api: OurApi, handoff: dict[str, Any]) -> None:
    """Do what is legal now for the office, one step after another."""
    legal = set(handoff["legal_now"])
    for move, path, body in OFFICE_MOVES:
        if move not in legal:
            continue
        sent = dict(body)
        if "ba_number" in sent:
            sent["ba_number"] = f"BA/CUST/{int(handoff['handoff_id'][-8:], 16) % 10**8}"
        answer = await api.post(f"/handoffs/{handoff['handoff_id']}/{path}", sent, occasion=handoff["handoff_id"])
        if answer.status_code >= 300:
            return
        detail = await api.get(f"/handoffs/{handoff['handoff_id']}")
        legal = set(detail["legal_now"])


async def _pay(journey: Journey, cases: list[dict[str, Any]]) -> None:
    """Propose the list of waiting entitlements; two other people approve it."""
    if any(case["aid_state"] == "requested" for case in cases):
        return
    proposer = journey.staff("budi.kabid", "disbursement")
    waiting = [case for case in cases if case["aid_state"] == "entitled"]
    if not waiting:
        return
    batches = (await proposer.get("/batches", limit=200))["items"]
    open_batches = [batch for batch in batches if batch["state"] in ("proposed", "endorsed")]
    if not open_batches:
        established = (await proposer.get("/entitlements", limit=200, state="established"))["items"]
        if not established:
            return
        ids = sorted(item["entitlement_id"] for item in established)
        body = {"programme_code": established[0]["programme_code"], "entitlement_ids": ids}
        answer = await proposer.post("/batches", body, occasion=",".join(ids))
        if answer.status_code >= 300:
            journey.say(f"usulan daftar bayar ditolak: {answer.text[:200]}")
            return
        journey.say(f"daftar bayar diusulkan untuk {len(ids)} hak bantuan")
        open_batches = answer.json()["lists"]
    for batch in open_batches:
        for username in ("wati.verifikator", "hadi.kadis"):
            api = journey.staff(username, "disbursement")
            now = await api.get(f"/batches/{batch['batch_id']}")
            body = {"digest": now["digest"], "expected_version": now["version"]}
            if "approve" in now["legal_now"]:
                answer = await api.post(f"/batches/{batch['batch_id']}/approvals", body, occasion=now["digest"])
                if answer.status_code < 300:
                    journey.say(f"{username} menyetujui daftar bayar")
                else:
                    journey.say(f"{username}: {answer.text[:200]}")


async def _finish(journey: Journey) -> int:
    """The result table, the logins, the addresses, the invariants."""
    api = journey.staff("sri.peksos", "casework")
    zipkin = f"http://127.0.0.1:{journey.site.ports['zipkin']}/zipkin/"
    print()
    print(f"{'Perkara':<27} {'Orang':<13} {'Jalur':<48} ST Esk {'Hasil':<16} {'Bantuan':<9} Jejak")
    for case in sorted(await _cases(journey), key=lambda c: str(c["number"])):
        detail = await api.get(f"/cases/{case['case_id']}")
        path = " ".join(agency for agency, _ in groupby(_short(c["agency"]) for c in detail["custody"]))
        escalations = sum(handoff["escalations"] for handoff in detail["handoffs"])
        end = int(time.time() * 1000)
        link = (
            f"{zipkin}?annotationQuery=case.id%3D{case['source_report_id']}"
            f"&lookback=millis&millis=86400000&endTs={end}&limit=50"
        )
        print(
            f"{case['number']:<27} {journey.reports[case['source_report_id']]:<13} {path:<48} "
            f"{len(detail['handoffs']):>2} {escalations:>3} {case['outcome'] or '–':<16} "
            f"{case['aid_state'] or '–':<9} {link}"
        )
    print()
    _show_addresses(journey)
    return 0 if await check_all(journey.site, journey.scenario, journey.client, set(journey.reports)) else 1


def _short(agency: str) -> str:
    return agency.replace("-lamongan", "").replace("puskesmas", "pkm")


def _show_addresses(journey: Journey) -> None:
    ports = journey.site.ports
    print("Masuk sebagai (kata sandi sama untuk semua):", accounts(journey.site).staff_password)
    for person in STAFF:
        print(f"  {person.username:<18} {person.agency:<18} {', '.join(person.roles)}")
    print("Halaman dan API:")
    print(f"  daftar kerja      {journey.url('casework')}/")
    print(f"  persetujuan       {journey.url('disbursement')}/")
    print(f"  lapor, untuk umum {journey.url('intake')}/lapor")
    print(f"  loket             {journey.url('intake')}/loket")
    for service in ("intake", "casework", "disbursement", "notifications"):
        print(f"  API {service:<13} {journey.url(service)}/docs")
    print(f"  jejak (Zipkin)    http://127.0.0.1:{ports['zipkin']}/zipkin/")
    print(f"  Temporal          http://127.0.0.1:{ports['temporal-ui']}/")
    print("Coba dahulu: laporkan seseorang pada halaman lapor, tanpa masuk, dan catat kode lacaknya; masuk sebagai")
    print("sri.peksos pada loket, buka laporannya, nyatakan benar. Pada daftar kerja: ambil perkaranya, catat asesmen,")
    print("susun dan ajukan rencana; budi.kabid menyetujuinya. Minta kepada instansi, lalu baca riwayatnya.")
    print()


async def main(name: str = FIRST, people: str = "") -> int:
    """Open the site and go; with a number of people only so many of the story's."""
    try:
        scenario = load_scenario(name)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if people:
        scenario = scenario.model_copy(update={"people": scenario.people[: int(people)]})
    site = open_demo_site()
    state_file = site.state / "demo" / f"{name}.json"
    async with httpx2.AsyncClient(timeout=30) as client:
        return await run(Journey(site, scenario, client, state_file))


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(*sys.argv[1:])))
    except KeyboardInterrupt:
        print("\nDihentikan. Sistem tetap berjalan: `make demo` meneruskan, `make down` menghentikannya.")
        sys.exit(130)
