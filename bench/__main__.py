"""``python -m bench [NAMES…] [--scale 1.0] [--list]``: run benchmarks, print a table, write ``bench/results.json``.

A limit that is missed is said plainly and is no error: the numbers of a busy machine are not a test.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module

from bench.measuring import Result, bench_folder

BENCHMARKS = (
    "lake_day",
    "history",
    "backfill",
    "year",
    "empty_day",
    "chain",
    "definitions",
    "simulator",
    "labels",
    "chat_labels",
    "learning",
    "insights",
    "live",
    "collector",
    "nocodb",
    "video",
    "readers",
    "pages",
    "size",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed and memory of the platform, as ratios.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"Of {', '.join(BENCHMARKS)}. Default: all.")
    parser.add_argument("--scale", type=float, default=1.0, help="Share of the full volume, as 0.1.")
    parser.add_argument("--list", action="store_true", help="Say what each benchmark measures.")
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - set(BENCHMARKS))
    if unknown or asked.scale <= 0:
        parser.error(f"{', '.join(unknown)}: no such benchmark" if unknown else "--scale must be above 0")
    names = asked.names or list(BENCHMARKS)
    if asked.list:
        for name in names:
            print(f"{name:12} {(import_module(f'bench.{name}').__doc__ or '').splitlines()[0]}")
        return
    results: list[Result] = []
    for name in names:
        print(f"{name} …", flush=True)
        started = time.monotonic()
        found: list[Result] = import_module(f"bench.{name}").measure(asked.scale)
        for result in found:
            print(f"  {told(result)}")
            for key, value in result.detail.items():
                print(f"    {key}: {value}")
        print(f"  measured in {time.monotonic() - started:.0f} s", flush=True)
        results += found
        write(results)
    print(table(results))


def write(results: Sequence[Result]) -> None:
    """After each benchmark, so that an interrupted run keeps what it has."""
    text = json.dumps([asdict(result) for result in results], indent=2)
    (bench_folder() / "results.json").write_text(text + "\n", "utf-8")


def told(result: Result) -> str:
    verdict = {True: "met", False: "MISSED", None: "no limit"}[result.met]
    return (
        f"{result.name:20} {result.value:12,.2f} {result.unit:9} {result.reference:12,.2f} {result.ratio:8.2f}"
        f"   {result.limit:16} {verdict}"
    )


def table(results: Sequence[Result]) -> str:
    head = f"{'name':20} {'value':>12} {'unit':9} {'reference':>12} {'ratio':>8}   {'limit':16}"
    missed = [result.name for result in results if result.met is False]
    end = f"Limits missed: {', '.join(missed)}." if missed else "Every limit is met."
    return "\n".join(["", head, *map(told, results), "", end])


if __name__ == "__main__":
    main()
