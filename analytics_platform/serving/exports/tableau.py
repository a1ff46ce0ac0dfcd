"""Tableau: a ``.hyper`` file, written without a server, and published by Tableau's own client (extra ``tableau``).

Hyper reads the rows from Parquet itself, so nothing goes through Python row by row. The file replaces the data source
as a whole: who reads it sees the old one until the new one is there.
"""

import importlib.util
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analytics_platform.errors import ExportError
from analytics_platform.serving.exports.connections import Tableau, secret
from analytics_platform.serving.formats import flattened
from analytics_platform.settings import Settings

API_VERSION = "3.19"  # of Tableau's REST interface: that of 2023.1, and every later server speaks it
FILE_VERSION = "3"  # of Hyper's files: the first that has money in 38 digits, and as old
TIMEOUT = 300  # seconds of one request


def publish(settings: Settings, to: Tableau, tables: Mapping[str, pa.Table]) -> None:
    """The tables as the data source of the connection's name in its project."""
    if importlib.util.find_spec("tableauhyperapi") is None or importlib.util.find_spec("tableauserverclient") is None:
        raise ExportError("Tableau needs its own packages: pip install 'analytics-platform[tableau]'.")
    beside = settings.home / "scratch"
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tableau-", dir=beside) as folder:
        file = Path(folder) / f"{to.name}.hyper"
        write_hyper(file, tables)
        _send(file, to)


def write_hyper(file: Path, tables: Mapping[str, pa.Table]) -> None:
    """A Hyper file with these tables in the schema Extract, where Tableau looks first."""
    from tableauhyperapi import (
        Connection,
        CreateMode,
        HyperException,
        HyperProcess,
        TableName,
        Telemetry,
        escape_string_literal,
    )

    try:
        with (
            tempfile.TemporaryDirectory(prefix=".hyper-", dir=file.parent) as folder,
            HyperProcess(
                Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU,
                parameters={"log_dir": folder, "default_database_version": FILE_VERSION},
            ) as hyper,
            Connection(hyper.endpoint, file, CreateMode.CREATE_AND_REPLACE) as connection,
        ):
            connection.catalog.create_schema("Extract")
            for name, table in tables.items():
                rows = Path(folder) / "rows.parquet"
                pq.write_table(_plain(table), rows)
                connection.execute_command(
                    f"create table {TableName('Extract', name)} as select * from"
                    f" external({escape_string_literal(str(rows))}, format => 'parquet')"
                )
    except HyperException as error:
        raise ExportError(f"Hyper could not write {file.name}: {error.main_message}.") from None


def _plain(table: pa.Table) -> pa.Table:
    """Text without dictionaries, lists as text, and a type for columns that have none."""
    table = flattened(table)
    fields = []
    for field in table.schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        fields.append(pa.field(field.name, pa.string() if pa.types.is_null(kind) else kind))
    return table.cast(pa.schema(fields))


def _send(file: Path, to: Tableau) -> None:
    import requests
    import tableauserverclient as client
    from tableauserverclient.server.endpoint.exceptions import TableauError, XMLError

    token = client.PersonalAccessTokenAuth(to.token_name, secret(to.token_file), site_id=to.site)
    server = client.Server(to.server, use_server_version=False, http_options={"timeout": TIMEOUT})
    server.version = API_VERSION
    try:
        with server.auth.sign_in(token):
            options = client.RequestOptions()
            options.filter.add(
                client.Filter(client.RequestOptions.Field.Name, client.RequestOptions.Operator.Equals, to.project)
            )
            projects, _ = server.projects.get(options)
            found = next((project for project in projects if project.name == to.project), None)
            if found is None:
                raise ExportError(f"Tableau has no project {to.project!r} that {to.token_name} may see.")
            source = client.DatasourceItem(found.id, name=to.name)
            server.datasources.publish(source, str(file), client.Server.PublishMode.Overwrite)
    except XMLError as error:
        raise ExportError(f"Tableau refused {to.name}: {error.code} {error.summary}: {error.detail}.") from None
    except (TableauError, requests.RequestException) as error:
        raise ExportError(f"Tableau at {to.server} could not be reached: {type(error).__name__}.") from None
