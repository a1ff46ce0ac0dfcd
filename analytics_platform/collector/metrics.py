"""What the collector counts, as Prometheus text. Numbers only: nothing of what was sent is in here."""

from collections import Counter
from dataclasses import dataclass, field

_PAIRS = 500
_STEPS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


@dataclass
class Metrics:
    """Counters since the start; each is changed by one thread."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    lines_stored: int = 0
    commits: int = 0
    commit_seconds: float = 0.0
    commit_steps: Counter[float] = field(default_factory=Counter)
    failed_commits: int = 0
    turned_away: int = 0
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    repeats: int = 0

    def committed(self, lines: int, seconds: float) -> None:
        self.lines_stored += lines
        self.commits += 1
        self.commit_seconds += seconds
        for step in _STEPS:
            if seconds <= step:
                self.commit_steps[step] += 1

    def refuse(self, credential: str, rule: str) -> None:
        """Count a refused request or statement; past some pairs of credential and rule the rest are one."""
        pair = (credential, rule)
        self.refused[pair if pair in self.refused or len(self.refused) < _PAIRS else ("other", "other")] += 1

    def text(self, gauges: dict[str, float], by_target: dict[str, dict[str, float]]) -> str:
        """Prometheus exposition format; ``gauges`` are the numbers of this moment, some of them by target."""
        lines = ["# TYPE collector_requests_total counter"]
        lines += [
            f'collector_requests_total{{route="{route}",status="{status}"}} {count}'
            for (route, status), count in sorted(self.requests.items())
        ]
        lines.append("# TYPE collector_commit_seconds histogram")
        lines += [f'collector_commit_seconds_bucket{{le="{s}"}} {self.commit_steps[s]}' for s in _STEPS]
        lines += [
            f'collector_commit_seconds_bucket{{le="+Inf"}} {self.commits}',
            f"collector_commit_seconds_sum {self.commit_seconds:.6f}",
            f"collector_commit_seconds_count {self.commits}",
        ]
        lines.append("# TYPE collector_refused_total counter")
        lines += [
            f'collector_refused_total{{credential="{credential}",rule="{_escaped(rule)}"}} {count}'
            for (credential, rule), count in sorted(self.refused.items())
        ]
        for name in ("repeats", "lines_stored", "failed_commits", "turned_away"):
            lines += [f"# TYPE collector_{name}_total counter", f"collector_{name}_total {getattr(self, name)}"]
        for name, value in gauges.items():
            lines += [f"# TYPE collector_{name} gauge", f"collector_{name} {value:g}"]
        for name, values in by_target.items():
            lines.append(f"# TYPE collector_{name} gauge")
            lines += [f'collector_{name}{{target="{target}"}} {value:g}' for target, value in values.items()]
        return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
