"""Every query on packs beyond reading the one in force."""

import asyncpg

from services.casework.office.directory.domain import DayOffKind
from services.chassis.database import Gauge, with_states

_DECREES = with_states("""
    SELECT p.district, NOT EXISTS (
        SELECT FROM jsonb_array_elements(p.body->'days_off') off
        WHERE off->>'kind' = {national} AND NOT (off->>'is_forecast')::boolean
        AND left(off->>'day', 4) = to_char(
            (now() + (p.body->>'decree_wanted_within')::interval) AT TIME ZONE (p.body->>'zone'), 'YYYY')
    ) AS is_missing
    FROM (SELECT DISTINCT ON (district) district, body FROM packs ORDER BY district, loaded_at DESC, version DESC) p
""", national=DayOffKind.NATIONAL)  # fmt: skip


async def gauges(pool: asyncpg.Pool) -> list[Gauge]:
    """Districts whose calendar will soon reach days that no decree has named."""
    rows = await pool.fetch(_DECREES)
    return [("sigap_calendar_decree_missing", {"district": r["district"]}, float(r["is_missing"])) for r in rows]
