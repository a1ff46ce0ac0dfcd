"""Small pictures of series as SVG in Markdown, for people in the Dagster UI. No library: a line, a band and dots."""

import base64
from collections.abc import Sequence

import numpy as np

from analytics_platform.insights.rolling import Array

WIDTH, HEIGHT, SHOWN = 640, 120, 336


def picture(title: str, values: Array, low: Array, high: Array, marked: Sequence[int] = ()) -> str:
    """An image in Markdown: the values, the range that was expected, and marked places in red. NaN is a gap."""
    edges = np.concatenate([values, low, high])
    edges = edges[np.isfinite(edges)]
    if not edges.size:
        return f"{title}: no data"
    bottom, top = float(edges.min()), float(edges.max())
    span = (top - bottom) or 1.0
    across = WIDTH / max(len(values) - 1, 1)

    def point(place: int, value: float) -> str:
        return f"{place * across:.1f},{HEIGHT - 4 - (value - bottom) / span * (HEIGHT - 8):.1f}"

    known = [place for place in range(len(values)) if np.isfinite(low[place]) and np.isfinite(high[place])]
    band = " ".join([point(p, float(high[p])) for p in known] + [point(p, float(low[p])) for p in reversed(known)])
    line = " ".join(point(place, float(value)) for place, value in enumerate(values) if np.isfinite(value))
    dots = "".join(
        '<circle r="3" fill="#c0392b" cx="{}" cy="{}"/>'.format(*point(place, float(values[place])).split(","))
        for place in marked
        if np.isfinite(values[place])
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<polygon points="{band}" fill="#d6e4f0"/>'
        f'<polyline points="{line}" fill="none" stroke="#1f4e79" stroke-width="1.5"/>{dots}</svg>'
    )
    return f"**{title}**\n\n![{title}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"
