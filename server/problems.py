"""Errors as RFC 9457 problem details, in Chinese.

DianceError                  type                  status
├── InvalidQueryError        invalid-query         422
├── NotFoundError            not-found             404
├── NotReadyError            not-ready             503
├── IndexMissingError        index-missing         503
├── IndexIncompatibleError   index-incompatible    503
├── EngineError              engine-unavailable    503
├── IndexDamagedError        index-incompatible    503
├── ModelError               model-unavailable     503
├── IngestError              not-added             422
├── UnauthorizedError        unauthorized          401
├── UploadTooLargeError      too-large             413
├── UploadNotKeptError       upload-not-kept       503
├── TooManyRequestsError     too-many-requests     429
├── OverloadedError          overloaded            503
├── StoppingError            stopping              503
├── BodyTooLargeError        too-large             413
├── BodyTooSlowError         too-slow              408
├── TookTooLongError         took-too-long         504
├── FeedbackNotKeptError     feedback-not-kept     503
└── (other)                  internal              500
RequestValidationError       invalid-parameter     422
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.responses import JSONResponse, Response

from indexer.errors import (
    DianceError,
    EngineError,
    IndexDamagedError,
    IndexIncompatibleError,
    IndexMissingError,
    IngestError,
    InvalidQueryError,
    ModelError,
    NotFoundError,
    NotReadyError,
)
from server.feedback import FeedbackNotKeptError
from server.refusals import (
    BodyTooLargeError,
    BodyTooSlowError,
    OverloadedError,
    RefusedError,
    StoppingError,
    TookTooLongError,
    TooManyRequestsError,
)
from server.request_id import current_request_id
from server.security.admin_token import UnauthorizedError
from server.security.uploads import UploadNotKeptError, UploadTooLargeError

MEDIA_TYPE = "application/problem+json"

_KINDS: Mapping[type[Exception], tuple[str, str, int]] = {
    InvalidQueryError: ("invalid-query", "查询内容有误", 422),
    NotFoundError: ("not-found", "没有找到", 404),
    IndexMissingError: ("index-missing", "索引尚未建立", 503),
    IndexIncompatibleError: ("index-incompatible", "索引不可用", 503),
    IndexDamagedError: ("index-incompatible", "索引不可用", 503),
    NotReadyError: ("not-ready", "服务正在启动", 503),
    EngineError: ("engine-unavailable", "检索引擎不可用", 503),
    ModelError: ("model-unavailable", "向量模型不可用", 503),
    IngestError: ("not-added", "文件没有添加", 422),
    UnauthorizedError: ("unauthorized", "需要管理令牌", 401),
    UploadTooLargeError: ("too-large", "文件太大", 413),
    UploadNotKeptError: ("upload-not-kept", "文件没有保存", 503),
    TooManyRequestsError: ("too-many-requests", "请求太频繁", 429),
    OverloadedError: ("overloaded", "访问的人太多", 503),
    StoppingError: ("stopping", "服务正在停止", 503),
    BodyTooLargeError: ("too-large", "提交的内容太大", 413),
    BodyTooSlowError: ("too-slow", "没有收到完整的内容", 408),
    TookTooLongError: ("took-too-long", "处理超时", 504),
    FeedbackNotKeptError: ("feedback-not-kept", "意见没有保存", 503),
}
_MOST_EXPLAINED = 5

UNEXPECTED = "服务内部出错,已记入日志。请稍后再试。"
"""All that is said of an error that nobody foresaw."""

_log = logging.getLogger(__name__)


def problem(kind: str, title: str, status: int, detail: str) -> Response:
    """One problem document."""
    content: dict[str, object] = {
        "type": f"/problems/{kind}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    request_id = current_request_id()
    if request_id is not None:
        content["request_id"] = request_id
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE)


def problem_of(error: DianceError) -> Response:
    """The problem document of one of our own errors."""
    kind, title, status = _KINDS.get(type(error), ("internal", "服务出错", 500))
    response = problem(kind, title, status, str(error))
    if isinstance(error, RefusedError) and error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, UnauthorizedError):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def explanation(errors: Sequence[Mapping[str, Any]]) -> str:
    """What pydantic found wrong with some input, as a Chinese sentence."""
    return ";".join(_explain(item).removesuffix("。") for item in errors[:_MOST_EXPLAINED]) + "。"


def _explain(item: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in item["loc"])
    limits = item.get("ctx", {})
    match item["type"]:
        case "missing":
            return f"缺少参数 {name}"
        case "greater_than_equal":
            return f"参数 {name} 不能小于 {limits.get('ge')}"
        case "less_than_equal":
            return f"参数 {name} 不能大于 {limits.get('le')}"
        case "string_too_long":
            return f"参数 {name} 不能超过 {limits.get('max_length')} 字"
        case "string_too_short":
            return f"参数 {name} 不能为空"
        case "enum" | "literal_error":
            return f"参数 {name} 只能是 {limits.get('expected')}"
        case "extra_forbidden":
            return f"没有参数 {name}"
        case "value_error":
            return str(limits.get("error"))
        case kind:
            return f"参数 {name} {_form(kind)}"


def _form(kind: str) -> str:
    """What a value should look like."""
    if kind == "int_parsing":
        return "应为整数"
    return "应为日期,例如 2021-06-01" if "date" in kind else "的格式不正确"
