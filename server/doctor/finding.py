"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"  # worth knowing
    FAULT = "fault"  # must be mended


@dataclass(frozen=True, slots=True)
class Finding:
    """One check; where something is wrong, ``message`` (Chinese) says what to do."""

    subject: str
    severity: Severity
    message: str
