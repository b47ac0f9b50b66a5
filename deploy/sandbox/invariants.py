"""What must hold after a journey, looked at from outside: databases, broker, bank, histories, telemetry."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
from temporalio.client import Client

from contracts.topics import all_topics
from deploy.local.engines import NAMESPACE, Site
from deploy.local.ports import SERVICES
from deploy.local.records import every_record
from deploy.sandbox.scenario import Scenario

SETTLE_SECONDS = 60


async def check_all(site: Site, scenario: Scenario, client: httpx2.AsyncClient, reports: set[str]) -> bool:
    """Check and print every invariant; True when all hold. What is still on its way gets a minute to arrive."""
    checks: list[tuple[str, Callable[[], Awaitable[str]]]] = [
        ("setiap perkara ditutup atau punya kejadian berikut", lambda: _next_event(site)),
        ("satu pemegang janji pada setiap serah terima", lambda: _one_promise(site)),
        ("setiap anak diminta dilindungi", lambda: _minors(site)),
        ("satu pemegang orang pada setiap saat", lambda: _one_custody(site)),
        ("akibat kejadian persis yang ditampilkan", lambda: _shown_is_done(site)),
        ("tindakan yang tercatat membentuk setiap baris", lambda: _folds(site)),
        ("buku besar berjumlah nol", lambda: _ledger(site)),
        ("setiap hak dibayar tepat sekali di bank", lambda: _paid_once(site, client)),
        ("tidak ada yang meninggal, ditahan atau ganda yang dibayar", lambda: _nobody_held_was_paid(site)),
        ("setiap gerak uang di bank ada di buku besar", lambda: _bank_in_the_books(site, client)),
        ("setiap pemberitahuan dikirim sekali", lambda: _told_once(site, client)),
        ("kotak keluar kosong", lambda: _outboxes(site)),
        ("tidak ada pesan yang tersisih", lambda: _dead_letters(site)),
        ("tidak ada data pribadi di topik", lambda: _topics(site, scenario)),
        ("tidak ada data pribadi di riwayat alur kerja", lambda: _histories(site, scenario)),
        ("tidak ada data pribadi di telemetri dan log", lambda: _files(site, scenario)),
    ]
    held = True
    for name, check in checks:
        breach = await _settled(check)
        print(f"  {'ok   ' if not breach else 'RUSAK'} {name}{': ' + breach if breach else ''}", flush=True)
        held = held and not breach
    print("Semua invarian terjaga." if held else "Ada invarian yang rusak.")
    return held


async def _settled(check: Callable[[], Awaitable[str]]) -> str:
    breach = ""
    for _ in range(SETTLE_SECONDS):
        try:
            breach = await check()
        except (OSError, asyncpg.PostgresError, httpx2.HTTPError) as error:
            breach = f"tidak dapat diperiksa ({type(error).__name__})"
        if not breach:
            return ""
        await asyncio.sleep(1)
    return breach


async def _rows(site: Site, service: str, sql: str, *values: Any) -> list[asyncpg.Record]:
    url = site.database_url(f"sigap_{service}", f"{service}_migrator", site.keys.databases[f"{service}_migrator"])
    connection = await asyncpg.connect(url, timeout=5)
    try:
        return list(await connection.fetch(sql, *values))
    finally:
        await connection.close()


async def _next_event(site: Site) -> str:
    rows = await _rows(
        site,
        "casework",
        """
        SELECT number FROM cases c
        WHERE c.state <> 'closed' AND coalesce(c.aid_state, '') NOT IN ('requested', 'entitled')
          AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.about_id = c.id AND h.due_at IS NOT NULL)
          AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.about_id = c.id AND t.state = 'open')
        """,
    )
    return ", ".join(row["number"] for row in rows[:5])


async def _one_promise(site: Site) -> str:
    rows = await _rows(
        site,
        "casework",
        """
        SELECT id FROM handoffs WHERE promise_holder IS NULL OR promise_holder NOT IN (from_agency, to_agency)
        UNION ALL
        SELECT group_id FROM handoffs WHERE state IN ('accepted', 'arrived', 'in-progress')
        GROUP BY group_id HAVING count(*) > 1
        UNION ALL
        SELECT id FROM cases WHERE holder IS NULL OR holder = ''
        """,
    )
    return ", ".join(str(row["id"]) for row in rows[:5])


async def _one_custody(site: Site) -> str:
    rows = await _rows(
        site,
        "casework",
        """
        SELECT a.person_id FROM custodies a JOIN custodies b ON a.person_id = b.person_id AND a.id < b.id
        WHERE tstzrange(a.since, a.until) && tstzrange(b.since, b.until) AND a.agency <> b.agency
          AND NOT EXISTS (SELECT 1 FROM case_findings f WHERE f.rule_key = 'custody:' || a.person_id
                          AND f.kind = 'CUSTODY_OVERLAP' AND f.cause IN (a.id || ':' || b.id, b.id || ':' || a.id))
        """,
    )
    return ", ".join(str(row["person_id"]) for row in rows[:5])


async def _minors(site: Site) -> str:
    """A case of an apparent minor has asked for protection; a double's is asked for by the case that goes on."""
    rows = await _rows(
        site,
        "casework",
        """
        SELECT number FROM cases c
        WHERE c.apparent_minor AND c.parent_case_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.about_id = c.id AND h.purpose = 'CHILD_PROTECTION')
        """,
    )
    return ", ".join(row["number"] for row in rows[:5])


SHOWN_IS_DONE = """
    WITH columns(item, aggregate) AS (VALUES
        ('NOT_ACCEPTED', 'handoffs'), ('ACCEPTED', 'handoffs'), ('IN_PROGRESS', 'handoffs'), ('VISIT', 'tasks'),
        ('TASK', 'tasks'), ('CUSTODY', 'custodies'), ('SERVICE', 'cases'), ('CONDITION', 'conditions')),
    effects(aggregate, disposition, key, becomes) AS (VALUES
        ('handoffs', 'EXPIRES', 'state', '{expired}'::text[]),
        ('handoffs', 'EXPIRES_AND_NOTIFIED', 'state', '{expired}'), ('handoffs', 'FAILS', 'state', '{failed}'),
        ('handoffs', 'RECEIVER_ASKED', NULL, NULL), ('tasks', 'ENDS', 'state', '{cancelled,done}'),
        ('tasks', 'REPLACED', 'state', '{cancelled}'),
        ('tasks', 'HANDED_ON', 'state', '{cancelled}'), ('tasks', 'PAUSED', 'state', '{paused}'),
        ('tasks', 'RESUMED', 'state', '{open}'), ('conditions', 'ENDS', 'state', '{void}'),
        ('custodies', 'CLOSES_AS_UNKNOWN', 'ended_reason', '{ABSCONDED}'), ('cases', 'ENDS', 'outcome', NULL),
        ('cases', 'PAUSED', 'outcome', '{ABSCONDED}'), ('cases', 'RESUMED', 'outcome', NULL)),
    kept AS (
        SELECT o.case_id, o.recorded_at, (line ->> 'id')::uuid AS id, e.key, e.becomes
        FROM occurrences o CROSS JOIN jsonb_array_elements(o.consequences) AS line
        JOIN columns c ON c.item = line ->> 'item'
        JOIN effects e ON e.aggregate = c.aggregate AND e.disposition = line ->> 'disposition'
        WHERE line ->> 'id' IS NOT NULL),
    of_case AS (
        SELECT id, about_id AS case_id, 'state' AS key FROM handoffs UNION ALL
        SELECT id, about_id, 'state' FROM tasks UNION ALL SELECT id, matter_id, 'state' FROM conditions UNION ALL
        SELECT id, about_id, 'ended_reason' FROM custodies UNION ALL SELECT id, id, 'outcome' FROM cases)
    SELECT id, number FROM cases WHERE id IN (
        SELECT k.case_id FROM kept k
        WHERE k.key IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM actions a WHERE a.aggregate_id = k.id AND a.recorded_at = k.recorded_at
            AND a.changes ? k.key AND (k.becomes IS NULL OR a.changes ->> k.key = ANY (k.becomes)))
        UNION
        SELECT w.case_id FROM occurrences o JOIN of_case w ON w.case_id = o.case_id
        JOIN actions a ON a.aggregate_id = w.id AND a.recorded_at = o.recorded_at AND a.version > 1
            AND a.changes ? w.key
        WHERE NOT EXISTS (SELECT 1 FROM kept k WHERE k.id = a.aggregate_id AND k.recorded_at = a.recorded_at))
"""
"""Cases in which an occurrence did not do what it said to an open item, or did something to one without saying it."""


async def _shown_is_done(site: Site) -> str:
    """What is kept of an occurrence is what was shown: it is compared with what the same act wrote."""
    rows = await _rows(site, "casework", SHOWN_IS_DONE)
    return ", ".join(row["number"] for row in rows[:5])


FOLDED = {
    "intake": ("reports",),
    "casework": (
        "cases",
        "handoffs",
        "deadlines",
        "conditions",
        "custodies",
        "case_findings",
        "tasks",
        "documents",
        "letters",
        "links",
        "closing_rounds",
        "forced_closings",
        "closures",
    ),
}


async def _folds(site: Site) -> str:
    """The current row is what folding its actions gives (columns the database itself fills are left out)."""
    for service, tables in FOLDED.items():
        for table in tables:
            rows = await _rows(
                site,
                service,
                f"""
                WITH folded AS (
                    SELECT aggregate_id, jsonb_object_agg(key, value ORDER BY version) AS row
                    FROM actions, jsonb_each(changes) WHERE aggregate = '{table}' GROUP BY aggregate_id)
                SELECT t.id FROM {table} t JOIN folded f ON f.aggregate_id = t.id
                WHERE (f.row ->> 'version')::int <> t.version OR f.row ->> 'state' IS DISTINCT FROM
                      (to_jsonb(t) ->> 'state')
                UNION ALL
                SELECT t.id FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM folded f WHERE f.aggregate_id = t.id)
                """,  # noqa: S608
            )
            if rows:
                return f"{service}.{table}: {rows[0]['id']}"
    return ""


async def _ledger(site: Site) -> str:
    rows = await _rows(site, "disbursement", "SELECT coalesce(sum(amount), 0) AS total FROM postings")
    return "" if rows[0]["total"] == 0 else f"selisih {rows[0]['total']}"


async def _paid_once(site: Site, client: httpx2.AsyncClient) -> str:
    answer = await client.get(f"http://127.0.0.1:{site.ports['sandbox']}/bank/payments")
    answer.raise_for_status()
    twice = [payment for payment in answer.json() if payment["times"] != 1]
    credited = await _rows(site, "casework", "SELECT count(*) AS count FROM cases WHERE aid_state = 'credited'")
    if twice:
        return f"{len(twice)} dibayar lebih dari sekali"
    if len(answer.json()) != credited[0]["count"]:
        return f"{len(answer.json())} dibayar, {credited[0]['count']} perkara menerima"
    return ""


async def _nobody_held_was_paid(site: Site) -> str:
    """Whoever was dead, held or a double before the file left is not paid, or somebody has it to decide."""
    rows = await _rows(
        site,
        "disbursement",
        """
        SELECT p.id FROM payments p JOIN batches b ON b.id = p.batch_id JOIN entitlements e ON e.id = p.entitlement_id
        WHERE p.credited_rupiah > 0
          AND (EXISTS (SELECT 1 FROM holds h WHERE h.aid_request_id = e.aid_request_id AND h.state <> 'let-go'
                       AND h.recorded_at < b.sent_at)
               OR EXISTS (SELECT 1 FROM deaths d JOIN case_persons c ON c.case_id = d.case_id
                          WHERE d.stands AND c.person_id = e.person_id AND d.died_at < b.sent_at)
               OR EXISTS (SELECT 1 FROM case_doubles d
                          WHERE d.stands AND d.case_id = e.case_id AND d.since < b.sent_at))
          AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.entitlement_id = e.id)
        """,
    )
    return ", ".join(str(row["id"]) for row in rows[:5])


async def _bank_in_the_books(site: Site, client: httpx2.AsyncClient) -> str:
    """What the bank says it paid, what its lines moved and what the books took from the cash are the same rupiah."""
    answer = await client.get(f"http://127.0.0.1:{site.ports['sandbox']}/bank/payments")
    answer.raise_for_status()
    paid = sum(int(payment["amount"]) * payment["times"] for payment in answer.json())
    rows = await _rows(
        site,
        "disbursement",
        """
        SELECT (SELECT coalesce(sum(moved_rupiah), 0) FROM bank_movements) AS moved,
               (SELECT coalesce(-sum(p.amount), 0) FROM postings p JOIN journal_entries e ON e.id = p.entry_id
                WHERE e.kind = 'PAYMENT' AND p.account IN (
                    SELECT DISTINCT part ->> 'cash_account' FROM aid_packs,
                    jsonb_array_elements(body -> 'programmes') AS part)) AS booked
        """,
    )
    moved, booked = int(rows[0]["moved"]), int(rows[0]["booked"])
    return "" if paid == moved == booked else f"bank {paid}, mutasi {moved}, buku {booked}"


async def _told_once(site: Site, client: httpx2.AsyncClient) -> str:
    answer = await client.get(f"http://127.0.0.1:{site.ports['sandbox']}/gateway/messages")
    answer.raise_for_status()
    messages = answer.json()
    if not messages:
        return "belum ada pemberitahuan"
    twice = [message for message in messages if message["times"] != 1]
    return f"{len(twice)} dikirim lebih dari sekali" if twice else ""


async def _outboxes(site: Site) -> str:
    waiting = []
    for service in SERVICES:
        rows = await _rows(site, service, "SELECT count(*) AS count FROM outbox WHERE sent_at IS NULL")
        if rows[0]["count"]:
            waiting.append(f"{service} {rows[0]['count']}")
    return ", ".join(waiting)


async def _dead_letters(site: Site) -> str:
    waiting = []
    for service in SERVICES:
        rows = await _rows(
            site,
            service,
            "SELECT count(*) AS count, min(error_code) AS code FROM dead_letters"
            " WHERE state IN ('dead', 'blocked', 'replay')",
        )
        if rows[0]["count"]:
            waiting.append(f"{service} {rows[0]['count']} ({rows[0]['code']})")
    return ", ".join(waiting)


def _found(text: bytes, values: Sequence[bytes]) -> bool:
    return any(value in text for value in values)


def _needles(scenario: Scenario) -> list[bytes]:
    return [value.encode() for value in scenario.personal_values()]


async def _topics(site: Site, scenario: Scenario) -> str:
    """Every record of every topic: key, headers and body."""
    needles = _needles(scenario)
    house = {topic.name for topic in all_topics()}
    async with aclosing(every_record(f"127.0.0.1:{site.ports['kafka']}", house.__contains__)) as records:
        async for record in records:
            parts = [record.key or b"", record.value or b"", *(value for _, value in record.headers)]
            if any(_found(part, needles) for part in parts):
                return str(record.topic)
    return ""


async def _histories(site: Site, scenario: Scenario) -> str:
    needles = _needles(scenario)
    client = await Client.connect(f"127.0.0.1:{site.ports['temporal']}", namespace=NAMESPACE)
    async for run in client.list_workflows():
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        if any(_found(event.SerializeToString(), needles) for event in history.events):
            return run.id
    return ""


async def _files(site: Site, scenario: Scenario) -> str:
    """The trace journal and every log. The simulators' own memory is theirs and not looked at."""
    needles = _needles(scenario)

    def search() -> str:
        for folder in ("log", "traces"):
            for file in sorted((site.state / folder).rglob("*")) if (site.state / folder).exists() else []:
                if file.is_file() and _file_holds(file, needles):
                    return str(file.relative_to(site.state))
        return ""

    return await asyncio.to_thread(search)


def _file_holds(file: Path, needles: Sequence[bytes]) -> bool:
    return _found(file.read_bytes(), needles)
