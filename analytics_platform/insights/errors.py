"""What can go wrong with a series. Each message says what happened, on which line or series, and what to do.

InsightsError
├── DeclarationRefused  the declaration of the series that are watched is wrong
├── FileRefused      a CSV file cannot be read as series
├── IncidentUnknown  there is no incident of this id
└── HistoryRefused   what was asked for cannot be computed from what there is (learners, limits)
"""

from analytics_platform.errors import PlatformError


class InsightsError(PlatformError):
    """The root of this room's errors."""


class FileRefused(InsightsError):
    """A CSV file cannot be read as series."""


class HistoryRefused(InsightsError):
    """What was asked for cannot be computed from what there is."""


class DeclarationRefused(InsightsError):
    """The declaration of the series that are watched is wrong."""


class IncidentUnknown(InsightsError):
    """There is no incident of this id."""
