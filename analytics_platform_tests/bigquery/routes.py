"""The routes that google-cloud-bigquery and dbt-bigquery call, each a function of few lines. No HTTP in here.

A route gets the names in its path, the query's parameters and the body, and answers JSON or raises ``ApiError``.
"""

import re
from collections.abc import Callable
from typing import Any

from analytics_platform_tests.bigquery import jobs as job_rules
from analytics_platform_tests.bigquery import rest
from analytics_platform_tests.bigquery.errors import ApiError, already_exists, invalid
from analytics_platform_tests.bigquery.jobs import Jobs
from analytics_platform_tests.bigquery.loading import ReadUri
from analytics_platform_tests.bigquery.outcome import outputs
from analytics_platform_tests.bigquery.statements import Runner
from analytics_platform_tests.bigquery.storage import Storage, Table
from analytics_platform_tests.bigquery.types import Json, name_of

Parameters = dict[str, str]
Handler = Callable[..., Json]
LOCATION = "EU"


class Routes:
    """The service's behaviour over one storage."""

    def __init__(self, read_uri: ReadUri) -> None:
        self.storage = Storage()
        self.jobs = Jobs(self.storage, LOCATION, read_uri)

    def answer(self, method: str, path: str, parameters: Parameters, body: Json) -> Json:
        for wanted, pattern, name in _ROUTES:
            match = pattern.fullmatch(path)
            if match and method in wanted.split("|"):
                handler: Handler = getattr(self, name)
                with self.storage.lock:
                    return handler(*match.groups(), parameters=parameters, body=body)
        raise ApiError(404, "notFound", f"The BigQuery double has no {method} {path}")

    def list_datasets(self, project: str, **_: Any) -> Json:
        found = [rest.dataset(p, name, body) for (p, name), body in sorted(self.storage.datasets.items())]
        shown = [d for d in found if d["datasetReference"]["projectId"] == project and not d["id"].endswith("_results")]
        return {"datasets": shown}

    def insert_dataset(self, project: str, body: Json, **_: Any) -> Json:
        name = body["datasetReference"]["datasetId"]
        self.storage.create_dataset(project, name, LOCATION, body, exists_ok=False)
        return self.get_dataset(project, name)

    def get_dataset(self, project: str, name: str, **_: Any) -> Json:
        return rest.dataset(project, name, self.storage.dataset(project, name))

    def patch_dataset(self, project: str, name: str, body: Json, **_: Any) -> Json:
        self.storage.dataset(project, name).update(body)
        return self.get_dataset(project, name)

    def delete_dataset(self, project: str, name: str, parameters: Parameters, **_: Any) -> Json:
        if self.storage.tables_of(project, name) and parameters.get("deleteContents") != "true":
            raise ApiError(400, "resourceInUse", f"Dataset {project}:{name} is still in use")
        self.storage.delete_dataset(project, name)
        return {}

    def list_tables(self, project: str, dataset: str, **_: Any) -> Json:
        tables = [rest.table_item(table) for table in self.storage.tables_of(project, dataset)]
        return {"tables": tables, "totalItems": len(tables)}

    def list_routines(self, project: str, dataset: str, **_: Any) -> Json:
        self.storage.dataset(project, dataset)
        return {"routines": []}

    def get_routine(self, project: str, dataset: str, name: str, **_: Any) -> Json:
        raise ApiError(404, "notFound", f"Not found: Routine {project}:{dataset}.{name}")

    def insert_table(self, project: str, dataset: str, body: Json, **_: Any) -> Json:
        path = rest.path_of(body["tableReference"])
        self.storage.dataset(project, dataset)
        if path in self.storage.tables:
            raise already_exists(f"Table {path[0]}:{path[1]}.{path[2]}")
        table = rest.table_of(body, path)
        if body.get("view"):
            self._set_view(table, body["view"]["query"])
        self.storage.put(table)
        return self._table(table)

    def get_table(self, project: str, dataset: str, name: str, **_: Any) -> Json:
        return self._table(self.storage.table((project, dataset, name)))

    def patch_table(self, project: str, dataset: str, name: str, body: Json, **_: Any) -> Json:
        table = self.storage.table((project, dataset, name))
        if body.get("schema"):
            self._set_schema(table, body["schema"]["fields"])
        if body.get("view"):
            self._set_view(table, body["view"]["query"])
        if "description" in body:
            table.description = body["description"] or ""
        if "labels" in body:
            table.labels = {key: value for key, value in (body["labels"] or {}).items() if value is not None}
        if "requirePartitionFilter" in body:
            table.filter_required = bool(body["requirePartitionFilter"])
        self.storage.put(table)
        return self._table(table)

    def delete_table(self, project: str, dataset: str, name: str, **_: Any) -> Json:
        self.storage.table((project, dataset, name))
        del self.storage.tables[project, dataset, name]
        return {}

    def list_data(self, project: str, dataset: str, name: str, parameters: Parameters, **_: Any) -> Json:
        table = self.storage.table((project, dataset, name))
        if table.view is not None:
            raise invalid(f"Cannot list a table of type VIEW: {project}:{dataset}.{name}")
        start = int(parameters.get("pageToken") or parameters.get("startIndex") or 0)
        end = min(len(table.rows), start + int(parameters.get("maxResults") or 10_000))
        answer: Json = {"totalRows": str(len(table.rows)), "rows": rest.rows(table.columns, table.rows[start:end])}
        return answer | ({"pageToken": str(end)} if end < len(table.rows) else {})

    def insert_job(self, project: str, body: Json, **_: Any) -> Json:
        return self.jobs.insert(project, body).resource(LOCATION)

    def get_job(self, project: str, job_id: str, **_: Any) -> Json:
        return self.jobs.find(project, job_id).resource(LOCATION)

    def cancel_job(self, project: str, job_id: str, **_: Any) -> Json:
        return {"job": self.get_job(project, job_id)}

    def get_results(self, project: str, job_id: str, parameters: Parameters, **_: Any) -> Json:
        start = int(parameters.get("pageToken") or parameters.get("startIndex") or 0)
        most = parameters.get("maxResults")
        return job_rules.results(self.jobs.find(project, job_id), start, int(most) if most else None, LOCATION)

    def run_query(self, project: str, body: Json, **_: Any) -> Json:
        """jobs.query: insert, and the first page at once."""
        configuration = {key: value for key, value in body.items() if key not in ("kind", "requestId", "formatOptions")}
        dry_run = {"dryRun": True} if body.get("dryRun") else {}
        job = self.jobs.insert(project, {"configuration": {"query": configuration, **dry_run}})
        return job_rules.results(job, 0, int(body["maxResults"]) if body.get("maxResults") else None, LOCATION)

    def _table(self, table: Table) -> Json:
        return rest.whole_table(table, LOCATION)

    def _set_view(self, table: Table, sql: str) -> None:
        statement = Runner(self.storage, table.path[0]).resolve(sql.encode())
        table.view, table.columns = sql, rest.columns_of(rest.schema(outputs(statement.tree))["fields"])

    def _set_schema(self, table: Table, fields: list[Json]) -> None:
        new = rest.columns_of(fields)
        kept = new[: len(table.columns)]
        if [(c.name, name_of(c.type)) for c in kept] != [(c.name, name_of(c.type)) for c in table.columns]:
            raise invalid("Provided Schema does not match: columns may be added and described, not changed")
        for row in table.rows:
            for _ in new[len(kept) :]:
                row.cell.add()
        table.columns = new


_NAME = r"([^/]+)"
_DATASETS = rf"/projects/{_NAME}/datasets"
_TABLES = rf"{_DATASETS}/{_NAME}/tables"
_ROUTES = [
    (methods, re.compile(pattern), name)
    for methods, pattern, name in (
        ("GET", _DATASETS, "list_datasets"),
        ("POST", _DATASETS, "insert_dataset"),
        ("GET", rf"{_DATASETS}/{_NAME}", "get_dataset"),
        ("PATCH|PUT", rf"{_DATASETS}/{_NAME}", "patch_dataset"),
        ("DELETE", rf"{_DATASETS}/{_NAME}", "delete_dataset"),
        ("GET", rf"{_DATASETS}/{_NAME}/routines", "list_routines"),
        ("GET", rf"{_DATASETS}/{_NAME}/routines/{_NAME}", "get_routine"),
        ("GET", _TABLES, "list_tables"),
        ("POST", _TABLES, "insert_table"),
        ("GET", rf"{_TABLES}/{_NAME}", "get_table"),
        ("PATCH|PUT", rf"{_TABLES}/{_NAME}", "patch_table"),
        ("DELETE", rf"{_TABLES}/{_NAME}", "delete_table"),
        ("GET", rf"{_TABLES}/{_NAME}/data", "list_data"),
        ("POST", rf"/projects/{_NAME}/jobs", "insert_job"),
        ("GET", rf"/projects/{_NAME}/jobs/{_NAME}", "get_job"),
        ("POST", rf"/projects/{_NAME}/jobs/{_NAME}/cancel", "cancel_job"),
        ("GET", rf"/projects/{_NAME}/queries/{_NAME}", "get_results"),
        ("POST", rf"/projects/{_NAME}/queries", "run_query"),
    )
]
