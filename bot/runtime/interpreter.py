"""How Python runs a server that has loaded all it will ever load. Ours, measured in docs/performance.md."""

from __future__ import annotations

import gc
import sys

# Objects made before the youngest are looked through: a message makes thousands, and next to none in circles.
_YOUNGEST, _YOUNGER, _OLD = 20_000, 20, 100
# A thread that comes back from the database waits no longer than this for the interpreter (5 ms are usual).
_SWITCH_SECONDS = 0.0005


def tune_interpreter() -> None:
    """Tune Python for a loaded server: collect garbage less often and not in what is loaded, switch threads sooner."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST, _YOUNGER, _OLD)
    sys.setswitchinterval(_SWITCH_SECONDS)
