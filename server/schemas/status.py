"""The JSON of how long something holds: terms, and the standing of a document on a day."""

from __future__ import annotations

import datetime
from functools import lru_cache

from pydantic import BaseModel, Field

from corpus.validity import Period, Status, Validity, status_of

_KEPT = 1024  # standings: documents and terms on a few days


class PeriodOut(BaseModel):
    """A term and the words that state it; both days are null where the words name no date."""

    begins: datetime.date | None = Field(serialization_alias="from")
    ends: datetime.date | None = Field(serialization_alias="to")
    words: str
    clause_id: str | None

    @classmethod
    def of(cls, period: Period | None) -> PeriodOut | None:
        """The JSON of a term, null for none."""
        if period is None:
            return None
        return cls(
            begins=period.begins,
            ends=period.ends,
            words=period.words,
            clause_id=period.provision_id,
        )


class StatusOut(BaseModel):
    """Standing on a day; ``from`` and ``to`` only where the text says so.

    ``plan`` are the years that the title names; they end a plan, not the document.
    """

    label: str = Field(description="有效 | 尚未施行 | 已过实施期 | 已被废止 | 未注明")
    as_of: datetime.date
    begins: datetime.date | None = Field(serialization_alias="from")
    ends: datetime.date | None = Field(serialization_alias="to")
    basis: list[str]
    plan: PeriodOut | None
    repealed_by: str | None

    @classmethod
    def of(cls, validity: Validity, as_of: datetime.date, own: Period | None = None) -> StatusOut:
        """The standing of a document on ``as_of``, or of a clause with a term of its ``own``.

        The same for the same arguments: few documents stand behind all hits.
        """
        return _standing(validity, as_of, own)


@lru_cache(maxsize=_KEPT)
def _standing(validity: Validity, as_of: datetime.date, own: Period | None) -> StatusOut:
    label = validity.status(as_of)
    stated = validity.stated
    basis = list(validity.basis)
    if own is not None:
        basis.append(own.words)
        if own.is_dated:
            stated = own
            if label is not Status.REPEALED:
                governing = (validity.stated, validity.plan, own)
                label = status_of(governing, as_of, signed=validity.signed)
    return StatusOut(
        label=label.value,
        as_of=as_of,
        begins=stated.begins if stated else None,
        ends=stated.ends if stated else None,
        basis=basis,
        plan=PeriodOut.of(validity.plan),
        repealed_by=validity.repealed_by,
    )
