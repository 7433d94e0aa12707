"""How much a file may ask for when it is read. Environment variables: ``DIANCE_READING_…``."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.readers.limits import DEFAULT_LIMITS, MEGABYTE, ReadingLimits


class ReadingSettings(BaseSettings):
    """Limits on a file and on the process that reads a PDF or Word file; beyond them it is refused.

    Sizes (``_mb``) are in MiB, times in seconds: of the processor, and by the clock.
    ``reading_pages`` are those of a PDF. Of a Word file: ``reading_unzipped_mb`` of all
    ``reading_entries`` together, how many times larger one may become, and how deep its XML nests.
    """

    model_config = SettingsConfigDict(env_prefix="DIANCE_", extra="ignore")

    reading_file_mb: int = Field(default=DEFAULT_LIMITS.file_bytes // MEGABYTE, ge=1)
    reading_memory_mb: int = Field(default=DEFAULT_LIMITS.memory_bytes // MEGABYTE, ge=128)
    reading_cpu_seconds: int = Field(default=DEFAULT_LIMITS.cpu_seconds, ge=1)
    reading_wall_seconds: int = Field(default=DEFAULT_LIMITS.wall_seconds, ge=1)
    reading_pages: int = Field(default=DEFAULT_LIMITS.pages, ge=1)
    reading_characters: int = Field(default=DEFAULT_LIMITS.characters, ge=1)
    reading_unzipped_mb: int = Field(default=DEFAULT_LIMITS.unzipped_bytes // MEGABYTE, ge=1)
    reading_compression_ratio: int = Field(default=DEFAULT_LIMITS.compression_ratio, ge=1)
    reading_entries: int = Field(default=DEFAULT_LIMITS.entries, ge=1)
    reading_nesting: int = Field(default=DEFAULT_LIMITS.nesting, ge=1)

    @property
    def reading_limits(self) -> ReadingLimits:
        """The limits as the readers take them."""
        return ReadingLimits(
            file_bytes=self.reading_file_mb * MEGABYTE,
            memory_bytes=self.reading_memory_mb * MEGABYTE,
            cpu_seconds=self.reading_cpu_seconds,
            wall_seconds=self.reading_wall_seconds,
            pages=self.reading_pages,
            characters=self.reading_characters,
            unzipped_bytes=self.reading_unzipped_mb * MEGABYTE,
            compression_ratio=self.reading_compression_ratio,
            entries=self.reading_entries,
            nesting=self.reading_nesting,
        )
