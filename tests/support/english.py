"""English in what people read."""

import re

ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "the is are was not must should please error invalid missing with for from this that you your cannot "
        "already request failed unknown found allowed",
    )
)
"""Words that give an English sentence away; none of them is Indonesian."""
