"""Lays the demo's pace over the districts' packs: ``python -m deploy.sandbox.pace <packs> <target>``.

Only deadlines, escalation policies, hours and the dates of visits change; no rule does.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

import yaml

DATES = ("visits_after", "medicine_controls_after")
PACE = Path(__file__).parent / "scenarios" / "lamongan-2022" / "pace.yaml"


def paced(pack: dict[str, Any], pace: dict[str, Any]) -> dict[str, Any]:
    """A casework pack with the demo's pace."""
    sla_rules = [dict(rule) for rule in pack["sla_rules"]]
    for rule in sla_rules:
        rule.update(pace["sla_rules_by_agency"].get(rule.get("agency", ""), {}))
    types = [
        {**rules, **{dates: pace[dates][: len(rules.get(dates, []))] for dates in DATES}}
        for rules in pack["case_types"]
    ]
    return {
        **pack,
        "version": f"{pack['version']}-demo",
        "calendars": {**pack["calendars"], **pace["calendars"]},
        "escalation_policies": {**pack["escalation_policies"], **pace["escalation_policies"]},
        "sla_rules": sla_rules,
        "case_types": types,
    }


def lay_pace(source: Path, target: Path) -> None:
    """Copy every pack; casework sections get the pace."""
    pace = yaml.safe_load(PACE.read_text())
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    for file in target.glob("*/casework.yaml"):
        pack = paced(yaml.safe_load(file.read_text()), pace)
        file.write_text(yaml.safe_dump(pack, sort_keys=False, allow_unicode=True))


if __name__ == "__main__":
    lay_pace(Path(sys.argv[1]), Path(sys.argv[2]))
