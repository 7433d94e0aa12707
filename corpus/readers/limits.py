"""How much a file may ask for before it is refused, whoever wrote it."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Limits on one file and on the process that reads it; sizes in bytes, times in seconds.

    A compilation of 204 pages takes 5 seconds of processor time and 80 MB of address space.
    ``compression_ratio`` is that of one entry of a Word file, as in Apache POI (``ZipSecureFile``);
    ``nesting`` counts XML elements inside each other.
    """

    file_bytes: int = 200 * MEGABYTE
    memory_bytes: int = 1024 * MEGABYTE
    cpu_seconds: int = 120
    wall_seconds: int = 300
    pages: int = 3000
    characters: int = 5_000_000
    unzipped_bytes: int = 300 * MEGABYTE
    compression_ratio: int = 100
    entries: int = 5000
    nesting: int = 100


DEFAULT_LIMITS = ReadingLimits()
