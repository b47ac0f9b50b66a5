"""How tests may lean on each other."""

from tests.support.checkout import ROOT, imports_of, modules

SHARED = ("tests.support", "tests.mutants")


def test_tests_share_through_support_alone() -> None:
    """A test module that others import cannot be split, renamed or dropped without breaking tests of something else."""
    for folder in ("tests", "benchmarks"):
        for file in modules(ROOT / folder):
            for name in imports_of(file):
                if name.split(".")[0] == "tests":
                    shared = ".".join(name.split(".")[:2]) in SHARED
                    assert shared, f"{file} imports {name}: move what both need into tests/support"
