"""What happens on the days of the hard fortnight: the simulated day arrives, and something goes wrong.

Day 1 is 20 March 2026: the clock changes in Europe on day 10, a month ends on day 12. Does not live here: the
processes (``installation``), what must hold at the end (``verdict``).
"""

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform.simulator import Plan, simulate
from analytics_platform_tests.lines import raw, statement
from analytics_platform_tests.running.installation import GOOD, Installation

START, DAYS, PEOPLE = date(2026, 3, 20), 14, 40
LATE_TABLE, SILENT = TABLES["xapi/statements"], "telemetry/events"
MENDED_ON = 8
LEFT_FREE = 1_000_000  # bytes on the full disk


class Fortnight:
    """The days, and what is done on them from outside. ``small_disk`` says whether the home can be filled."""

    def __init__(self, platform: Installation, store: Path, days: int, small_disk: bool, say: Callable[[str], None]):
        self.platform, self.store, self.days, self.say = platform, store, days, say
        self.small_disk, self.left_out = small_disk, list[str]()
        plan = Plan(start=START, people=PEOPLE, days=DAYS)
        lake = open_lake(Settings(platform_home=store, _env_file=None))
        if not (store / "truth.json").exists():
            simulate(plan, lake.landing, lake.store, store / "truth.json")
        self.roster = (store / "simulated" / "roster.csv").read_text("utf-8")

    def run(self, first: int) -> None:
        if first == 1:
            self.drop("roster", "roster-2026-03-20.csv", self.roster)
            self.drop("lesson-map", "map-2026-03-20.csv", (self.store / "simulated/lesson-map.csv").read_text("utf-8"))
        for number in range(first, self.days + 1):
            day = START + timedelta(days=number - 1)
            began = datetime.now()  # noqa: DTZ005
            self._day(number, day)
            self.move_to(day + timedelta(days=1), 0, 31)  # the daily run is due, and the day's reports
            self.platform.settle(2 if number == self.days else 1)
            self._date_reports()
            self.say(f"day {number:2} {day}: {(datetime.now() - began).seconds} s, {self._counts()}")  # noqa: DTZ005

    def _day(self, number: int, day: date) -> None:
        self.move_to(day, 21, 30)
        self.arrive(day, without={SILENT} if number in (6, 7, 8) else set())
        if number == 3:
            self.late(day - timedelta(days=2), 3)
        if number == 5:
            self.say(f"run {self.platform.run_at('dbt_build')} is killed in dbt")
            self.platform.kill_run_processes()
            self.platform.settle()
        if number == 6:
            self.fill_the_disk()
        if number == MENDED_ON:
            self.platform.start(GOOD)  # the parser is mended: every day is parsed anew
        if number == 9:  # three days of a source at once
            for missed in range(1, 4):
                self.arrive(day - timedelta(days=missed), only={SILENT})
            self.poison(day)
            self.drop("roster", f"roster-{day}.csv", self.renamed())
        if number == 10:  # after the week was closed and reported
            self.late(day - timedelta(days=9), 4)
        if number == 11:
            self.say(f"the daemon is killed beside run {self.platform.run_at('dbt_build')}")
            self.platform.kill_daemon()
        if number == 13:
            self.say(f"the power is cut in run {self.platform.run_at('dbt_build')}")
            self.platform.cut_power()

    def _date_reports(self) -> None:
        """Files carry the real time; when a report was written decides whether it is written again."""
        now = self.platform.clock.now().timestamp()
        for file in self.platform.settings.reports_folder.glob("*/*/about.json"):
            if file.stat().st_mtime > now:
                os.utime(file, (now, now))

    def move_to(self, day: date, hour: int, minute: int) -> None:
        """Forward only: a settling may have passed the hour already."""
        at = datetime.combine(day, time(hour, minute), UTC)
        if at > self.platform.clock.now():
            self.platform.clock.set(at)

    def arrive(self, day: date, without: set[str] = frozenset(), only: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        """The simulated lines of a day, as the segments that a connector writes."""
        for path in only or TABLES.keys() - without:
            for file in sorted((self.store / "landing" / path / f"day={day}").glob("*")):
                self._place(f"landing/{path}/day={day}/{file.name}", file.read_bytes())

    def late(self, day: date, count: int) -> None:
        lines = [
            statement(
                f"late-{day}-{number}",
                timestamp=f"{day}T10:0{number}:00Z",
                actor={"mbox": f"mailto:late{number}@example.org"},
                result={"response": f"Late answer {number}"},
            )
            for number in range(count)
        ]
        text = b"".join(
            b'{"received_at":"%sT09:00:00Z","origin":"late","payload":%s}\n' % (str(day).encode(), raw(line))
            for line in lines
        )
        self._place(f"landing/{LATE_TABLE.path}/day={day}/late-{count}.ndjson", text)

    def poison(self, day: date) -> None:
        """A torn file, a file that is no JSON, a line of a megabyte, and a roster that is a picture."""
        folder = f"landing/{LATE_TABLE.path}/day={day}"
        whole = next((self.store / folder).glob("*.zst")).read_bytes()
        self._place(f"{folder}/torn.ndjson.zst", whole[: len(whole) // 2])
        self._place(f"{folder}/garbage.ndjson", os.urandom(5000) + b'\n{"payload":\n\0\0\n')
        self._place(f"{folder}/long.ndjson", b'{"payload":"' + b"x" * 1_000_000 + b'"}\n')
        self.drop("roster", "picture.csv", "\x89PNG\r\n\x1a\n" + "\0" * 500)

    def renamed(self) -> str:
        """The roster with other names for half of its first cohort; the addresses stay."""
        rows = list(csv.DictReader(io.StringIO(self.roster)))
        first = next(name for name in rows[0] if "first" in name.lower())
        cohort = [row for row in rows if (row["Group"], row["Team"]) == (rows[0]["Group"], rows[0]["Team"])]
        for row in cohort[::2]:
            row[first] = f"Re{row[first].lower()}"
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def fill_the_disk(self) -> None:
        """Nothing can be written while the day's lines are built; in the morning somebody makes room."""
        if not self.small_disk:
            self.left_out.append("the full disk: no small file system can be mounted here")
            return
        home = self.platform.settings.home
        ballast = home / "ballast"
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(home).free - LEFT_FREE))
        try:
            self.platform.watch(90)
        finally:
            ballast.unlink()
        self.platform.settle()

    def drop(self, kind: str, name: str, text: str) -> None:
        """A file into the watched folder, whole and old enough to be taken."""
        self._place(f"imports/{kind}/{name}", text.encode("utf-8", "surrogateescape"), settled=True)

    def _place(self, key: str, content: bytes, settled: bool = False) -> None:
        target = self.platform.settings.home / key
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.draft")
        draft.write_bytes(content)
        if settled:
            os.utime(draft, (1_600_000_000, 1_600_000_000))
        draft.replace(target)

    def _counts(self) -> str:
        counts: dict[str, int] = {}
        for run in self.platform.instance.get_runs():
            name = f"{run.job_name} {run.status.value.lower()}"
            counts[name] = counts.get(name, 0) + 1
        return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def mount_small_disk(folder: Path, size: str) -> bool:
    """A file system of its own in memory, where this user may mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    return done.returncode == 0


def unmount(folder: Path) -> None:
    """Where it was mounted at all."""
    if folder.is_mount():
        subprocess.run(["umount", str(folder)], check=True)
