"""What the double answers when it does not do what was asked: status, reason and words as the service has them.

https://cloud.google.com/bigquery/docs/error-messages
"""

from typing import Any


class ApiError(Exception):
    """An error answer. Raised while a job runs it becomes the job's result, else the answer of the request."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message

    @property
    def item(self) -> dict[str, Any]:
        return {"reason": self.reason, "message": self.message, "location": "query"}

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.status, "message": self.message, "errors": [self.item], "status": self.reason}}


def invalid(message: str) -> ApiError:
    return ApiError(400, "invalid", message)


def invalid_query(message: str) -> ApiError:
    return ApiError(400, "invalidQuery", message)


def not_found(what: str) -> ApiError:
    return ApiError(404, "notFound", f"Not found: {what}")


def already_exists(what: str) -> ApiError:
    return ApiError(409, "duplicate", f"Already Exists: {what}")


def beyond_the_double(what: str) -> ApiError:
    """Asked for something that BigQuery may well do and the double does not: never answered by a guess."""
    return ApiError(400, "notImplemented", f"The BigQuery double does not do this: {what}")
