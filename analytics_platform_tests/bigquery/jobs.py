"""Jobs: each is run when it is inserted, once, and its id is remembered with what became of it.

An id that is known already is refused with 409, as the service does; that is what makes a repeated request harmless.
A query's rows are kept as an anonymous table, which clients read like any other.
"""

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from analytics_platform_tests.bigquery import loading, rest
from analytics_platform_tests.bigquery.errors import ApiError, already_exists, beyond_the_double, not_found
from analytics_platform_tests.bigquery.memory import Memory
from analytics_platform_tests.bigquery.outcome import Outcome
from analytics_platform_tests.bigquery.statements import Runner, billed_bytes
from analytics_platform_tests.bigquery.storage import Storage, Table
from analytics_platform_tests.bigquery.types import Json

ANONYMOUS = "_results"


@dataclass
class Job:
    project: str
    id: str
    configuration: Json
    statistics: Json = field(default_factory=dict)
    outcome: Outcome | None = None
    error: ApiError | None = None

    def resource(self, location: str) -> Json:
        status: Json = {"state": "DONE"}
        if self.error:
            status |= {"errorResult": self.error.item, "errors": [self.error.item]}
        kind = next((kind for kind in ("query", "load", "copy") if kind in self.configuration), "query")
        reference = {"projectId": self.project, "jobId": self.id, "location": location}
        return {
            "kind": "bigquery#job",
            "id": f"{self.project}:{location}.{self.id}",
            "jobReference": reference,
            "configuration": self.configuration | {"jobType": kind.upper()},
            "statistics": self.statistics,
            "status": status,
            "user_email": "tester@example.org",
        }


class Jobs:
    """The jobs of one double."""

    def __init__(self, storage: Storage, location: str, read_uri: loading.ReadUri) -> None:
        self.storage, self.location, self.read_uri = storage, location, read_uri
        self.memory = Memory(storage)
        self.jobs: dict[tuple[str, str], Job] = {}

    def find(self, project: str, job_id: str) -> Job:
        try:
            return self.jobs[project, job_id]
        except KeyError:
            raise not_found(f"Job {project}:{job_id}") from None

    def insert(self, project: str, body: Json, content: bytes | None = None) -> Job:
        """Run a job. What goes wrong in it is its result; only an id that is taken is an error of the request."""
        reference = body.get("jobReference") or {}
        job = Job(project, reference.get("jobId") or uuid.uuid4().hex, body["configuration"])
        dry_run = bool(job.configuration.get("dryRun"))
        with self.storage.lock:
            if (project, job.id) in self.jobs:
                raise already_exists(f"Job {project}:{self.location}.{job.id}")
            started = str(time.time_ns() // 1_000_000)
            try:
                job.statistics = self._run(job, content, dry_run)
            except ApiError as error:
                if dry_run:
                    raise
                job.error = error
            job.statistics |= {"creationTime": started, "startTime": started}
            job.statistics["endTime"] = str(time.time_ns() // 1_000_000)
            if not dry_run:
                self.jobs[project, job.id] = job
        return job

    def _run(self, job: Job, content: bytes | None, dry_run: bool) -> Json:
        if "load" in job.configuration:
            return loading.load(self.storage, job.configuration["load"], content, self.read_uri)
        if "copy" in job.configuration:
            return loading.copy(self.storage, job.configuration["copy"])
        if "query" not in job.configuration:
            raise beyond_the_double("extract jobs")
        return self._query(job, job.configuration["query"], dry_run)

    def _query(self, job: Job, config: Json, dry_run: bool) -> Json:
        if config.get("useLegacySql", True):
            raise beyond_the_double("legacy SQL")
        default = (config.get("defaultDataset") or {}).get("datasetId", "")
        runner = Runner(self.storage, job.project, default, self.memory)
        sql, runner.parameters = rest.parameters(config)
        most = None if dry_run else int(config.get("maximumBytesBilled") or 0) or None
        job.outcome = outcome = runner.run(sql, dry_run, most)
        if outcome.kind == "query_stmt" and not dry_run:
            self.storage.create_dataset(job.project, ANONYMOUS, self.location, {}, exists_ok=True)
            path = (job.project, ANONYMOUS, f"anon{job.id.replace('-', '')}")
            self.storage.put(Table(path, outcome.columns, outcome.rows or []))
            outcome.target = path
        if outcome.target is not None:
            config["destinationTable"] = rest.table_reference(outcome.target)
        return _statistics(outcome)


def _statistics(outcome: Outcome) -> Json:
    query: Json = {
        "statementType": outcome.statement_type,
        "totalBytesProcessed": str(outcome.bytes_processed),
        "totalBytesBilled": str(billed_bytes(outcome.bytes_processed)),
        "totalSlotMs": "1",
        "cacheHit": False,
        "schema": rest.schema(outcome.columns),
    }
    query["referencedTables"] = [rest.table_reference(path) for path in sorted(outcome.read)]
    if outcome.affected is not None:
        query["numDmlAffectedRows"] = str(outcome.affected)
    return {"totalBytesProcessed": str(outcome.bytes_processed), "query": query}


def results(job: Job, start: int, most: int | None, location: str) -> Json:
    """The answer of jobs.getQueryResults: a page of rows, or the job's error."""
    if job.error:
        raise job.error
    outcome: Any = job.outcome or Outcome()
    found = outcome.rows or []
    end = len(found) if most is None else min(len(found), start + most)
    answer: Json = {
        "kind": "bigquery#getQueryResultsResponse",
        "jobReference": {"projectId": job.project, "jobId": job.id, "location": location},
        "jobComplete": True,
        "schema": rest.schema(outcome.columns),
        "totalRows": str(len(found)),
        "totalBytesProcessed": str(outcome.bytes_processed),
        "rows": rest.rows(outcome.columns, found[start:end]),
        "cacheHit": False,
    }
    if outcome.affected is not None:
        answer["numDmlAffectedRows"] = str(outcome.affected)
    if end < len(found):
        answer["pageToken"] = str(end)
    return answer
