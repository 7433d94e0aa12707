"""The command ``token``: a new token for the administration."""

from __future__ import annotations

from pydantic import BaseModel

from server.commands.terminal import AsJson, err, out, print_json
from server.security.admin_token import make_token


class TokenOut(BaseModel):
    """What ``diance token --json`` prints."""

    token: str
    token_hash: str


def token(as_json: AsJson = False) -> None:
    """生成管理令牌:令牌自己保管,散列写进 DIANCE_ADMIN_TOKEN_HASH。"""
    made = make_token()
    if as_json:
        print_json(TokenOut(token=made.token, token_hash=made.token_hash))
        return
    out.print(f"令牌(只显示这一次,请妥善保管):\n{made.token}")
    out.print(f"启动服务前设置:\nDIANCE_ADMIN_TOKEN_HASH={made.token_hash}")
    err.print("用法:在请求中加上 Authorization: Bearer 令牌,地址见 /docs 的 admin 一节。")
