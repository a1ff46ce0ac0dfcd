"""Lake days into BigQuery: a load job per changed day, into its own partition, which it replaces whole.

What was loaded is remembered in the lake (``loaded/<project>.<dataset>/<source>/<table>.json``) with the time at which
the table was made: a table that is new has nothing. A job's id is made of the table, the day, the file's mark and the
job before it: the same load asked for twice is one job, and a day that returns to an older content is a new one.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics_platform.contracts import LAKE_TABLES
from analytics_platform.errors import WarehouseError
from analytics_platform.lake.day_files import Marks, day_files, day_of
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform.settings import Settings
from analytics_platform.warehouse.bigquery.client import AGAIN_REASONS, TRIES, explain, trying
from analytics_platform.warehouse.bigquery.lake_tables import dataset_id, lake_table, make_dataset
from analytics_platform.warehouse.lake_state import Known

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, LoadJob, Table

Log = Callable[[str], None]
AT_ONCE = 8


def load_days(client: "Client", settings: Settings, lake: Lake, log: Log) -> Marks:
    """Load every lake day that BigQuery has not, or has otherwise; a day whose file is gone is emptied.

    Returns the marks of what BigQuery has.
    """
    from google.api_core.exceptions import GoogleAPICallError

    try:
        return _load_days(client, settings, lake, log)
    except GoogleAPICallError as error:
        raise explain(error, "Loading the lake into BigQuery") from error


def _load_days(client: "Client", settings: Settings, lake: Lake, log: Log) -> Marks:
    there: Marks = {}
    make_dataset(client, dataset_id(settings, "lake"), settings.bigquery_location)
    for table in LAKE_TABLES.values():
        target = lake_table(client, settings, table)
        made = target.created.isoformat() if target.created else ""
        place = f"loaded/{settings.bigquery_project}.{settings.bigquery_dataset}/{table.path}.json"
        known = Known.read(lake.store.read(place))
        if known.notes.get("made") != made:
            known = Known()
        files = day_files(lake.store, table)
        there |= files
        gone = {key: "gone" for key in known.marks if key not in files and known.marks[key] != "gone"}
        changed = {key: mark for key, mark in {**files, **gone}.items() if known.marks.get(key) != mark}
        jobs = _load(client, lake, table, target, changed, known)
        if jobs:
            notes = {**known.notes, **jobs, "made": made}
            _remember(lake, place, Known({**known.marks, **changed}, notes))
            log(f"Loaded {len(jobs)} days of {table.path} into {target.full_table_id}.")
    return there


def _load(
    client: "Client", lake: Lake, table: Any, target: "Table", changed: dict[str, str], known: Known
) -> dict[str, str]:
    """Load the changed files, some at once; returns the id of each one's job."""

    def one(item: tuple[str, str]) -> tuple[str, str]:
        key, mark = item
        return key, load_day(client, lake, table, target, key, mark, known.notes.get(key, ""))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(pool.map(one, sorted(changed.items())))


def load_day(client: "Client", lake: Lake, table: Any, target: "Table", key: str, mark: str, before: str) -> str:
    """Replace one partition by one file. Returns the job's id."""
    day = day_of(key)
    source = lake_key(table, date.min) if mark == "gone" else key
    for attempt in range(TRIES):
        job_id = _job_id(target, day, mark, before, attempt)
        job = _finished(client, lake, target, source, day, job_id)
        if not job.error_result:
            return job_id
        if job.error_result.get("reason") not in AGAIN_REASONS:
            raise WarehouseError(
                f"Loading {table.path} {day} into {target.full_table_id} failed: {job.error_result.get('message')}."
                " The partition keeps its old content; mend the day or the table and run again."
            )
    raise WarehouseError(f"Loading {table.path} {day} failed {TRIES} times in BigQuery. Run again later.")


def _finished(client: "Client", lake: Lake, target: "Table", source: str, day: date, job_id: str) -> "LoadJob":
    """The job of this id, sent or found, when it has ended."""
    from google.api_core.exceptions import Conflict

    partition = f"{target.project}.{target.dataset_id}.{target.table_id}${day:%Y%m%d}"

    def send() -> Any:
        try:
            return _send(client, lake, source, partition, job_id)
        except Conflict:  # sent before, and the answer was lost: it runs, or has run
            return client.get_job(job_id)

    job = trying(send, f"Loading {partition}")
    trying(job.exception, f"Waiting for {partition}")
    return job  # type: ignore[no-any-return]


def _send(client: "Client", lake: Lake, source: str, partition: str, job_id: str) -> Any:
    from google.cloud.bigquery import LoadJobConfig, SourceFormat, WriteDisposition

    config = LoadJobConfig(
        source_format=SourceFormat.PARQUET,
        write_disposition=WriteDisposition.WRITE_TRUNCATE,
        create_disposition="CREATE_NEVER",
    )
    if lake.store.url.startswith("gs://"):
        uri = f"{lake.store.url}/{source}"
        return client.load_table_from_uri(uri, partition, job_id=job_id, job_config=config)
    with lake.store.workspace() as folder:
        (file,) = lake.store.local([source], folder)
        with Path(file).open("rb") as content:
            return client.load_table_from_file(content, partition, job_id=job_id, job_config=config)


def _job_id(target: "Table", day: date, mark: str, before: str, attempt: int) -> str:
    made = target.created.isoformat() if target.created else ""
    digest = sha256(f"{target.full_table_id}|{made}|{day}|{mark}|{before}".encode()).hexdigest()[:32]
    return f"load_{target.table_id}_{day:%Y%m%d}_{digest}_{attempt}"


def _remember(lake: Lake, place: str, known: Known) -> None:
    with lake.store.workspace() as folder:
        file = folder / "loaded.json"
        file.write_bytes(known.content())
        lake.store.publish(file, place)
