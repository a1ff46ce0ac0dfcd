"""What can go wrong with a series. Each message says what happened, on which line or series, and what to do.

InsightsError
├── FileRefused      a CSV file cannot be read as series
└── HistoryRefused   what was asked for cannot be computed from what there is (learners, limits)
"""

from analytics_platform.errors import PlatformError


class InsightsError(PlatformError):
    """The root of this room's errors."""


class FileRefused(InsightsError):
    """A CSV file cannot be read as series."""


class HistoryRefused(InsightsError):
    """What was asked for cannot be computed from what there is."""
