"""One contender, in its own process and environment: loads once, then runs whenever it is told to.

Speaks JSON, a line each, over standard input and output. Uses the standard library alone, so that every
environment can run it.
"""

import importlib.util
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def load(script: str) -> Callable[[dict[str, Any]], Callable[[], dict[str, float]]]:
    """Return the function `prepare` of a contender's script."""
    spec = importlib.util.spec_from_file_location(Path(script).stem, script)
    assert spec is not None
    assert spec.loader is not None, script
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(Path(__file__).parent))
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.prepare


def main() -> None:
    # What contenders print goes to standard error; answers alone go to standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**content: Any) -> None:
        print(json.dumps(content), file=answers, flush=True)

    run = load(sys.argv[1])(json.loads(sys.argv[2]))
    answer(ready=True)
    for _ in sys.stdin:
        result = run()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # kilobytes on Linux
        answer(**result, peak_mb=round(peak))


if __name__ == "__main__":
    main()
