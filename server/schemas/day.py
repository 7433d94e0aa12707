"""Days as they are given: 2021-06-01 and nothing else."""

from __future__ import annotations

import datetime
import re
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _as_written(given: object) -> object:
    """Pydantic takes a number for seconds since 1970; 0 or 2021 is a slip here, not a day."""
    if isinstance(given, int | float) or (isinstance(given, str) and not _DAY.fullmatch(given)):
        raise PydanticCustomError("date_format", "not a day")
    return given


Day = Annotated[datetime.date, BeforeValidator(_as_written)]
"""A day in ISO 8601, as JSON Schema's ``format: date`` has it."""
