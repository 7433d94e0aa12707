"""tantivy: BM25 of a Lucene-like engine in Rust.

The Python package has no tokenizer for Chinese, and its ngrams know no words. Its users cut the
text beforehand and let tantivy split at blanks; so is it done here. A question is a disjunction of
its words, built as a query rather than parsed, so that no character of it is taken for syntax. One
writer thread, one segment after the commit; only the id is stored.
"""

from __future__ import annotations

from pathlib import Path

import tantivy

from eval.bench.collection import Collection, Vectors
from eval.bench.peers import WordCutter

_BLANKS = "blanks"


class TantivyWords:
    """An index on disk and a searcher on it."""

    def build(self, collection: Collection, vectors: Vectors | None, folder: Path) -> None:
        """Write all texts in one commit."""
        cutter = WordCutter(collection)
        index = _index(folder)
        writer = index.writer(num_threads=1)
        for id_, text in zip(collection.ids, collection.texts, strict=True):
            writer.add_document(tantivy.Document(id=id_, text=cutter.spaced(text)))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, collection: Collection, folder: Path) -> None:
        """Open the folder."""
        self._cutter = WordCutter(collection)
        self._index = _index(folder)
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, question: str, limit: int) -> list[str]:
        """Those with any of the words."""
        schema = self._index.schema
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word))
            for word in dict.fromkeys(self._cutter.spaced(question).split())
        ]
        found = self._searcher.search(tantivy.Query.boolean_query(terms), limit).hits
        return [str(self._searcher.doc(address)["id"][0]) for _, address in found]


def _index(folder: Path) -> tantivy.Index:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name=_BLANKS, index_option="freq")
    index = tantivy.Index(builder.build(), path=str(folder))
    analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_BLANKS, analyser)
    return index
