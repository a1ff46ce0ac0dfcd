"""Which values a setting may have: each check gives the value as it is used, or says what to set instead.

Does not live here: the settings themselves, and reading the environment (``settings``).
"""

from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import SecretStr


def zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{value!r} is no time zone; use a name as Europe/Berlin or Asia/Bangkok") from error
    return value


def store_url(value: str) -> str:
    if value and not value.startswith(("gs://", "s3://")):
        raise ValueError(f"{value!r} must start with gs:// or s3://, or be empty for PLATFORM_HOME")
    return value.rstrip("/")


def dagster_storage(value: SecretStr) -> SecretStr:
    """With SQLAlchemy 2.1 a plain postgresql:// takes psycopg 3, on which dagster-postgres's NOTIFY fails."""
    if value.get_secret_value() and not value.get_secret_value().startswith("postgresql+psycopg2://"):
        raise ValueError("it must start with postgresql+psycopg2://, the driver that dagster-postgres works with")
    return value


def http_address(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError(f"{value!r} must start with http:// or https://")
    return value.rstrip("/")


def networks(value: str) -> str:
    for one in listed(value):
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise ValueError(f"{one!r} is no address or network; use 10.0.0.7 or 10.0.0.0/8") from None
    return value


def origins(value: str) -> str:
    for one in listed(value):
        if one != "*" and (not one.startswith(("http://", "https://")) or one.count("/") != 2):
            raise ValueError(f"{one!r} is no origin; use https://www.example.org without a path, or *")
    return value


def whole_bigquery(project: str, keyfile: str, privacy: str) -> None:
    """What BigQuery needs is asked for at the start, not in the middle of the first run."""
    if not project:
        raise ValueError("WAREHOUSE=bigquery needs BIGQUERY_PROJECT: set it to the Google Cloud project's id")
    if keyfile and not Path(keyfile).is_file():
        remedy = "set the path of the service account's key, or leave it empty for default credentials"
        raise ValueError(f"BIGQUERY_KEYFILE {keyfile} is no file: {remedy}")
    if privacy != "full":
        raise ValueError("PRIVACY=pseudonymous is made for WAREHOUSE=duckdb only: with BigQuery use column policies")


def listed(text: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(one.strip().rstrip("/") if "://" in one else one.strip() for one in text.split(",") if one.strip())
