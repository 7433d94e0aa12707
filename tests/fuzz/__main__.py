"""``python -m tests.fuzz``: a whole campaign, from the seed that it prints."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile

from tests.fuzz.campaign import TARGETS, run_campaign, run_contract, table


def main() -> int:
    """Run it and print the table; 1 if anything crashed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    for target in TARGETS.values():
        parser.add_argument(f"--{target.name}", type=int, default=target.full, metavar="N")
    parser.add_argument("--requests", type=int, default=50, metavar="N", help="for each operation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}, {chosen.processes} processes", flush=True)
    with tempfile.TemporaryDirectory() as added:  # documents that a user added stay out
        os.environ["DIANCE_ADDED_FOLDER"] = added
        counts = {name: getattr(chosen, name) for name in TARGETS}
        outcomes = run_campaign(counts, chosen.seed, chosen.processes)
        outcomes["API"] = run_contract(chosen.requests, chosen.seed)
    print(table(outcomes))
    crashes = [crash for outcome in outcomes.values() for crash in outcome.crashes]
    print(*crashes, sep="\n\n", file=sys.stderr)
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main())
