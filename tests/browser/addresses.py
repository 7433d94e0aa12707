"""Every page in every state that a visitor can bring about by an address."""

from __future__ import annotations

from urllib.parse import quote, urlencode

QUESTION = "考了电工中级证能拿多少补贴"
DOCUMENT = "/documents/" + quote("云人社发-2019-16")
TABLES = "/documents/" + quote("云人社通-2021-22")
CLAUSE = "/clauses/" + quote("云人社通-2021-22:附件2.第112行", safe="")


def asked(query: str, **more: str) -> str:
    """The address of a search."""
    return "/?" + urlencode({"q": query, **more})


def benefits_for(story: str) -> str:
    """The address of the benefits for somebody's story."""
    return "/benefits?" + urlencode({"q": story})


PAGES = {
    "home": "/",
    "answered": asked(QUESTION),
    "not answered": asked("北京的积分落户怎么办理"),
    "second page": asked("培训补贴", page="2"),
    "one section": asked("培训补贴", section="二、地方性法规"),
    "number typed sloppily": asked("人社发2019 16号"),
    "clause of a number": asked("云财规(2019)3号第四条第(二)项"),
    "query too long": asked("字" * 501),
    "documents": "/documents",
    "documents of an issuer": "/documents?" + urlencode({"issuer": "云南省教育厅"}),
    "document": DOCUMENT,
    "no such document": "/documents/nothing",
    "clause": CLAUSE,
    "benefits": "/benefits",
    "benefits of a worker": benefits_for("我是电工,2021年考了中级技能等级证"),
    "collection": "/collection",
    "thanks for feedback": "/feedback/thanks?" + urlencode({"q": QUESTION}),
}
