"""The systems that are measured, and in which variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eval.bench.collection import Wording
from eval.bench.peers import System
from eval.bench.query_encoders import Encoding
from indexer.errors import DianceError

OURS = "diance"


@dataclass(frozen=True, slots=True)
class Variant:
    """One system as it is measured; ``encoding`` is None where questions aren't embedded by choice.

    Our own search has its encoder, so that it has no variants of it.
    """

    family: str
    wording: Wording
    encoding: Encoding | None = None

    @property
    def name(self) -> str:
        """As in the tables: family, wording if questions are indexed, encoder if there is one."""
        asked = "+q" if self.wording is Wording.QUESTIONS else ""
        return f"{self.family}{asked}" + (f" ({self.encoding})" if self.encoding else "")

    @property
    def slug(self) -> str:
        """The same for names of files."""
        return self.name.replace(" ", "-").replace("(", "").replace(")", "")

    @property
    def is_ours(self) -> bool:
        """Whether it is this project."""
        return self.family == OURS

    @property
    def embeds(self) -> bool:
        """Whether it encodes each question."""
        return self.is_ours or self.encoding is not None


LEXICAL_PEERS = ("bm25s", "tantivy", "fts5")
HYBRID_PEERS = ("txtai", "haystack", "milvus")
FAMILIES = (OURS, *LEXICAL_PEERS, *HYBRID_PEERS)


def variants_of(families: Iterable[str]) -> tuple[Variant, ...]:
    """What is measured of each family.

    Hybrid peers are timed with both encoders. With questions in the texts they are run with ours
    only: that variant is about quality, which the encoder hardly changes.
    """
    variants: list[Variant] = []
    for family in families:
        if family in HYBRID_PEERS:
            variants.append(Variant(family, Wording.TEXTS, Encoding.USUAL))
            variants.append(Variant(family, Wording.TEXTS, Encoding.OURS))
            variants.append(Variant(family, Wording.QUESTIONS, Encoding.OURS))
        elif family in (OURS, *LEXICAL_PEERS):
            variants += [Variant(family, wording) for wording in Wording]
        else:
            known = "、".join(FAMILIES)
            raise DianceError(f"没有名为 {family} 的系统。可选:{known}。")
    return tuple(variants)


def create(variant: Variant) -> System:
    """The system of a variant. Only its own library is imported, so that its memory is its own."""
    # Imported one by one: see above.
    if variant.is_ours:
        from eval.bench.diance import Diance  # noqa: PLC0415

        return Diance(variant.wording)
    return _hybrid(variant.family, variant.encoding) if variant.encoding else _lexical(variant)


def _lexical(variant: Variant) -> System:
    if variant.family == "bm25s":
        from eval.bench.bm25s_words import Bm25sWords  # noqa: PLC0415

        return Bm25sWords()
    if variant.family == "tantivy":
        from eval.bench.tantivy_words import TantivyWords  # noqa: PLC0415

        return TantivyWords()
    from eval.bench.sqlite_trigrams import SqliteTrigrams  # noqa: PLC0415

    return SqliteTrigrams()


def _hybrid(family: str, encoding: Encoding) -> System:
    if family == "txtai":
        from eval.bench.txtai_hybrid import TxtaiHybrid  # noqa: PLC0415

        return TxtaiHybrid(encoding)
    if family == "haystack":
        from eval.bench.haystack_hybrid import HaystackHybrid  # noqa: PLC0415

        return HaystackHybrid(encoding)
    from eval.bench.milvus_hybrid import MilvusHybrid  # noqa: PLC0415

    return MilvusHybrid(encoding)


def as_json(variant: Variant) -> dict[str, str | None]:
    """For the process that runs it."""
    return {
        "family": variant.family,
        "wording": variant.wording.value,
        "encoding": variant.encoding.value if variant.encoding else None,
    }


def from_json(content: Mapping[str, str | None]) -> Variant:
    """What :func:`as_json` wrote."""
    encoding = content["encoding"]
    return Variant(
        str(content["family"]),
        Wording(str(content["wording"])),
        Encoding(encoding) if encoding else None,
    )
