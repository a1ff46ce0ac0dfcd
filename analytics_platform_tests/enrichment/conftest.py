"""One trained model for the whole folder: training takes some seconds, and a model is the same for everyone."""

from pathlib import Path

import pytest

from analytics_platform.enrichment.engine import Engine


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def engine(model_folder: Path) -> Engine:
    engine = Engine(model_folder=model_folder)
    engine.label(["warm up"])
    return engine
