"""``diance doctor``: what is wrong with the collection and its surroundings, and the cure."""

from __future__ import annotations

from collections.abc import Iterator

from server.doctor.collection import examine_collection
from server.doctor.engine import examine_engine
from server.doctor.finding import Finding
from server.doctor.surroundings import examine_surroundings
from server.settings import ServerSettings


def examine(settings: ServerSettings) -> Iterator[Finding]:
    """All checks, one after the other; none of them changes anything but the model's cache."""
    yield from examine_surroundings(settings)
    yield from examine_collection(settings)
    yield from examine_engine(settings)
