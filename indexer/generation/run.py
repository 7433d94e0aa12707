"""A run of the generator: open clauses in, checked questions beside the added files out.

Each clause is written down as soon as it is answered; a run that was interrupted goes on with the
clauses that have none. The index isn't touched: the next build takes the questions in.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import httpx

from corpus.asked_as import AskedAs, AskedAsError
from corpus.edition import prepare_edition
from corpus.errata import ErrataError
from corpus.generated_questions import append_generated, questions_folder, tidy
from corpus.model import Compilation, Document
from corpus.question_form import Fault
from corpus.sources import MANIFEST, SourceError, load_sources
from indexer.errors import LanguageModelError
from indexer.generation.form_check import CheckedReply, check_reply
from indexer.generation.prompt import messages_for
from indexer.language_model.chat import UnusableReplyError, complete, open_client
from indexer.language_model.endpoint import Endpoint
from indexer.language_model.names import load_name_tagger
from indexer.passages import Unit, units_of, wants_questions
from indexer.settings import IndexSettings

_TRIES = 3  # of one clause
_LONGEST_WAIT = 60  # seconds; a service that asks for more is asked another time
_OUTAGES = 5  # clauses in a row without a reply: the service is down

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class OpenClauses:
    """Clauses of added files that want questions; ``citable`` are the ids of all their units."""

    compilations: tuple[Compilation, ...]
    clauses: tuple[tuple[Document, Unit], ...]
    citable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Failure:
    """A clause that still has no questions, and why (Chinese)."""

    clause_id: str
    why: str


@dataclass(frozen=True, slots=True)
class GenerationReport:
    """What a run did.

    ``answered`` clauses got ``questions``; ``dropped`` counts the others that the model wrote, by
    fault. ``left`` clauses weren't asked for, since the run was ``stopped`` for that reason.
    """

    answered: int
    questions: int
    dropped: Counter[Fault]
    failures: tuple[Failure, ...]
    left: int
    stopped: str | None

    @property
    def is_complete(self) -> bool:
        """Whether each clause got questions."""
        return not self.failures and not self.left


def open_clauses(settings: IndexSettings, files: Sequence[str] | None = None) -> OpenClauses:
    """The clauses of added files that have no questions; of all files by default.

    Raises:
        LanguageModelError: nothing of that name was added, or an added file can't be read.
    """
    folder = settings.added_folder
    try:
        is_there = (folder / MANIFEST).exists()
        sources = load_sources(folder, limits=settings.reading_limits) if is_there else ()
        added = {source.file: source for source in sources}
        for name in files or ():
            if name not in added:
                known = "、".join(added) or "(无)"
                raise LanguageModelError(f"没有添加过名为 {name} 的文件。已添加的文件:{known}。")
        chosen = [added[name] for name in dict.fromkeys(files or added)]
        edition = prepare_edition(chosen, added_folder=folder)
    except (SourceError, ErrataError, AskedAsError) as error:
        raise LanguageModelError(str(error)) from None
    documents = {document.id: document for document in edition.documents}
    units = list(units_of(edition))
    clauses = tuple(
        (documents[unit.document_id], unit)
        for unit in units
        if unit.asked_as is None and wants_questions(unit)
    )
    return OpenClauses(edition.compilations, clauses, frozenset(unit.id for unit in units))


def generate(
    settings: IndexSettings,
    endpoint: Endpoint,
    open_ones: OpenClauses,
    progress: Progress | None = None,
) -> GenerationReport:
    """Ask the model for questions to each clause and keep those that are in form.

    Raises:
        LanguageModelError: the folder of the questions can't be written, so nothing was begun.
    """
    try:
        questions_folder(settings.added_folder).mkdir(parents=True, exist_ok=True)
        for compilation in open_ones.compilations:
            tidy(compilation, settings.added_folder, open_ones.citable)
    except OSError as error:
        raise _unwritable(error) from None
    run = _Run(settings, endpoint, open_ones, progress)
    stopped = None
    if open_ones.clauses:
        load_name_tagger()  # now: it would hold up replies that are under way
        stopped = asyncio.run(run.all())
    return GenerationReport(
        answered=run.answered,
        questions=run.questions,
        dropped=run.dropped,
        failures=tuple(run.failures),
        left=len(open_ones.clauses) - run.answered - len(run.failures),
        stopped=stopped,
    )


def _unwritable(error: OSError) -> LanguageModelError:
    name = error.filename or "问法文件"
    return LanguageModelError(f"无法写入 {name}({error.strerror or error})。请检查磁盘空间和权限。")


class _Run:
    """Workers that share one list of clauses; all of them in one thread."""

    def __init__(
        self,
        settings: IndexSettings,
        endpoint: Endpoint,
        open_ones: OpenClauses,
        progress: Progress | None,
    ) -> None:
        self.answered = 0
        self.questions = 0
        self.dropped: Counter[Fault] = Counter()
        self.failures: list[Failure] = []
        self._folder = settings.added_folder
        self._endpoint = endpoint
        self._clauses = open_ones.clauses
        self._progress = progress or (lambda _done, _total: None)
        self._outages = 0

    async def all(self) -> str | None:
        """Ask for all clauses; the reason if the run ended before."""
        pending = iter(self._clauses)
        stopped = None
        try:
            async with open_client(self._endpoint) as client, asyncio.TaskGroup() as workers:
                for _ in range(self._endpoint.parallel):
                    workers.create_task(self._work(client, pending))
        except* LanguageModelError as errors:
            stopped = str(errors.exceptions[0])
        return stopped

    async def _work(
        self, client: httpx.AsyncClient, pending: Iterator[tuple[Document, Unit]]
    ) -> None:
        for document, unit in pending:
            try:
                reply = await self._ask(client, document, unit)
            except UnusableReplyError as error:
                self._fail(unit, error)
            else:
                self._keep(document, unit, reply)
            self._progress(self.answered + len(self.failures), len(self._clauses))

    async def _ask(self, client: httpx.AsyncClient, document: Document, unit: Unit) -> CheckedReply:
        """A reply with at least one question, in a few tries."""
        messages = messages_for(document, unit)
        for attempt in range(1, _TRIES + 1):
            try:
                reply = check_reply(
                    await complete(client, self._endpoint, messages), document, unit
                )
                self.dropped += reply.dropped
                if reply.questions:
                    return reply
                raise UnusableReplyError("模型写的问题没有一个合乎要求")
            except UnusableReplyError as error:
                wait = error.wait
                if wait is None:
                    wait = self._endpoint.backoff * 2 ** (attempt - 1) if error.outage else 0
                if not error.retry or attempt == _TRIES or wait > _LONGEST_WAIT:
                    raise
            await asyncio.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _fail(self, unit: Unit, error: UnusableReplyError) -> None:
        self.failures.append(Failure(unit.id, str(error)))
        self._outages = self._outages + 1 if error.outage else 0
        if self._outages == _OUTAGES:
            raise LanguageModelError(
                f"连续 {_OUTAGES} 个条款没有得到答复,不再继续。最后一次:{error}。"
            )

    def _keep(self, document: Document, unit: Unit, reply: CheckedReply) -> None:
        asked_as = AskedAs(reply.questions, reply.keywords, made_by=self._endpoint.model)
        day = date.today().isoformat()
        try:
            append_generated(self._folder, document, unit.id, asked_as, day)
        except OSError as error:
            raise _unwritable(error) from None
        self._outages = 0
        self.answered += 1
        self.questions += len(reply.questions)
