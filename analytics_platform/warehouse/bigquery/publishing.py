"""Publishing on BigQuery: the marts are cloned under a version, then the views that readers see are turned to it.

``<dataset>_snapshots.<mart>__<version>`` are clones (they cost only what changes afterwards; a mart that is a view is
written out), ``<dataset>_readers.<mart>`` are views of the newest one. A build that fails never comes here, so readers
never see half of one. The views turn one after the other in one script, which goes on when its sender dies;
``about_snapshot`` turns last, and names the version. Were the script to fail in between, whole marts of two versions
would be seen until the next publish.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from analytics_platform.errors import WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse.bigquery.client import explain, trying
from analytics_platform.warehouse.bigquery.lake_tables import dataset_id, make_dataset
from analytics_platform.warehouse.comments import meanings
from analytics_platform.warehouse.lineage import Model
from analytics_platform.warehouse.publishing import Snapshot

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

ABOUT = "about_snapshot"


def publish(
    client: "Client", settings: Settings, build: str, now: datetime, log: Callable[[str], None], failing: Sequence[str]
) -> Snapshot:
    """Clone the marts and show the clones to readers."""
    from google.api_core.exceptions import GoogleAPICallError

    try:
        return _publish(client, settings, build, now, log, failing)
    except GoogleAPICallError as error:
        raise explain(error, "Publishing in BigQuery") from error


def _publish(
    client: "Client", settings: Settings, build: str, now: datetime, log: Callable[[str], None], failing: Sequence[str]
) -> Snapshot:
    marts = tables_of(client, dataset_id(settings, "marts"))
    if not marts:
        raise WarehouseError("There are no marts in BigQuery to publish yet: materialise the marts first.")
    snapshots, readers = dataset_id(settings, "snapshots"), dataset_id(settings, "readers")
    for dataset in (snapshots, readers):
        make_dataset(client, dataset, settings.bigquery_location)
    version = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"
    for mart, kind in marts.items():
        source, target = f"`{dataset_id(settings, 'marts')}.{mart}`", f"`{snapshots}.{mart}__{version}`"
        made = f"clone {source}" if kind == "TABLE" else f"as select * from {source}"
        run(client, f"create table {target} {made}")
    clones = {mart: client.get_table(f"{snapshots}.{mart}__{version}") for mart in marts}
    facts = [mart for mart, table in clones.items() if any(field.name == "day" for field in table.schema)]
    first, last = _days(client, [f"{snapshots}.{mart}__{version}" for mart in facts])
    rows = {mart: int(table.num_rows or 0) for mart, table in clones.items()}
    published_at = now.astimezone(UTC).isoformat()
    snapshot = Snapshot(version, readers, build, published_at, first, last, rows, list(failing))
    columns = {mart: [field.name for field in table.schema] for mart, table in clones.items()}
    _turn(client, settings, columns, snapshot)
    _forget(client, settings, snapshot)
    log(f"Published {version} in {readers}: {sum(rows.values()):,} rows in {len(rows)} marts.")
    return snapshot


def current(client: "Client", settings: Settings) -> Snapshot | None:
    """What readers see now: written beside the view that names it, so that asking bills nothing."""
    from google.api_core.exceptions import GoogleAPICallError, NotFound

    about = f"{dataset_id(settings, 'readers')}.{ABOUT}"
    try:
        described = trying(lambda: client.get_table(about), f"Reading {about}").description
    except NotFound:
        return None
    except GoogleAPICallError as error:
        raise explain(error, f"Reading {about}") from error
    return Snapshot(**orjson.loads(described)) if described else None


def tables_of(client: "Client", dataset: str) -> dict[str, str]:
    """Tables and views of a dataset, each with its kind."""
    from google.api_core.exceptions import NotFound

    try:
        return {item.table_id: item.table_type for item in client.list_tables(dataset)}
    except NotFound:
        return {}


def run(client: "Client", sql: str) -> Any:
    """A statement of ours, to its end. Its job's id is made here, so that a lost answer runs nothing twice."""
    import uuid

    from google.api_core.exceptions import Conflict

    job_id = f"platform_{uuid.uuid4().hex}"

    def send() -> Any:
        try:
            return client.query(sql, job_id=job_id, job_retry=None)
        except Conflict:
            return client.get_job(job_id)

    job = trying(send, f"Sending {sql[:60]}")
    return trying(job.result, f"Running {sql[:60]}")


def _days(client: "Client", facts: Sequence[str]) -> tuple[str | None, str | None]:
    if not facts:
        return None, None
    union = " union all ".join(f"select min(day) as a, max(day) as b from `{fact}`" for fact in facts)
    (row,) = run(client, f"select min(a) as a, max(b) as b from ({union})")
    return (str(row.a), str(row.b)) if row.a else (None, None)


def _turn(client: "Client", settings: Settings, columns: Mapping[str, Sequence[str]], snapshot: Snapshot) -> None:
    readers, snapshots = dataset_id(settings, "readers"), dataset_id(settings, "snapshots")
    told = {
        "version": snapshot.version,
        "published_at": snapshot.published_at,
        "time_zone": settings.platform_timezone,
    }
    models = meanings(settings)
    turns = [
        f"create or replace view `{readers}.{mart}` {_meaning(models.get(mart), names)}"
        f" as select * from `{snapshots}.{mart}__{snapshot.version}`"
        for mart, names in columns.items()
    ]
    described = ", ".join(f"{_text(value)} as {name}" for name, value in told.items())
    turns.append(f"create or replace view `{readers}.{ABOUT}` as select {described}")
    run(client, ";\n".join(turns))
    about = client.get_table(f"{readers}.{ABOUT}")
    about.description = orjson.dumps(asdict(snapshot)).decode()
    trying(lambda: client.update_table(about, ["description"]), f"Describing {readers}.{ABOUT}")


def _meaning(model: Model | None, names: Sequence[str]) -> str:
    """A view's list of columns and its options, with the descriptions of its model."""
    if model is None:
        return ""
    told = {name: text for name, _, text in model.columns if text}
    columns = (f"`{name}`" + (f" options(description={_text(told[name])})" if name in told else "") for name in names)
    return f"({', '.join(columns)}) options(description={_text(model.description)})"


def _text(text: str) -> str:
    """A literal of BigQuery, whose escapes are JSON's."""
    return orjson.dumps(text).decode()


def older(client: "Client", settings: Settings) -> list[str]:
    """The published versions besides the one that readers see, oldest first."""
    newest = current(client, settings)
    clones = tables_of(client, dataset_id(settings, "snapshots"))
    return sorted({_version(clone) for clone in clones} - {newest.version if newest else ""})


def drop(client: "Client", settings: Settings, versions: Sequence[str]) -> None:
    """Remove the clones of some versions."""
    snapshots = dataset_id(settings, "snapshots")
    for clone in tables_of(client, snapshots):
        if _version(clone) in versions:
            client.delete_table(f"{snapshots}.{clone}", not_found_ok=True)


def _forget(client: "Client", settings: Settings, snapshot: Snapshot) -> None:
    """Drop versions beyond those to keep, and views of marts that are no more."""
    before = older(client, settings)
    drop(client, settings, before[: max(0, len(before) + 1 - settings.published_keep)])
    readers = dataset_id(settings, "readers")
    for view in tables_of(client, readers):
        if view not in snapshot.rows and view != ABOUT:
            client.delete_table(f"{readers}.{view}", not_found_ok=True)


def _version(clone: str) -> str:
    return clone.rpartition("__")[2]
