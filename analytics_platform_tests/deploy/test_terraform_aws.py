"""Amazon's Terraform files parse, name only what exists, fit the Helm chart, and give no more than is needed.

``test_terraform`` has Terraform itself validate them where there is a provider.
"""

import re

import pytest
import yaml

from analytics_platform.settings import PROJECT_ROOT

pytest.importorskip("hcl2", reason="needs python-hcl2: pip install python-hcl2")

from analytics_platform_tests.deploy.test_terraform import read_blocks

FOLDER = PROJECT_ROOT / "deploy" / "terraform-aws"
TEXT = "\n".join(file.read_text() for file in sorted(FOLDER.glob("*.tf")))
RESOURCES = read_blocks(FOLDER, "resource")


def test_every_reference_leads_somewhere_and_everything_is_described() -> None:
    assert len(RESOURCES) >= 15
    assert all(name.count(".") == 1 and name.startswith("aws_") for name in RESOURCES)
    variables = read_blocks(FOLDER, "variable")
    assert set(re.findall(r"\bvar\.(\w+)", TEXT)) == set(variables)
    documents = {f"data.{name}" for name in read_blocks(FOLDER, "data")}
    named = set(re.findall(r"(?<![\w\".])((?:data\.)?aws_\w+\.\w+)\b", TEXT))
    assert named <= set(RESOURCES) | documents, named - set(RESOURCES) - documents
    for block in (*variables.values(), *read_blocks(FOLDER, "output").values()):
        assert block.get("description")


def test_nobody_outside_reaches_anything() -> None:
    blocked = RESOURCES["aws_s3_bucket_public_access_block.lake"]
    assert {name: value for name, value in blocked.items() if name != "bucket"} == {
        "block_public_acls": True,
        "block_public_policy": True,
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    }
    store = RESOURCES["aws_db_instance.store"]
    assert (store["publicly_accessible"], store["storage_encrypted"], store["deletion_protection"]) == (
        False,
        True,
        True,
    )
    assert RESOURCES["aws_efs_file_system.home"]["encrypted"] is True
    assert "0.0.0.0/0" not in TEXT
    assert "aws_s3_bucket_versioning" not in TEXT  # a version would keep whom an erasure removes


def test_no_password_is_in_the_files_or_would_be_in_the_state() -> None:
    assert RESOURCES["aws_db_instance.store"]["manage_master_user_password"] is True
    assert not re.search(r"^\s*(password|secret_string)\s*=", TEXT, flags=re.M)


def test_the_role_has_the_rights_of_the_guide_and_no_others() -> None:
    guide = (PROJECT_ROOT / "docs" / "cloud.md").read_text()
    (policy,) = re.findall(r'"Action": \[("s3:GetObject"[^\]]+)\]', guide)
    assert set(re.findall(r'"(s3:\w+)"', TEXT)) == set(re.findall(r'"(s3:\w+)"', policy)) | {
        "s3:ListBucket",
        "s3:GetBucketLocation",
    }
    assert re.findall(r'actions\s+= \["s3:\*"\]', TEXT) == ['actions   = ["s3:*"]']  # denied without TLS
    assert TEXT.count('effect    = "Deny"') == 1


def test_it_fits_the_chart() -> None:
    values = yaml.safe_load((PROJECT_ROOT / "deploy" / "helm" / "values-eks.yaml").read_text())
    assert values["environment"]["LAKE_URL"] == "s3://BUCKET/platform"
    assert values["environment"]["DAGSTER_LOGS_URL"] == "s3://BUCKET/dagster"
    for folder in ("platform", "dagster"):
        assert f"${{aws_s3_bucket.lake.arn}}/{folder}/*" in TEXT
    assert "system:serviceaccount:${var.namespace}:${var.release}" in TEXT  # the chart names it after the release
    assert set(values["serviceAccount"]["annotations"]) == {"eks.amazonaws.com/role-arn"}
