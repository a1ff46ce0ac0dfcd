"""Reports to lists of people by e-mail: who would get what, and sending it, never twice for one period unless asked.

``REPORT_LISTS_FILE`` names the lists; the mail goes over an e-mail route of ``ALERT_ROUTES_FILE``. Each person gets a
mail of their own. Does not live here: writing reports (``reports``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analytics_platform.alerts.channels import Undelivered, letter_as_mail, mail
from analytics_platform.alerts.messages import Letter
from analytics_platform.alerts.routes import EmailRoute, load_routes, read_yaml
from analytics_platform.alerts.state import State, stamp
from analytics_platform.errors import AlertError
from analytics_platform.reports.documents.periods import GRAINS, Period, period_of
from analytics_platform.reports.message_files import slug
from analytics_platform.settings import Settings

EXAMPLE = "lists: [{report: executive, every: week, route: mail, to: [boss@example.org]}]"
Report = Literal["executive", "technical", "learning", "conversations", "progress"]


class List(BaseModel):
    """Who gets one report. ``cohort`` belongs to the evening message (report: progress), which has one for each."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    report: Report
    every: Literal["day", "week", "month"]
    route: str
    to: tuple[str, ...] = Field(min_length=1)
    cohort: str = ""

    @model_validator(mode="after")
    def _cohort_where_it_belongs(self) -> "List":
        if (self.report == "progress") != bool(self.cohort):
            raise ValueError("progress needs a cohort, and no other report has one")
        if self.report == "progress" and self.every != "day":
            raise ValueError("progress is written every day")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    lists: tuple[List, ...]


@dataclass(frozen=True)
class Parcel:
    """One report of one period for one person, and whether it can go: ready, sent, not written."""

    report: str
    period: str
    cohort: str
    to: str
    route: str
    folder: Path
    stem: str
    state: Literal["ready", "sent", "not written"]

    @property
    def page(self) -> Path:
        return self.folder / f"{self.stem}.html"


def load_lists(settings: Settings) -> tuple[List, ...]:
    if not settings.report_lists_file:
        return ()
    file = Path(settings.report_lists_file)
    try:
        return _File.model_validate(read_yaml(file)).lists
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise AlertError(f"{file} is no list of reports: {problems}.") from None


def latest_closed(today: date) -> list[Period]:
    """The last whole day, week and month before a local day."""
    return [period_of(grain, period_of(grain, today).first - timedelta(days=1)) for grain in GRAINS]


def plan(settings: Settings, periods: Sequence[Period], again: bool) -> list[Parcel]:
    """What would go to whom for these periods."""
    state, parcels = State(settings.home), list[Parcel]()
    for one in load_lists(settings):
        for period in periods:
            if period.grain != one.every:
                continue
            folder = settings.reports_folder / one.report / period.key
            stem = slug(one.cohort) if one.cohort else "report"
            gone = _posted(state, one.report, period.key, one.cohort)
            for to in one.to:
                is_there = (folder / f"{stem}.html").exists()
                said: Literal["ready", "sent", "not written"] = (
                    "sent" if to in gone and not again else "ready" if is_there else "not written"
                )
                parcels.append(Parcel(one.report, period.key, one.cohort, to, one.route, folder, stem, said))
    return parcels


def post(settings: Settings, parcels: Sequence[Parcel], now: datetime) -> list[tuple[Parcel, str]]:
    """Send what is ready; each with what became of it. One address that fails does not stop the others."""
    routes = {route.name: route for route in load_routes(settings)}
    state, done = State(settings.home), list[tuple[Parcel, str]]()
    for parcel in parcels:
        if parcel.state != "ready":
            done.append((parcel, parcel.state))
            continue
        route = routes.get(parcel.route)
        if not isinstance(route, EmailRoute):
            raise AlertError(f"The list of {parcel.report} names the route {parcel.route!r}, which is no e-mail route.")
        try:
            _send(route, parcel)
        except Undelivered as error:
            done.append((parcel, f"failed: {error}"))
            continue
        with state.connection() as connection:
            connection.execute(
                "insert or replace into posted values (?, ?, ?, ?, ?)",
                [parcel.report, parcel.period, parcel.cohort, parcel.to, stamp(now)],
            )
        done.append((parcel, "sent now"))
    return done


def _send(route: EmailRoute, parcel: Parcel) -> None:
    """The Markdown as text to read at once, the page as an attachment."""
    about = f"{parcel.cohort}, {parcel.period}" if parcel.cohort else parcel.period
    body = (parcel.folder / f"{parcel.stem}.md").read_text("utf-8")
    message = letter_as_mail(
        route.model_copy(update={"to": (parcel.to,)}), Letter(f"{parcel.report.capitalize()} report: {about}", body)
    )
    message.add_attachment(
        parcel.page.read_bytes(), maintype="text", subtype="html", filename=f"{parcel.report}-{parcel.period}.html"
    )
    mail(route, message)


def _posted(state: State, report: str, period: str, cohort: str) -> set[str]:
    with state.connection() as connection:
        found = connection.execute(
            "select recipient from posted where report = ? and period = ? and cohort = ?", [report, period, cohort]
        ).fetchall()
    return {recipient for (recipient,) in found}
