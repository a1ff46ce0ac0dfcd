"""The connection to BigQuery, and what is tried again when it fails.

Tried again: 429, 500, 502, 503, 504, a full rate (403 rateLimitExceeded), and an answer that never came. A job has an
id of its own before it is sent, so that sending it twice runs it once: the second time is answered 409, and the job is
looked up instead.
"""

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from analytics_platform.errors import SettingsError, WarehouseError
from analytics_platform.settings import Settings

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

T = TypeVar("T")
TRIES = 6
FIRST_WAIT, LONGEST_WAIT = 1.0, 32.0  # seconds
AGAIN_STATUS = {429, 500, 502, 503, 504}
AGAIN_REASONS = {"rateLimitExceeded", "backendError", "internalError", "jobRateLimitExceeded"}


def connect(settings: Settings) -> "Client":
    """A client of the settings' project. What is missing for it is said with the setting that brings it."""
    try:
        from google.auth.credentials import AnonymousCredentials
        from google.auth.exceptions import DefaultCredentialsError
        from google.cloud.bigquery import Client
        from google.oauth2.service_account import Credentials
    except ImportError as error:
        raise SettingsError(
            "WAREHOUSE=bigquery needs Google's libraries: pip install 'analytics-platform[gcp]'"
        ) from error
    credentials: Any = None
    if settings.bigquery_endpoint:
        credentials = AnonymousCredentials()  # type: ignore[no-untyped-call]
    elif settings.bigquery_keyfile:
        try:
            credentials = Credentials.from_service_account_file(settings.bigquery_keyfile)  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise SettingsError(f"BIGQUERY_KEYFILE {settings.bigquery_keyfile} is no key file: {error}") from None
    options = {"api_endpoint": settings.bigquery_endpoint} if settings.bigquery_endpoint else None
    try:
        return Client(
            settings.bigquery_project,
            credentials,
            location=settings.bigquery_location,
            client_options=options,
        )
    except DefaultCredentialsError as error:
        raise SettingsError(
            "No credentials for BigQuery: run `gcloud auth application-default login`, give the machine a service"
            f" account, or set BIGQUERY_KEYFILE. Google says: {str(error).splitlines()[0]}"
        ) from None


def trying(work: Callable[[], T], what: str) -> T:
    """Do it, again after a wait where that may help. ``what`` is for the message when it does not."""
    from google.api_core.retry import Retry

    failures = count(1)
    # Tries are counted, not seconds: a job that ran for minutes before its answer was lost is asked for again, too.
    again = Retry(
        predicate=lambda error: _may_pass(error) and next(failures) < TRIES,
        initial=FIRST_WAIT,
        maximum=LONGEST_WAIT,
        timeout=None,
    )
    try:
        return again(work)()
    except Exception as error:
        if not _may_pass(error):
            raise
        raise WarehouseError(f"{what} failed {TRIES} times; the last time: {error}. Try again later.") from error


def _may_pass(error: Exception) -> bool:
    from google.api_core.exceptions import GoogleAPICallError
    from requests.exceptions import ConnectionError as NoAnswer
    from requests.exceptions import Timeout

    if not isinstance(error, GoogleAPICallError):
        return isinstance(error, NoAnswer | Timeout)
    reasons = {item.get("reason") for item in error.errors or () if isinstance(item, dict)}
    return error.code in AGAIN_STATUS or bool(reasons & AGAIN_REASONS)


def explain(error: Exception, what: str) -> WarehouseError:
    """An error of the service as one of ours, with what to do."""
    code, said = getattr(error, "code", None), getattr(error, "message", None) or str(error)
    advice = {
        403: "Give the account the roles that docs/cloud.md lists.",
        404: "Check BIGQUERY_PROJECT, BIGQUERY_DATASET and BIGQUERY_LOCATION.",
    }.get(code or 0, "")
    return WarehouseError(f"{what} failed: {said.splitlines()[0]}. {advice}".strip())
