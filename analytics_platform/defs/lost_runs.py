"""Ends runs whose process is gone: otherwise they would hold a place in the queue, and their days, for ever.

Dagster's launcher on one machine cannot ask whether a run's process lives: a code server notices when a run process of
its own dies, but nobody notices a killed ``materialize``, or a run that was under way when the machine stopped. So a
process that starts a run writes its host, pid and start time into a tag of it. Runs die with the code server that
started them (its container, its machine); the next code server notes since when it is there. Does not live here: asking
for the days again (``automation``).
"""

import json
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from analytics_platform.settings import Settings

PROCESS = "platform/process"
_BY_A_SERVER = ".dagster/grpc_info"  # the tag of a run that a code server started
_LAUNCHED = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_ENDING = timedelta(seconds=30)  # a run that was cancelled may still be at its last step
_SILENT = timedelta(minutes=2)  # a run process may outlive its code server, and then it goes on saying something


def this_process(number: int | None = None) -> str:
    """Machine, number and start of this process, or of another: numbers are used again."""
    number = number or os.getpid()
    return f"{socket.gethostname()}:{number}:{_started(number)}"


def end_lost_runs(
    instance: dg.DagsterInstance, servers_are_new: bool = False, server_since: datetime | None = None
) -> list[str]:
    """Mark as failed the runs whose process on this machine is gone. ``servers_are_new``: no code server runs yet, so
    runs that one had started are lost, too, unless they said something just now. ``server_since``: the one there is
    came then, so runs from before are.
    """
    ended = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=_LAUNCHED)):
        run = record.dagster_run
        mark = run.tags.get(PROCESS)
        orphaned = servers_are_new or _is_from_before(record, server_since)
        if not _is_alive(mark) if mark else orphaned and _is_silent(instance, run.run_id):
            instance.report_run_failed(run, "The process of this run is gone: it was killed, or the machine stopped.")
            if instance.event_log_storage.supports_global_concurrency_limits:
                instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            ended.append(run.run_id)
    _free_places(instance)
    return ended


def _free_places(instance: dg.DagsterInstance) -> None:
    """Places in pools that ended runs still hold; the daemon frees them, too, where one runs."""
    storage = instance.event_log_storage
    held = storage.get_concurrency_run_ids() if storage.supports_global_concurrency_limits else set()
    if held:
        while_ending = datetime.now(UTC) - _ENDING
        ended = dg.RunsFilter(run_ids=list(held), statuses=_ENDED, updated_before=while_ending)
        for run in instance.get_runs(ended):
            storage.free_concurrency_slots_for_run(run.run_id)


def end_runs_of_before(settings: Settings) -> int:
    """What ``make dev`` does before it starts anything."""
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        return len(end_lost_runs(instance, servers_are_new=True))


def server_since(home: Path) -> datetime | None:
    """When the code server that this process belongs to was first seen; None when none came before it."""
    file, process = home / "code_server.json", this_process(_top_of_server(os.getpid()))
    try:
        known = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        known = None
    if known is None or known["process"] != process:
        known = {"process": process, "since": None if known is None else datetime.now(UTC).isoformat()}
        home.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps(known))
        draft.replace(file)
    return None if known["since"] is None else datetime.fromisoformat(known["since"])


def _top_of_server(number: int) -> int:
    """A server that loads code anew runs below one that stays; runs of before a reload go on."""
    while True:
        try:
            parent = int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
            if parent == 0 or b"dagster" not in Path(f"/proc/{parent}/cmdline").read_bytes():
                return number
        except OSError:
            return number
        number = parent


def _is_from_before(record: dg.RunRecord, since: datetime | None) -> bool:
    """Whether a code server started the run before this one was there; those that it starts itself it watches."""
    if since is None or record.start_time is None or _BY_A_SERVER not in record.dagster_run.tags:
        return False
    return record.start_time < since.timestamp()


def _is_alive(mark: str) -> bool:
    machine, number, started = mark.rsplit(":", 2)
    return machine != socket.gethostname() or _started(int(number)) == started


def _started(number: int) -> str:
    """When a process of this machine began, in the kernel's count; empty where there is none."""
    if Path("/proc/self/stat").exists():
        try:
            return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
        except (FileNotFoundError, ProcessLookupError):
            return ""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return ""
    return "running"


def _is_silent(instance: dg.DagsterInstance, run_id: str) -> bool:
    last = instance.get_records_for_run(run_id, limit=1, ascending=False).records
    return not last or datetime.now(UTC).timestamp() - last[0].event_log_entry.timestamp > _SILENT.total_seconds()
