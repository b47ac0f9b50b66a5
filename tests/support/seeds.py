"""Where chance begins: the same in every run, elsewhere in a release check (`make test-whole`), which says where."""

import os


def chosen_seed(usual: int) -> int:
    """What ``SIGAP_SEED`` says, else the test's own."""
    return int(os.environ.get("SIGAP_SEED") or usual)
