"""The house's layout, checked: each test tells what goes wrong without its rule."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import ROOT, SERVICES, imports_of, modules, passed_through

ROOT_FILES = {"__init__", "__main__", "settings", "wiring", "subscriptions"}
SUBJECT_FILES = {
    "__init__", "domain", "access", "messages", "tables", "repository", "facts", "commands", "queries", "api",
    "schemas", "pages", "handlers", "workflow", "activities", "adapter", "sweep",
}  # fmt: skip
WINGS = {"casework": {"oversight", "case", "papers", "desks", "handoff", "person", "office"}}
"""Services whose subjects stand in groups: a wing holds subjects, and `wing.py` that says what they bring."""
NOT_A_SUBJECT = {"migrations", "templates", "static", "__pycache__"}


def subjects(service: str) -> Iterator[Path]:
    base = ROOT / "services" / service
    for house in [base / wing for wing in sorted(WINGS[service])] if service in WINGS else [base]:
        for folder in sorted(house.iterdir()):
            if folder.is_dir() and folder.name not in NOT_A_SUBJECT:
                yield folder


@pytest.mark.parametrize("service", SERVICES)
def test_the_same_file_names_stand_in_every_subject(service: str) -> None:
    """A new role is a decision: whoever knows one subject must know all."""
    base = ROOT / "services" / service
    assert {file.stem for file in base.glob("*.py")} <= ROOT_FILES
    if wings := WINGS.get(service):
        assert {folder.name for folder in base.iterdir() if folder.is_dir()} - NOT_A_SUBJECT == wings
        assert {file.name for wing in wings for file in (base / wing).glob("*.py")} == {"__init__.py", "wing.py"}
    for subject in subjects(service):
        names = {file.stem for file in subject.glob("*.py")}
        allowed = SUBJECT_FILES | ({"blocks"} if subject.name == "procedures" else set())
        assert names <= allowed, f"{subject}: {names - allowed}"


PURE = (
    "contracts.values", "services.chassis.errors", "services.chassis.names", "services.chassis.principal",
    "services.chassis.workflow", "pydantic", "temporalio",
)  # fmt: skip
STANDARD = sys.stdlib_module_names


RULES = {"domain", "access", "messages", "workflow", "blocks", "definition"}


def is_rule(file: Path) -> bool:
    """A rule's file, or a part of one that grew into a folder of the same name ([wing/]subject/domain/…)."""
    folders = file.relative_to(ROOT / "services").parts[:-1]
    return file.stem in RULES or bool(RULES & set(folders[2:]))


def test_rules_know_no_framework_no_table_and_no_event() -> None:
    """A rule that imports a framework cannot be tested by itself, and a workflow that does is not deterministic.

    A workflow names its activities, past the sandbox: it calls them by reference, so that their arguments are checked.
    """
    for service in SERVICES:
        for file in filter(is_rule, modules(ROOT / "services" / service)):
            names_activities = file.stem in ("workflow", "blocks")
            activities = {n for n in passed_through(file) if n.endswith(".activities")} if names_activities else set()
            for name in imports_of(file) - activities:
                top = name.split(".")[0]
                of_service = name.startswith(f"services.{service}.")
                own = of_service and set(name.split(".")[3:6]) & (RULES - {"workflow"})
                package = of_service and name.count(".") == (3 if service in WINGS else 2)
                assert top in STANDARD or name.startswith(PURE) or own or package, f"{file}: {name}"


def test_a_workflow_calls_its_activities_by_reference() -> None:
    """By a name in quotes no type checker sees a wrong argument: a running case finds it, years later."""
    called_by_name = re.compile(r"execute(_local)?_activity\(")
    for file in modules(ROOT / "services"):
        if file.stem in ("workflow", "blocks"):
            assert not called_by_name.search(file.read_text()), file


def test_events_are_met_where_they_are_heard_and_said() -> None:
    """A contract class deep inside a service ties its rules to what it happens to publish today."""
    for service in SERVICES:
        for file in modules(ROOT / "services" / service):
            if any(name.startswith("contracts.events") for name in imports_of(file)):
                assert file.stem in {"handlers", "facts", "subscriptions"}, file


def test_only_the_database_module_commits() -> None:
    """A second commit splits a command: half of it stays when the other half fails."""
    pattern = re.compile(r"\.commit\(")
    allowed = {"services/chassis/database/unit.py", "services/chassis/migrations.py", "services/chassis/consumer.py"}
    for file in modules(ROOT / "services"):
        if pattern.search(file.read_text()):
            assert str(file.relative_to(ROOT)) in allowed, file


def test_queries_stand_in_repositories() -> None:
    """A select elsewhere escapes review, scope and the next change of the table."""
    for service in SERVICES:
        for file in modules(ROOT / "services" / service):
            names = {
                alias.name
                for node in ast.walk(ast.parse(file.read_text()))
                if isinstance(node, ast.ImportFrom) and node.module in ("sqlmodel", "sqlalchemy")
                for alias in node.names
            }
            if "select" in names:
                assert file.stem == "repository", file


def test_time_and_ids_come_from_the_clock_or_the_transaction() -> None:
    """A hidden clock makes a rule untestable and a deadline wrong by the skew of a machine."""
    pattern = re.compile(r"datetime\.now\(|date\.today\(|uuid4\(\)|utcnow\(")
    for file in modules(ROOT / "services"):
        if file.name != "clock.py":
            assert not pattern.search(file.read_text()), file


def test_nothing_hard_codes_one_office() -> None:
    """514 districts: a district's code, an agency or an amount in code is somebody else's bug."""
    pattern = re.compile(r"35\.24|lamongan|dinsos-", re.IGNORECASE)
    for file in [*modules(ROOT / "services"), *modules(ROOT / "contracts" / "events")]:
        code = "\n".join(
            line
            for line in file.read_text().splitlines()
            if "example" not in line and not line.strip().startswith(("#", '"', "`"))
        )
        code = re.sub(r'""".*?"""', "", code, flags=re.DOTALL)
        assert not pattern.search(code), file


def test_every_row_carries_its_district() -> None:
    """One installation may serve a province: a row without a district cannot be kept apart."""
    for service in SERVICES:
        for file in modules(ROOT / "services" / service):
            if file.stem != "tables":
                continue
            for node in ast.parse(file.read_text()).body:
                is_table = isinstance(node, ast.ClassDef) and any(k.arg == "table" for k in node.keywords)
                if is_table:
                    assert isinstance(node, ast.ClassDef)
                    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                    assert bases & {"Aggregate", "DistrictRow", "PackRow"}, f"{file}: {node.name}"


LINES = 400
REASON = re.compile(r'(# |""")Above 400 lines: \S')


def is_too_long(text: str) -> bool:
    """Whether a module grew past the limit without a first line that says why."""
    return text.count("\n") > LINES and REASON.match(text) is None


def test_a_module_of_many_lines_says_why() -> None:
    """What does not fit on a few screens is about more than one thing: nobody reads it to its end before changing it,
    and two people who change two matters meet in it.
    """
    long = [
        str(file.relative_to(ROOT))
        for folder in ("services", "contracts", "deploy", "tests", "benchmarks")
        for file in modules(ROOT / folder)
        if is_too_long(file.read_text())
    ]
    assert not long, (
        f"{long}: above {LINES} lines. Part it by what it is about (a module that grew becomes a folder of the same "
        "name), or begin it with «# Above 400 lines: » and why it stays whole."
    )


def test_a_long_module_is_seen_and_its_reason_is_heard() -> None:
    lines = "x = 1\n" * LINES
    assert not is_too_long(lines)
    assert is_too_long(lines + "y = 1\n")
    assert is_too_long("# Above 400 lines:\n" + lines)
    assert not is_too_long("# Above 400 lines: a table that is read as one.\n" + lines)


def test_no_name_says_nothing() -> None:
    """`utils` takes everything and tells nothing."""
    empty = {"utils", "helpers", "common", "misc", "manager", "util", "helper"}
    for folder in ("services", "contracts", "deploy", "tests"):
        for file in modules(ROOT / folder):
            assert file.stem not in empty, file
            assert not empty & set(file.parts), file


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_alone_from_a_bare_copy(service: str, tmp_path: Path) -> None:
    """A service that needs another one's code cannot be released by itself."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts", ignore=ignore)
    (tmp_path / "services").mkdir()
    shutil.copy(ROOT / "services" / "__init__.py", tmp_path / "services" / "__init__.py")
    for part in ("chassis", service):
        shutil.copytree(ROOT / "services" / part, tmp_path / "services" / part, ignore=ignore)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        f"import services.{service}.wiring as w; assert w.__file__.startswith(sys.argv[1]), w.__file__"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_links_in_documents_lead_somewhere() -> None:
    """A dead link is the first thing a newcomer meets."""
    link = re.compile(r"\]\(([^)#]+?)(#[^)]*)?\)")
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("services/*/README.md")]:
        for target, _ in link.findall(document.read_text()):
            if not target.startswith(("http:", "https:", "mailto:")):
                assert (document.parent / target).exists(), f"{document}: {target}"
