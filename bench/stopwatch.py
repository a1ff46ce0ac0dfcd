"""Where time goes: a stopwatch put over functions of the platform while a part runs, and taken off again."""

import time
from collections import defaultdict
from collections.abc import Callable
from types import TracebackType
from typing import Any


class Stopwatch:
    """Collects the seconds of named functions, and the whole time while it is entered.

    A step that calls another does not count its time: the steps and the rest add up to the whole.
    """

    def __init__(self) -> None:
        self.steps: defaultdict[str, float] = defaultdict(float)
        self.seconds = 0.0
        self._inner = 0.0  # seconds of steps inside the step that runs
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> "Stopwatch":
        self._started = time.monotonic()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.seconds = time.monotonic() - self._started
        while self._undo:
            self._undo.pop()()

    def over(self, owner: Any, name: str, step: str) -> None:
        """Measure every call of ``owner.name`` as part of a step."""
        plain = getattr(owner, name)
        own = name in vars(owner)

        def timed(*arguments: Any, **named: Any) -> Any:
            started, outer, self._inner = time.monotonic(), self._inner, 0.0
            try:
                return plain(*arguments, **named)
            finally:
                seconds = time.monotonic() - started
                self.steps[step] += seconds - self._inner
                self._inner = outer + seconds

        setattr(owner, name, timed)
        # An inherited method comes back when ours is gone.
        self._undo.append(lambda: setattr(owner, name, plain) if own else delattr(owner, name))

    def answer(self) -> dict[str, Any]:
        rest = self.seconds - sum(self.steps.values())
        steps = {step: round(seconds, 2) for step, seconds in self.steps.items()}
        return {"seconds": self.seconds, **steps, "rest": round(rest, 2)}
