"""Power BI by its REST interface: a push dataset whose rows are replaced, and refreshes of datasets that read by
themselves. https://learn.microsoft.com/rest/api/power-bi/push-datasets

The interface has no step that replaces all rows at once: a table is emptied and filled again, and who looks in between
sees fewer rows. What is refused for its rate is tried again when it says so.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pyarrow as pa

from analytics_platform.errors import ExportError
from analytics_platform.serving.exports.connections import PowerBi, secret
from analytics_platform.serving.formats import flattened, json_bytes

MOST_ROWS = 10_000  # of one request, as the interface limits it
TRIES, LONGEST_WAIT = 4, 60.0
TIMEOUT = 120.0
SCOPE = "https://analysis.windows.net/powerbi/api/.default"


def push(to: PowerBi, tables: Mapping[str, pa.Table]) -> None:
    """Fill the push dataset, which is made where there is none, then ask the others to refresh."""
    with httpx.Client(timeout=TIMEOUT) as client:
        service = Service(to, client)
        if tables:
            if not to.dataset:
                raise ExportError(f"The connection {to.name} has tables and names no dataset for them.")
            dataset = service.dataset(tables)
            for name, table in tables.items():
                service.replace(dataset, name, table)
        for dataset in to.refresh:
            service.call("POST", f"datasets/{_part(dataset)}/refreshes", {"notifyOption": "NoNotification"})


class Service:
    """One workspace, signed in."""

    def __init__(self, to: PowerBi, client: httpx.Client) -> None:
        self._to, self._client = to, client
        self._token = self._signed_in()

    def _signed_in(self) -> str:
        """https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow"""
        asked = {
            "grant_type": "client_credentials",
            "client_id": self._to.client_id,
            "client_secret": secret(self._to.secret_file),
            "scope": SCOPE,
        }
        address = f"{self._to.authority}/{_part(self._to.tenant)}/oauth2/v2.0/token"
        try:
            answer = self._client.post(address, data=asked)
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ExportError(f"Power BI's sign-in could not be reached: {type(error).__name__}.") from None
        if not answer.is_success or not isinstance(found, dict) or "access_token" not in found:
            said = found.get("error", "") if isinstance(found, dict) else ""
            raise ExportError(f"Power BI's sign-in refused {self._to.client_id}: {answer.status_code} {said}.")
        return str(found["access_token"])

    def dataset(self, tables: Mapping[str, pa.Table]) -> str:
        """The id of the push dataset of this name, made with these tables where there is none."""
        known = self.call("GET", "datasets").get("value", [])
        for one in known:
            if one.get("name") == self._to.dataset:
                for name, table in tables.items():  # the table of today's columns
                    self.call("PUT", f"datasets/{_part(one['id'])}/tables/{_part(name)}", _schema(name, table))
                return str(one["id"])
        wanted = {
            "name": self._to.dataset,
            "defaultMode": "Push",
            "tables": [_schema(name, table) for name, table in tables.items()],
        }
        return str(self.call("POST", "datasets?defaultRetentionPolicy=None", wanted)["id"])

    def replace(self, dataset: str, name: str, table: pa.Table) -> None:
        rows = f"datasets/{_part(dataset)}/tables/{_part(name)}/rows"
        self.call("DELETE", rows)
        for piece in _pieces(flattened(table)):
            self.call("POST", rows, {"rows": piece.to_pylist()})

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        address = f"{self._to.api}/v1.0/myorg/groups/{_part(self._to.workspace)}/{path}"
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        content = None if body is None else json_bytes(body)
        for tried in range(1, TRIES + 1):
            try:
                answer = self._client.request(method, address, content=content, headers=headers)
            except httpx.HTTPError as error:
                # A POST of rows that got no answer may have been taken: trying it again could add them twice.
                if tried == TRIES or method == "POST":
                    raise ExportError(f"Power BI could not be reached: {type(error).__name__}.") from None
                time.sleep(min(2.0**tried, LONGEST_WAIT))
                continue
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS and tried < TRIES:
                time.sleep(_wait(answer))
                continue
            if not answer.is_success:
                raise ExportError(f"Power BI answered {answer.status_code} to {method} {path.split('?')[0]}.")
            found = answer.json() if answer.content else {}
            return found if isinstance(found, dict) else {}
        raise ExportError("Power BI goes on refusing for its rate.")


def _wait(answer: httpx.Response) -> float:
    try:
        return min(max(float(answer.headers.get("retry-after", "5")), 0.0), LONGEST_WAIT)
    except ValueError:
        return 5.0


def _pieces(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, table.num_rows, MOST_ROWS):
        yield table.slice(start, MOST_ROWS)


def _schema(name: str, table: pa.Table) -> dict[str, Any]:
    return {"name": name, "columns": [{"name": field.name, "dataType": _kind(field.type)} for field in table.schema]}


def _kind(kind: pa.DataType) -> str:
    """https://learn.microsoft.com/rest/api/power-bi/push-datasets/datasets-post-dataset-in-group#column"""
    if pa.types.is_boolean(kind):
        return "bool"
    if pa.types.is_integer(kind):
        return "Int64"
    if pa.types.is_floating(kind):
        return "Double"
    if pa.types.is_decimal(kind):
        return "Decimal"
    return "DateTime" if pa.types.is_temporal(kind) else "string"


def _part(text: str) -> str:
    return quote(text, safe="")
