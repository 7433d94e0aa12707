"""Writes what is inside, as CycloneDX JSON: the package and all that it needs to run.

``python .ci/sbom.py build/sbom.json``; tools of development that are installed beside are left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "diance"


def runtime_packages(project: str) -> set[str]:
    """Canonical names of ``project`` and of what it needs, directly or not, without extras."""
    needed: set[str] = set()
    waiting = [Requirement(project)]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        try:
            below = [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:  # needed on other systems only
            continue
        known = name in needed and not requirement.extras
        needed.add(name)
        if not known:
            waiting += [
                each
                for each in below
                if each.marker is None
                or any(each.marker.evaluate({"extra": extra}) for extra in extras)
            ]
    return needed


def main(target: Path) -> None:
    """Write the bill of materials to ``target``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    program = Path(sys.executable).parent / "cyclonedx-py"
    options = ["--of", "JSON", "--pyproject", "pyproject.toml", "--output-reproducible"]
    described = subprocess.run(
        [program, "environment", *options, sys.executable], capture_output=True, check=True
    )
    bill = json.loads(described.stdout)
    needed = runtime_packages(PROJECT)
    bill["components"] = [
        each for each in bill["components"] if canonicalize_name(each["name"]) in needed
    ]
    kept = {each["bom-ref"] for each in bill["components"]}
    kept.add(bill["metadata"]["component"]["bom-ref"])
    bill["dependencies"] = [
        each | {"dependsOn": sorted(set(each.get("dependsOn", ())) & kept)}
        for each in bill["dependencies"]
        if each["ref"] in kept
    ]
    target.write_text(json.dumps(bill, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{target}: {len(bill['components'])} components")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
