from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from corpus.sources import Source
from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> Iterator[TestClient]:
    with TestClient(create_app(knowledge_base=knowledge_base)) as opened:
        yield opened


def problem(client: TestClient, address: str, status: int) -> dict[str, object]:
    response = client.get(address)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = response.json()
    assert body["status"] == status
    assert set(body) == {"type", "title", "status", "detail", "request_id"}
    assert body["request_id"] == response.headers["x-request-id"]
    return body


def test_search_answers_in_the_agreed_form(client: TestClient, source: Source) -> None:
    body = client.get("/api/v1/search", params={"q": "学徒制补贴标准", "limit": 5}).json()
    assert body["query"] == "学徒制补贴标准"
    assert body["mode"] == "hybrid"
    assert body["total"] >= len(body["results"]) == 5
    for rank, hit in enumerate(body["results"], start=1):
        assert hit["rank"] == rank
        assert {"id", "path", "label", "heading", "kind", "text"} <= set(hit["clause"])
        assert hit["clause"]["kind"] in {"clause", "paragraph", "table_row", "title"}
        assert {
            "id", "doc_number", "title", "issuers", "date", "container", "status"
        } <= set(hit["document"])  # fmt: skip
        citation = hit["citation"]
        spans = citation["source"]["spans"]
        assert citation["source"]["file"] == source.file
        assert citation["quote"] == "".join(source.text[start:end] for start, end in spans)
        assert hit["document"]["title"][:6] in citation["text"]
        assert all(0 <= s < e <= len(hit["clause"]["text"]) for s, e in hit["highlights"])


def test_a_hit_names_where_else_its_rule_stands(client: TestClient) -> None:
    query = {"q": "吸纳贫困劳动力开展以工代训,补贴是工资的多少", "limit": 3}
    hits = client.get("/api/v1/search", params=query).json()["results"]
    (other,) = next(hit["same_as"] for hit in hits if hit["same_as"])
    assert set(other) == {"id", "citation", "document", "doc_number", "title", "words"}
    assert other["words"] is None
    assert client.get(f"/api/v1/clauses/{quote(other['id'])}").status_code == 200


def test_search_says_what_the_query_names(client: TestClient) -> None:
    query = {"q": "云人社通〔2021〕22号附件2 2021年电工", "limit": 1}
    understood = client.get("/api/v1/search", params=query).json()["understood"]
    assert understood == {
        "doc_numbers": ["云人社通〔2021〕22号"],
        "titles": [],
        "clauses": ["附件2"],
        "years": [2021],
        "issuers": [],
        "occupations": ["电工"],
    }


def test_every_clause_quotes_the_source_exactly(client: TestClient, source: Source) -> None:
    for document in client.get("/api/v1/documents").json()["documents"]:
        clauses = client.get(f"/api/v1/documents/{quote(document['id'])}").json()["clauses"]
        for clause in clauses[:: max(1, len(clauses) // 8)]:
            hit = client.get(f"/api/v1/clauses/{quote(clause['id'])}").json()["hit"]
            citation = hit["citation"]
            assert citation["quote"] == "".join(
                source.text[start:end] for start, end in citation["source"]["spans"]
            )


def test_the_status_is_that_of_the_day_asked_for(client: TestClient) -> None:
    def label(day: str) -> str:
        params = {"q": "云政办发〔2019〕69号", "as_of": day}
        return str(
            client.get("/api/v1/lookup", params=params).json()["document"]["status"]["label"]
        )

    assert label("2021-06-01") == "有效"
    assert label("2022-06-01") == "已过实施期"


def test_documents_are_listed_in_the_order_of_the_book_with_facets(client: TestClient) -> None:
    body = client.get("/api/v1/documents").json()
    assert body["total"] == len(body["documents"]) == 42
    assert body["documents"][0]["doc_number"] == "云发〔2018〕4号"
    assert set(body["facets"]) == {"issuer", "year", "section"}
    assert sum(item["count"] for item in body["facets"]["section"]) == 42
    page = client.get("/api/v1/documents", params={"limit": 2, "offset": 1}).json()
    assert page["documents"] == body["documents"][1:3]
    by_year = client.get("/api/v1/documents", params={"year_from": 2021}).json()
    assert all(item["date"] >= "2021" for item in by_year["documents"])


@pytest.mark.parametrize("name", ["云人社发〔2019〕16号", "云人社发-2019-16", "云人社发(2019)16号"])
def test_a_document_has_an_address_by_id_and_number(client: TestClient, name: str) -> None:
    body = client.get(f"/api/v1/documents/{quote(name, safe='')}").json()
    assert body["doc_number"] == "云人社发〔2019〕16号"
    assert body["outline"][0]["heading"] == "目标任务"
    assert [entry["label"] for entry in body["attachments"]] == ["附件1", "附件2"]
    assert any(entry["clause_id"].startswith("云财规-2019-3") for entry in body["cited_by"])


def test_a_forwarding_notice_and_what_it_forwards_name_each_other(client: TestClient) -> None:
    forwarding = client.get(f"/api/v1/documents/{quote('云人社通〔2020〕21号')}").json()
    assert forwarding["embedded"] == ["人社厅发-2019-117"]
    embedded = client.get(f"/api/v1/documents/{quote('人社厅发〔2019〕117号')}").json()
    assert embedded["container"] == "云人社通〔2020〕21号"


def test_tables_come_as_tables(client: TestClient) -> None:
    body = client.get(f"/api/v1/documents/{quote('云人社通〔2021〕41号')}").json()
    (table,) = body["tables"]
    assert table["heads"][:5] == ["序号", "工程专业", "下放职称层级", "承接单位", "联系电话"]
    assert len(table["rows"]) == len(table["clause_ids"]) == 26


def test_a_clause_knows_its_place(client: TestClient) -> None:
    body = client.get(f"/api/v1/clauses/{quote('云发-2018-4:二.(一).3')}").json()
    assert [parent["label"] for parent in body["parents"]] == ["二、", "二、(一)"]
    assert body["previous"]["label"] == "二、(一)2."
    assert body["next"]["label"] == "二、(一)4."
    assert body["hit"]["clause"]["path"] == ["二", "(一)", "3"]


def test_a_parent_clause_gives_its_own_words_and_the_whole(client: TestClient) -> None:
    body = client.get(f"/api/v1/clauses/{quote('云南省中小企业促进条例:第四十九条')}").json()
    assert body["own_text"].endswith(":")
    assert body["hit"]["clause"]["text"].endswith("合法权益的行为。")
    assert len(body["children"]) == 10


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/api/v1/search", 422, "缺少参数 q"),
        ("/api/v1/search?q=", 422, "参数 q 不能为空"),
        ("/api/v1/search?q=%20%20", 422, "查询内容为空"),
        ("/api/v1/search?q=%00%07", 422, "查询内容为空"),
        (f"/api/v1/search?q={'a' * 501}", 422, "不能超过 500 字"),
        ("/api/v1/search?q=a&limit=0", 422, "limit 不能小于 1"),
        ("/api/v1/search?q=a&limit=51", 422, "limit 不能大于 50"),
        ("/api/v1/search?q=a&limit=x", 422, "limit 应为整数"),
        ("/api/v1/search?q=a&mode=magic", 422, "mode 只能是"),
        ("/api/v1/search?q=a&as_of=yesterday", 422, "应为日期"),
        ("/api/v1/documents?limit=201", 422, "limit 不能大于 200"),
        ("/api/v1/documents/nothing", 404, "没有编号或文号"),
        ("/api/v1/clauses/nothing", 404, "没有编号为"),
        ("/nothing", 404, "没有这个地址"),
    ],
)
def test_bad_input_is_a_problem_that_says_what_to_do(
    client: TestClient, address: str, status: int, words: str
) -> None:
    assert words in str(problem(client, address, status)["detail"])


@given(st.text(min_size=1, max_size=100))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_no_query_makes_the_server_fail(client: TestClient, query: str) -> None:
    for address in ("/api/v1/search", "/api/v1/lookup"):
        response = client.get(address, params={"q": query, "mode": "lexical"})
        assert response.status_code in (200, 422)
    assert client.get(f"/api/v1/documents/{quote(query, safe='')}").status_code in (200, 404)


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["documents"] == 42


def test_without_an_index_the_server_lives_and_says_what_to_do(tmp_path: Path) -> None:
    app = create_app(ServerSettings(data_folder=tmp_path))
    app.state.service.refresh()
    bare = TestClient(app)
    assert bare.get("/healthz").status_code == 200
    assert "diance build" in str(problem(bare, "/readyz", 503)["detail"])
    assert "diance build" in str(problem(bare, "/api/v1/search?q=a", 503)["detail"])
    assert bare.get("/").status_code == 503


def test_an_unexpected_fault_shows_no_traceback(
    knowledge_base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(KnowledgeBase, "search", fail)
    app = create_app(knowledge_base=knowledge_base)
    client = TestClient(app, raise_server_exceptions=False)
    body = problem(client, "/api/v1/search?q=a", 500)
    assert "secret" not in str(body)


def test_the_openapi_description_lists_the_surface(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {
        "/api/v1/search",
        "/api/v1/lookup",
        "/api/v1/documents",
        "/api/v1/documents/{document_id}",
        "/api/v1/clauses/{clause_id}",
        "/healthz",
        "/readyz",
    } <= set(paths)


def test_a_misprint_is_found_by_either_reading_and_marked(client: TestClient) -> None:
    for query in ("珏琅银器", "珐琅银器"):
        params = {"q": query, "mode": "lexical", "limit": 1}
        (hit,) = client.get("/api/v1/search", params=params).json()["results"]
        (erratum,) = hit["clause"]["errata"]
        assert hit["clause"]["text"][erratum["start"] : erratum["end"]] == erratum["printed"]
        assert "珏琅" in erratum["printed"]
        assert "珐琅" in erratum["reading"]
        assert "珏琅" in hit["citation"]["quote"]


def test_a_hit_shows_its_rate_and_its_term(client: TestClient) -> None:
    clause = client.get("/api/v1/clauses/云人社通-2021-22:附件2.第112行").json()["hit"]["clause"]
    assert [rate["clause_id"] for rate in clause["rates"]] == ["云人社通-2021-22:附件2.生产制造类"]
    assert clause["period"] == {
        "from": "2021-01-01", "to": "2021-12-31", "words": "2021年度", "clause_id": None,
    }  # fmt: skip
    assert clause["status"]["label"] == "已过实施期"


def test_a_clause_has_the_standing_of_its_own_term(client: TestClient) -> None:
    address = "/api/v1/lookup?q=云人社发〔2018〕54号三"
    body = client.get(f"{address}&as_of=2019-06-01").json()
    assert body["clause"]["clause"]["status"]["label"] == "有效"
    body = client.get(f"{address}&as_of=2020-06-01").json()
    assert body["clause"]["clause"]["status"]["label"] == "已过实施期"
    assert body["clause"]["document"]["status"]["label"] == "未注明"


def test_a_document_says_what_it_does_with_others(client: TestClient) -> None:
    body = client.get("/api/v1/documents/云人社通〔2021〕22号").json()
    (repeal,) = body["repeals"]
    assert (repeal["doc_number"], repeal["document"]) == ("云人社通〔2020〕41号", None)
    assert repeal["clause_id"] == "云人社通-2021-22:十七"
    assert "云政办发-2019-69" in {reference["document"] for reference in body["implements"]}
    body = client.get("/api/v1/documents/云政办发〔2019〕69号").json()
    naming = {(r["kind"], r["document"]) for r in body["cited_by"]}
    assert ("implements", "云人社通-2021-22") in naming
    body = client.get("/api/v1/clauses/云人社通-2021-22:十七").json()
    assert [reference["kind"] for reference in body["cites"]] == ["repeals"]


def test_a_document_comes_as_akoma_ntoso(client: TestClient) -> None:
    response = client.get("/api/v1/documents/云财规〔2019〕3号?format=akn")
    assert response.headers["content-type"] == "application/akn+xml"
    root = etree.fromstring(response.content)
    assert etree.QName(root).localname == "akomaNtoso"
    assert "支持企业开展培训" in "".join(root.itertext())
    assert client.get("/api/v1/documents/没有?format=akn").status_code == 404


def test_the_corrected_reading_is_shown_beside_the_printed_text(client: TestClient) -> None:
    clause = client.get("/api/v1/clauses/云发-2018-4:附件.第10行").json()["hit"]["clause"]
    assert "促进就与的" in clause["text"]
    assert "促进就业的" in clause["corrected"]
