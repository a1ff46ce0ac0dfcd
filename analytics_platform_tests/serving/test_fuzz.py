"""Whatever is asked of the documented routes, the answer is below 500."""

from typing import Any

import pytest

from analytics_platform.settings import Settings
from analytics_platform_tests.semantics.organisation import marts
from analytics_platform_tests.semantics.snapshot import put
from analytics_platform_tests.serving.conftest import serve


def test_no_documented_route_fails(settings: Settings) -> None:
    """schemathesis would print each example; here its generator is used quietly."""
    schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis")
    from hypothesis import HealthCheck, given
    from hypothesis import settings as limits

    put(settings, **marts())
    with serve(settings.model_copy(update={"api_requests_per_minute": 100_000})) as served:
        schema = schemathesis.openapi.from_dict(served.client.get("/openapi.json").json())
        key = {"Authorization": f"Bearer {served.keys['admin']}"}
        statuses = set[int]()
        for operation in schema.get_all_operations():

            @given(case=operation.ok().as_strategy())
            @limits(max_examples=5, database=None, deadline=None, suppress_health_check=list(HealthCheck))
            def answers(case: Any) -> None:
                answer = case.call(base_url=str(served.client.base_url), headers=key)
                assert answer.status_code < 500, f"{case.method} {case.formatted_path}: {answer.text}"
                statuses.add(answer.status_code)

            answers()
        assert {200, 404, 422} & statuses > {200}, statuses
