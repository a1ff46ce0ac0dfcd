"""The report of a video as Markdown and as one HTML page that needs nothing from elsewhere: Plotly is inside it.

What comes from outside (titles, ids, subjects) is escaped. Does not live here: what is said (``video``).
"""

from collections.abc import Iterator
from html import escape as quoted
from typing import TYPE_CHECKING

from analytics_platform.reports.markdown import escape
from analytics_platform.reports.video import VideoReport, clock

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

POINTS = 1000  # of a curve in a page; a longer video shows every second, third … second
_CURVES = (
    ("unique_retention", "Unique: views that watch the second"),
    ("absolute_retention", "Absolute: times watched, repeats included"),
    ("survival", "Survival: views that came this far before a seek"),
)
_LEAVING = "Where people leave"
_NO_DROPOFF = "No second loses clearly more views than the others."
_NO_CURVE = "There is no curve to show."
_CAUSES = "These are hypotheses: the numbers beside them suggest them, and only a change can test them."
_STYLE = """
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans Thai", sans-serif; color: #1f2933; background: #f5f6f8;
  margin: 0; padding: 24px 12px; }
main { max-width: 860px; margin: 0 auto; background: #fff; border: 1px solid #dfe3e8; border-radius: 8px;
  padding: 24px 32px 32px; }
h1 { font-size: 22px; margin: 0 0 8px; } h2 { font-size: 17px; margin: 28px 0 8px; } .note { color: #52606d; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; padding: 0; }
.numbers div { border: 1px solid #e4e7eb; border-radius: 6px; padding: 10px 12px; } .numbers b { font-size: 20px; }
.numbers small { display: block; color: #52606d; }
"""


def markdown(report: VideoReport) -> str:
    return "\n".join(_lines(report)) + "\n"


def _lines(report: VideoReport) -> Iterator[str]:
    yield from (f"# {escape(report.title)}", "", escape(report.opening))
    if report.state:
        yield from ("", f"**{escape(report.state)}**")
        return
    yield from ("", "| | | |", "| --- | ---: | --- |")
    yield from (f"| {name} | {value} | {of} |" for name, value, of in report.numbers)
    yield from ("", "## Retention", "")
    yield from ("| at | " + " | ".join(name.partition(":")[0] for _, name in _CURVES) + " | views |",)
    yield "| --- | ---: | ---: | ---: | ---: |"
    for i in range(0, len(report.curve), max(len(report.curve) // 10, 1)):
        row = report.curve[i]
        values = " | ".join(f"{row[column]:.3f}" for column, _ in _CURVES)
        yield f"| {clock(row['video_second'])} | {values} | {row['views']} |"
    for heading, lines in _sections(report):
        # Only what people did next names things from outside; escaping the rest would show its full stops.
        said = map(escape, lines) if heading == _LEAVING else lines
        yield from ("", f"## {heading}", "", *(f"- {line}" for line in said))


def _sections(report: VideoReport) -> Iterator[tuple[str, list[str]]]:
    yield _LEAVING, [" ".join(parts) for parts in report.dropoffs] or [_NO_DROPOFF]
    yield "Beside the own catalogue", list(report.comparison)
    yield "Likely causes", [_CAUSES, *report.causes] if report.causes else ["Nothing in the numbers suggests a cause."]
    yield "Three actions", list(report.actions)
    yield (
        "Targets",
        list(report.targets) or ["The numbers name no target: no drop-off stands out, and nothing compares."],
    )


def html(report: VideoReport) -> str:
    title = quoted(report.title)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    body = "\n".join(_parts(report))
    page = f"<head>{head}<style>{_STYLE}</style></head>\n<body><main>\n{body}\n</main></body>"
    return f'<!doctype html>\n<html lang="en">{page}</html>\n'


def _parts(report: VideoReport) -> Iterator[str]:
    yield f'<h1>{quoted(report.title)}</h1><p class="note">{quoted(report.opening)}</p>'
    if report.state:
        yield f"<p><b>{quoted(report.state)}</b></p>"
        return
    cells = (f"<div>{quoted(n)}<br><b>{quoted(v)}</b><small>{quoted(of)}</small></div>" for n, v, of in report.numbers)
    yield f'<div class="numbers">{"".join(cells)}</div>'
    yield "<h2>Retention</h2>"
    yield _chart(report) if report.curve else f"<p>{_NO_CURVE}</p>"
    for heading, lines in _sections(report):
        yield f"<h2>{heading}</h2><ul>{''.join(f'<li>{quoted(line)}</li>' for line in lines)}</ul>"


def _chart(report: VideoReport) -> str:
    options = {"displayModeBar": False}
    chart: str = figure(report).to_html(full_html=False, include_plotlyjs=True, div_id="retention", config=options)
    return chart


def figure(report: VideoReport) -> "Figure":
    """The three curves, with drop-offs shaded."""
    from plotly.graph_objects import Figure, Scatter

    rows = report.curve[:: -(-len(report.curve) // POINTS)]
    seconds = [row["video_second"] for row in rows]
    chart = Figure()
    for column, name in _CURVES:
        hover = "%{x} s: %{y:.1%} of " + f"{rows[0]['views']} views<extra></extra>"
        chart.add_trace(
            Scatter(x=seconds, y=[row[column] for row in rows], name=name, mode="lines", hovertemplate=hover)
        )
    for first, last in report.ranges:
        chart.add_vrect(x0=first, x1=last + 1, fillcolor="#c53030", opacity=0.25, line_width=0)
    chart.update_yaxes(title=f"share of {rows[0]['views']} views", rangemode="tozero", tickformat=".0%")
    chart.update_xaxes(title="second of the video")
    legend = {"orientation": "h", "y": 1.2}
    return chart.update_layout(template="plotly_white", height=380, margin={"l": 60, "r": 10, "t": 20}, legend=legend)
