"""Every error the platform raises on purpose. Each message says what happened, to what, and what to do next.

PlatformError
├── SettingsError        a setting is missing or wrong; the start stops
├── LandingError         a raw segment cannot be written
├── LakeError            a lake day cannot be written or read
├── ReportError          a report cannot be written for what was asked
├── ExportError          what leaves cannot be handed over
├── AlertError           an alert's routes are wrong, or it cannot be delivered
├── SourceError          a source outside cannot be pulled to its end; what came is landed, and how to go on
├── PrivacyError         a person cannot be found, erased or exported
├── UpkeepError          a backup or a restore is not possible
├── FileRefused          a file cannot be imported at all; single bad rows are in the import's report
├── Refusal, StoreUnavailable   the front door's; their tree is in collector/errors.py
├── EnrichmentError      labels cannot be given; its own tree is in enrichment/errors.py
├── InsightsError        series or learners cannot be judged; its own tree is in insights/errors.py
├── SemanticsError       a question cannot be answered as asked; its own tree is in semantics/errors.py
└── WarehouseError       dbt failed, or a snapshot cannot be published or opened
    ├── WarehouseBusy    another process holds the warehouse file; later it is free
    └── QueryRefused     a reader's query went over a limit or tried what readers may not do
"""


class PlatformError(Exception):
    """The root: the command line prints its message without a traceback."""


class SettingsError(PlatformError):
    """A setting is missing or wrong."""


class LandingError(PlatformError):
    """A raw segment cannot be written."""


class LakeError(PlatformError):
    """A lake day cannot be written or read."""


class ReportError(PlatformError):
    """A report cannot be written for what was asked."""


class ExportError(PlatformError):
    """What leaves cannot be handed over."""


class AlertError(PlatformError):
    """An alert's routes are wrong, or it cannot be delivered."""


class SourceError(PlatformError):
    """A source outside cannot be pulled to its end."""


class PrivacyError(PlatformError):
    """A person cannot be found, erased or exported."""


class UpkeepError(PlatformError):
    """A backup or a restore is not possible."""


class FileRefused(PlatformError):
    """A file cannot be imported at all."""


class WarehouseError(PlatformError):
    """dbt failed, or a snapshot cannot be published or opened."""


class WarehouseBusy(WarehouseError):
    """Another process holds the warehouse file; later it is free."""


class QueryRefused(WarehouseError):
    """A reader's query went over a limit or tried what readers may not do."""
