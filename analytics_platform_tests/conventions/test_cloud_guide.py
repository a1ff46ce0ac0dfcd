"""The guide for the cloud makes every dataset that the platform writes to, and names it in its table."""

import re

import yaml

from analytics_platform.settings import PROJECT_ROOT

GUIDE = (PROJECT_ROOT / "docs" / "cloud.md").read_text("utf-8")


def test_every_dataset_is_made_with_its_rights() -> None:
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project" / "dbt_project.yml").read_text("utf-8"))
    schemas = {layer["+schema"] for layer in project["models"]["analytics_platform"].values()}
    datasets = {"lake", *schemas, "snapshots", "readers"}
    (loop,) = re.findall(r"for layer in (.*); do", GUIDE)
    assert set(loop.split()) == datasets
    table = GUIDE.partition("## What is made in BigQuery")[2].partition("\n## ")[0]
    assert {name for name in datasets if f"_{name}`" in table} == datasets
