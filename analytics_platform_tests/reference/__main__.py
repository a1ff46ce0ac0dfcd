"""python -m analytics_platform_tests.reference --rounds 20 --seed 1: hold drawn stories against the reference.

A round takes half a minute. Ends with 1 and the first differences when a mart and the reference disagree.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from analytics_platform_tests.dbt_project.warehouse import Dbt, Warehouse
from analytics_platform_tests.reference.delivering import ZONE
from analytics_platform_tests.reference.search import search


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m analytics_platform_tests.reference", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="stories to hold")
    parser.add_argument("--seed", type=int, default=1, help="which stories are drawn")
    asked = parser.parse_args()
    os.environ.pop("DBT_TARGET", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dbt = Dbt(folder)

        def make() -> Warehouse:
            return Warehouse(dbt, Path(tempfile.mkdtemp(dir=folder)), platform_timezone=ZONE)

        try:
            search(make, asked.rounds, asked.seed)
        except AssertionError as difference:
            print(difference)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
