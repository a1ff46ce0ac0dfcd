"""What Prometheus asks: requests by route and status, their seconds, and the age of the snapshot.

The text format: https://prometheus.io/docs/instrumenting/exposition_formats/. Routes are counted by their template,
so a stranger's paths make no new series.
"""

import threading
from collections import defaultdict

BOUNDS = (0.01, 0.05, 0.15, 0.5, 2.0, 10.0)


class Counters:
    def __init__(self) -> None:
        self._requests: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._buckets: defaultdict[tuple[str, float], int] = defaultdict(int)
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        with self._lock:
            self._requests[method, route, status] += 1
            self._sums[route] += seconds
            for bound in (*BOUNDS, float("inf")):
                if seconds <= bound:
                    self._buckets[route, bound] += 1

    def text(self, age_seconds: float | None) -> str:
        with self._lock:
            lines = ["# HELP api_requests_total Requests by route and status.", "# TYPE api_requests_total counter"]
            for (method, route, status), count in sorted(self._requests.items()):
                lines.append(f'api_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}')
            lines += ["# HELP api_request_seconds Time to answer.", "# TYPE api_request_seconds histogram"]
            for (route, bound), count in sorted(self._buckets.items()):
                edge = "+Inf" if bound == float("inf") else f"{bound:g}"
                lines.append(f'api_request_seconds_bucket{{route="{route}",le="{edge}"}} {count}')
            for route, seconds in sorted(self._sums.items()):
                lines.append(f'api_request_seconds_sum{{route="{route}"}} {seconds:.6f}')
                lines.append(f'api_request_seconds_count{{route="{route}"}} {self._buckets[route, float("inf")]}')
        if age_seconds is not None:
            lines += ["# HELP snapshot_age_seconds Age of the published snapshot.", "# TYPE snapshot_age_seconds gauge"]
            lines.append(f"snapshot_age_seconds {age_seconds:.0f}")
        return "\n".join(lines) + "\n"
