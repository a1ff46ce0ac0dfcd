"""The pages in a real Chromium over 10,000,000 facts: the first view of each, and a changed filter.

The facts are the published snapshot of PLATFORM_HOME (the demo's, without it), copied by SQL. Needs the extra ui,
playwright and Chromium.
"""

import time
from pathlib import Path
from statistics import median

from bench.measuring import Result, run_part, temporary_home
from bench.readers import FACTS, enlarged

VIEW_SECONDS, FILTER_SECONDS, TIMES = 2.0, 1.0, 5
VIEWS = ("today", "learning", "people", "conversations", "video", "operations", "quality", "explorer")


def measure(scale: float) -> list[Result]:
    with temporary_home() as folder:
        facts = run_part(enlarged, folder, round(FACTS * scale)).answer
        return _looked_at(folder, facts)


def _looked_at(folder: str, facts: int) -> list[Result]:
    from analytics_platform.settings import load
    from analytics_platform_tests.serving.browser import DONE, LONGEST, chromium, look, served_pages

    settings = load().model_copy(update={"platform_home": Path(folder)})
    with served_pages(settings) as address, chromium() as browser:
        if browser is None:
            raise SystemExit("Chromium and playwright are needed: apt-get install chromium.")
        first: dict[str, float] = {}
        again: dict[str, list[float]] = {}
        for number in range(TIMES):
            for view in VIEWS:  # a context of its own: nobody has been here before
                context = browser.new_context()
                seconds = look(context.new_page(), f"{address}/{view}")
                if number == 0:
                    first[view] = round(seconds, 2)
                else:
                    again.setdefault(view, []).append(seconds)
                context.close()
        context = browser.new_context()
        page = context.new_page()
        look(page, f"{address}/learning")
        changed = []
        for number in range(TIMES):
            page.locator('[data-testid="stMain"] [data-testid="stSelectbox"] input').first.click()
            option = page.get_by_role("option").nth(1 + number % 2)  # the first is the one that is shown at the start
            before, started = page.url, time.monotonic()
            option.click()
            # Filters live in the address: it changes while the page runs anew.
            page.wait_for_function("before => location.href !== before", arg=before, timeout=LONGEST)
            page.wait_for_function(DONE, timeout=LONGEST)
            changed.append(time.monotonic() - started)
        context.close()
    views = {view: round(median(seconds), 2) for view, seconds in again.items()}
    worst = max(views.values())
    filtered = median(changed)
    detail = {"facts": facts, "by view": views, "the first person's": first}
    return [
        Result("pages_view", worst, "s", VIEW_SECONDS, worst / VIEW_SECONDS, f"value <= {VIEW_SECONDS:g}",
               worst <= VIEW_SECONDS, detail),
        Result("pages_filter", filtered, "s", FILTER_SECONDS, filtered / FILTER_SECONDS,
               f"value <= {FILTER_SECONDS:g}", filtered <= FILTER_SECONDS, {"worst": round(max(changed), 2)}),
    ]  # fmt: skip
