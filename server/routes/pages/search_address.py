"""What the address of the search page says, and the addresses one step away from it."""

from __future__ import annotations

from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from corpus.validity import Status
from indexer.facets import Facet, Sort
from indexer.filters import Filters
from indexer.search import Mode


class SearchAddress(BaseModel):
    """The parameters of the search page; blank ones of a form count as absent."""

    model_config = ConfigDict(frozen=True)

    q: str = ""
    page: int = Field(default=1, ge=1, le=1000)
    mode: Mode = Mode.HYBRID
    sort: Sort = Sort.RELEVANCE
    issuer: str | None = Field(default=None, max_length=100)
    year: int | None = Field(default=None, ge=1900, le=2200)
    section: str | None = Field(default=None, max_length=100)
    status: Status | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_absent(cls, value: object, info: ValidationInfo) -> object:
        if value == "" and info.field_name is not None:
            return cls.model_fields[info.field_name].default
        return value

    @property
    def filters(self) -> Filters:
        """The filters that are chosen."""
        return Filters(
            issuer=self.issuer,
            year_from=self.year,
            year_to=self.year,
            section=self.section,
            status=self.status,
        )

    @property
    def is_plain(self) -> bool:
        """Whether it is the first page for a query, with nothing else chosen."""
        return self == SearchAddress(q=self.q)

    def chosen(self, facet: Facet) -> str | None:
        """The value chosen of a facet, as facets spell it."""
        value = getattr(self, facet.value)
        return str(value) if value is not None else None

    def at_page(self, number: int) -> str:
        """The address of another page of the same result."""
        return self._with(page=number)

    def choosing(self, facet: Facet, value: str | None) -> str:
        """The address with a value chosen, or with None taken back; from the first page."""
        return self._with(page=1, **{facet.value: value})

    def sorted_by(self, sort: Sort) -> str:
        """The address with the hits in another order; from the first page."""
        return self._with(page=1, sort=sort)

    def in_mode(self, mode: Mode) -> str:
        """The address with another way of searching; from the first page."""
        return self._with(page=1, mode=mode)

    def _with(self, **changes: object) -> str:
        changed = SearchAddress.model_validate(self.model_dump() | changes)
        return "/?" + urlencode(changed.model_dump(mode="json", exclude_defaults=True))
