"""`python -m tests.chaos`: the reliability suite. Prints its figures; exits 1 when a promise was broken.

python -m tests.chaos --charts 20000 --json          # the whole quota of faults
python -m tests.chaos --charts 200 --faults none     # no fault: does the pipeline balance at all?
python -m tests.chaos --charts 1000 --planted all    # a run for each planted fault: all of them must be caught
"""

import argparse
import json
import signal
import sys
from pathlib import Path

from tests.chaos.faults import NO_FAULTS, Quota
from tests.chaos.planted import PLANTS
from tests.chaos.planting import HARMLESS, caught, planted_run
from tests.chaos.scenario import Result, Run, run

QUOTAS = {"none": NO_FAULTS, "some": Quota().times(0.4), "all": Quota()}


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--charts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", choices=sorted(QUOTAS), default="all", help="how many kills, deaths and stops")
    parser.add_argument("--planted", choices=[*sorted(filter(None, PLANTS)), "all"], help="break the workers so")
    parser.add_argument("--folder", type=Path, help="keep broker, database, logs and the feed's ledger here")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended then too
    names = [] if asked.planted is None else [asked.planted]
    if asked.planted == "all":
        names = sorted(filter(None, PLANTS))
    if not names:
        result = run(Run(asked.charts, asked.seed, QUOTAS[asked.faults]), asked.folder)
        _tell(result)
        if asked.json:
            print(json.dumps({**result.figures, "broken": result.broken, "refused": result.refused}))
        return 0 if result.clean else 1
    verdicts, wrong = dict[str, str](), 0
    for name in names:
        folder = None if asked.folder is None else asked.folder / name
        result = run(planted_run(name, asked.charts, asked.seed), folder)
        _tell(result)
        how = ("clean, as it must be" if result.clean else None) if name in HARMLESS else caught(result)
        verdicts[name] = how or "NOT AS IT SHOULD BE"
        print(f"{name}: {verdicts[name]}", flush=True)
        wrong += how is None
    if asked.json:
        print(json.dumps(verdicts))
    return 1 if wrong else 0


def _tell(result: Result) -> None:
    for name, figure in result.figures.items():
        print(f"{name:>20}: {figure}")
    for name, count in result.broken.items():
        print(f"BROKEN {count:6d} {name}: {'; '.join(result.examples[name])}")
    if result.refused:
        print(f"STOPPED {result.refused}: {result.figures['exits']}")
    print("every promise was kept" if result.clean else "PROMISES WERE BROKEN, or a guard stopped the run", flush=True)


if __name__ == "__main__":
    sys.exit(main())
