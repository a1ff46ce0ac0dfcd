"""Stories drawn by hypothesis: what arrives is shuffled, repeated, delayed, voided and cut, and every mart stays equal.

Lives here: how a story arrives, in one run of the platform or in several, and the search. Does not live here: what is
told in it (``stories``, ``streams``).
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import hypothesis
from hypothesis import strategies

from analytics_platform_tests.dbt_project.warehouse import Warehouse
from analytics_platform_tests.reference import stories, streams
from analytics_platform_tests.reference.delivering import Deliveries, Line

SHOWN = 12  # differences of one step


@dataclass(frozen=True)
class Plan:
    """How much is told, and what happens to it on the way. Shares are of the lines."""

    seed: int
    runs: int
    odd: int = 200  # statements of no known system
    repeated: float = 0.1
    delayed: float = 0.2
    lost: float = 0.0
    broken: float = 0.02
    voided: int = 12
    with_files: bool = True


# hypothesis draws the first of each to begin with.
PLANS = strategies.builds(
    Plan,
    seed=strategies.integers(0, 2**31),
    runs=strategies.sampled_from([2, 1, 3]),
    odd=strategies.sampled_from([100, 20, 300]),
    repeated=strategies.sampled_from([0.1, 0.0, 0.4]),
    delayed=strategies.sampled_from([0.2, 0.0, 0.6]),
    lost=strategies.sampled_from([0.1, 0.0, 0.5]),
    broken=strategies.sampled_from([0.02, 0.0]),
    voided=strategies.sampled_from([20, 0, 60]),
    with_files=strategies.sampled_from([True, False]),
)


def told(plan: Plan, rng: random.Random) -> list[Line]:
    lines = stories.statements(rng, plan.odd)
    lines += streams.profile_statements(rng, plan.odd // 10)
    lines += [stories.voiding(rng, number, lines) for number in range(plan.voided)]
    lines += streams.player_events(rng, plan.odd // 6) + streams.telemetry(rng, plan.odd)
    lines += streams.chats(rng, plan.odd // 10)
    return [line for line in lines if rng.random() >= plan.lost]


def arrivals(plan: Plan) -> list[list[Line]]:
    """What each run finds: lines late by days, again, changed under the same id, cut off in the middle."""
    rng = random.Random(plan.seed)
    arrived = []
    for line in told(plan, rng):
        wait = timedelta(microseconds=rng.randrange(1, 40_000_000))
        if rng.random() < plan.delayed:
            wait += timedelta(days=rng.randint(1, 9))
        arrived.append(replace(line, at=line.at + wait))
        if rng.random() < plan.repeated:
            again = replace(line, at=arrived[-1].at + timedelta(seconds=rng.choice([1, 3600, 86_400, 864_000])))
            if line.table == "xapi/statements" and rng.random() < 0.2 and isinstance(line.payload, dict):
                again = replace(again, payload=line.payload | {"verb": {"id": f"{stories.ADL}/verbs/changed"}})
            arrived.append(again)
        if rng.random() < plan.broken:
            whole = json.dumps(line.payload)
            arrived.append(replace(line, payload=whole[: rng.randint(1, len(whole) - 1)], at=arrived[-1].at))
    if plan.with_files:
        arrived += stories.files(rng)
    rng.shuffle(arrived)
    return [arrived[number :: plan.runs] for number in range(plan.runs)]


def hold(plan: Plan, warehouse: Warehouse, say: Callable[[str], None]) -> None:
    """Deliver a story run by run; after each of them every mart has to equal the reference."""
    deliveries = Deliveries(warehouse)
    for number, lines in enumerate(arrivals(plan), 1):
        days = deliveries.deliver(lines)
        found = deliveries.differences()
        say(f"{plan}, run {number}: {len(lines)} lines, {len(days)} days built, {len(found)} differences")
        shown = "\n".join(str(one) for one in found[:SHOWN])
        assert not found, f"{len(found)} differences after run {number} of {plan}; the first ones:\n{shown}"


def search(make: Callable[[], Warehouse], rounds: int, seed: int, say: Callable[[str], None] = print) -> None:
    """Hold so many drawn stories; the same seed draws the same ones. Plans that failed are told at the end."""
    failed: list[str] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=rounds,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],  # a plan is small already, and each try costs a build
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(PLANS)
    def rounds_of(plan: Plan) -> None:
        try:
            hold(plan, make(), say)
        except AssertionError as difference:
            failed.append(str(difference))

    rounds_of()
    assert not failed, "\n\n".join(failed)
