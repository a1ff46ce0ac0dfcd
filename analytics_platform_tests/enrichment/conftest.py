"""One trained model for all test runs of this code: training takes some seconds, and a model is the same for all."""

from pathlib import Path

import pytest

from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform_tests.organisation import trained_models


@pytest.fixture(scope="session")
def model_folder() -> Path:
    return trained_models()


@pytest.fixture(scope="session")
def engine(model_folder: Path) -> Engine:
    engine = Engine(model_folder=model_folder)
    engine.label(["warm up"])
    return engine
