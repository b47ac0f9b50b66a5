"""``make mutate-workflows``: changes workflows by one thing at a time and sees whether somebody notices.

``MUTANTS`` says how many (20), ``SIGAP_SEED`` which ones (1), ``MUTANTS_IN`` what their names contain. Exit code 1
when one survives that is not on the reviewed list.
"""

import os
import sys
from collections import Counter

from tests.mutants.reviewed import reason_for
from tests.mutants.running import Noticed, all_mutants, chosen, judged
from tests.support.seeds import chosen_seed


def main() -> int:
    """Try the chosen mutants and list the survivors."""
    count, seed = int(os.environ.get("MUTANTS") or 20), chosen_seed(1)
    everyone = [mutant for mutant in all_mutants() if os.environ.get("MUTANTS_IN", "") in mutant.name]
    to_notice = [mutant for mutant in everyone if not reason_for(mutant.name, mutant.change)]
    same = len(everyone) - len(to_notice)
    mutants = chosen(to_notice, count, seed)
    print(f"{len(mutants)} of {len(to_notice)} mutants, seed {seed}; {same} more mean the same and are reviewed")
    figures: Counter[tuple[str, str]] = Counter()
    survivors = 0
    for verdict in judged(mutants):
        mutant = verdict.mutant
        figures[mutant.kind, verdict.noticed] += 1
        if verdict.noticed is Noticed.NOBODY:
            survivors += 1
            print(f"survived: {mutant.kind} {mutant.file}:{mutant.line} {mutant.function}: {mutant.change}", flush=True)
    for (kind, noticed), number in sorted(figures.items()):
        print(f"{kind}, noticed by {noticed}: {number}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
