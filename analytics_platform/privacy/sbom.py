"""What is installed, as a bill of materials (CycloneDX 1.5 JSON), from a lock file: names, versions, hashes.

https://cyclonedx.org/docs/1.5/json/. Works offline. Does not live here: which of them has a known weakness; tools that
have the data (pip-audit, osv-scanner, Grype) read this file.
"""

import re
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from analytics_platform import __version__
from analytics_platform.errors import PrivacyError

_PACKAGE = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)(?:\s*;\s*([^\\]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill_of_materials(lock: Path) -> dict[str, Any]:
    """The same lock file gives the same document."""
    components: list[dict[str, Any]] = []
    for line in lock.read_text("utf-8").splitlines():
        if found := _PACKAGE.match(line):
            name, version, marker = found[1].lower().replace("_", "-"), found[2], (found[3] or "").strip()
            purl = f"pkg:pypi/{name}@{version}"
            component: dict[str, Any] = {
                "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": [],
            }  # fmt: skip
            if marker:
                component["properties"] = [{"name": "python:marker", "value": marker}]
            components.append(component)
        elif components and (digest := _HASH.search(line)):
            components[-1]["hashes"].append({"alg": "SHA-256", "content": digest[1]})
    if not components:
        raise PrivacyError(f"{lock} names no package with a version: give a lock file, as requirements.lock.")
    serial = uuid5(NAMESPACE_URL, "\n".join(component["purl"] for component in components))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "analytics-platform",
                "name": "analytics-platform",
                "version": __version__,
            }
        },
        "components": components,
    }
