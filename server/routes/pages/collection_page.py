"""About the collection: when, by whom, what cites what, how complete it is, what is missing."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.routes.dependencies import KnowledgeBaseOf
from server.routes.pages.citation_diagram import diagram_of
from server.web.rendering import render

_STANDINGS = {
    "有效": "文件写明了施行日期或有效期,目前在有效期内。",
    "尚未施行": "写明的施行日期还没有到。",
    "已过实施期": "文件标题写明的年份已经过去。这不等于文件已被废止。",
    "已被废止": "汇编中另有文件写明将它废止。",
    "未注明": "文件没有写明有效期。是否仍在执行,请向发文单位核实。",
}
_KINDS = {
    "cites": "引用",
    "forwards": "转发",
    "implements": "贯彻或依据",
    "repeals": "废止",
    "overrides": "优先于",
    "promulgates": "公布",
}

router = APIRouter()


@router.get("/collection", response_class=HTMLResponse)
def collection_page(request: Request, kb: KnowledgeBaseOf) -> Response:
    """The collection as a whole."""
    collection = kb.collection()
    context = {
        "collection": collection,
        "diagram": diagram_of(collection.citations),
        "standings": _STANDINGS,
        "kinds": _KINDS,
        "months": range(1, 13),
    }
    return render(request, "collection.html", context)
