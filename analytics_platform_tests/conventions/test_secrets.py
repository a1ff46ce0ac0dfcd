"""No secret is committed, and what the page of threats names exists."""

import re
import subprocess

import pytest

from analytics_platform.settings import PROJECT_ROOT

TESTS = PROJECT_ROOT / "analytics_platform_tests"
SECRETS = {
    "private key": r"-----BEGIN (?:RSA |EC |OPENSSH |DSA |ENCRYPTED )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}",
    "AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "Google API key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "Google service account": r'"private_key_id":\s*"[0-9a-f]{40}"',
    "GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    "Slack token": r"\bxox[baprs]-[0-9A-Za-z-]{10,}\b",
    "Slack webhook": r"hooks\.slack\.com/services/T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{20,}",
    "OpenAI key": r"\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}\b",
    "JSON web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}\b",
}


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout: which files are tracked is not known")
    return [name for name in done.stdout.split("\0") if name]


def found_in(text: str) -> list[str]:
    return [kind for kind, pattern in SECRETS.items() if re.search(pattern, text)]


def test_no_tracked_file_holds_a_secret() -> None:
    held = {}
    for name in tracked():
        file = PROJECT_ROOT / name
        if file.is_file() and (kinds := found_in(file.read_text("utf-8", errors="replace"))):
            held[name] = kinds
    assert held == {}


@pytest.mark.parametrize(
    "made_up",
    [
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a1B2" * 9,
        "sk-" + "proj-" + "x" * 40,
        "-----BEGIN " + "PRIVATE KEY-----\n" + "M" * 64,
    ],
)
def test_a_secret_would_be_found(made_up: str) -> None:
    assert found_in(f'key = "{made_up}"')


def test_every_test_that_the_threats_name_exists() -> None:
    page = (PROJECT_ROOT / "docs" / "threats.md").read_text()
    named = re.findall(r"`((?:\w+/)+\w+(?:\.py)?)`", page.split("## Not guarded")[0])
    assert len(named) >= 20
    assert [name for name in named if not (TESTS / name).exists()] == []


def test_env_files_and_keys_are_not_tracked() -> None:
    assert [
        n for n in tracked() if n.endswith((".env", ".pem", ".key", ".p12")) or n.endswith("credentials.json")
    ] == []
