"""How pages are rendered: templates with their filters, and a page that says what went wrong."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates
from markupsafe import Markup, escape

from server.schemas.search import ErratumOut

WEB = Path(__file__).parent
"""Templates and static files."""

_templates = Jinja2Templates(directory=WEB / "templates")


def render(
    request: Request,
    template: str,
    context: Mapping[str, object],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page from ``templates/``."""
    return _templates.TemplateResponse(
        request, template, dict(context), status_code=status, headers=headers
    )


def render_problem(request: Request, message: str, status: int) -> Response:
    """A page that says in plain words what is wrong and offers the search box."""
    return render(request, "problem.html", {"message": message, "status": status}, status)


def iri(text: str) -> str:
    """``text`` as a segment of an address: Chinese stays as it is, a third of its length encoded.

    Browsers encode it themselves (RFC 3987, 3.1); what has a meaning in addresses or HTML doesn't
    stay.
    """
    return "".join(c if ord(c) > 0xFF and c.isalnum() else quote(c, safe="") for c in text)


def marked(
    text: str, highlights: Sequence[tuple[int, int]] = (), errata: Sequence[ErratumOut] = ()
) -> Markup:
    """``text`` with its highlights in ``<mark>``; everything else escaped.

    Where a misprint is certain the right reading is shown, in ``<ins>`` with the printed words as
    its title.
    """
    corrections = {(e.start, e.end): e for e in errata if e.certain}
    inside = set().union(*(range(start, end) for start, end in highlights)) if highlights else set()
    edges = {0, len(text), *itertools.chain(*highlights), *itertools.chain(*corrections)}
    for start, end in corrections:  # a misprint stays in one piece
        edges -= set(range(start + 1, end))
    pieces: list[Markup] = []
    for start, end in itertools.pairwise(sorted(edges)):
        erratum = corrections.get((start, end))
        piece = escape(text[start:end])
        if erratum is not None:
            template = Markup('<ins class="correction" title="原书作“{}”">{}</ins>')
            piece = template.format(erratum.printed, erratum.reading)
        pieces.append(Markup("<mark>{}</mark>").format(piece) if start in inside else piece)
    return Markup("").join(pieces)


_templates.env.filters["marked"] = marked
_templates.env.filters["iri"] = iri
_templates.env.filters["path"] = lambda text: quote(text, safe="")
