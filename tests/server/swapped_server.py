"""The real server on a socket that it is given, with an encoder that needs no model.

Run as ``python -m tests.server.swapped_server DESCRIPTOR``; settings come from the environment.
"""

from __future__ import annotations

import sys
from unittest import mock

import uvicorn

from server.app import create_app
from tests.indexer.small_collection import HashingEncoder

if __name__ == "__main__":
    with (
        mock.patch("indexer.search.resolve_model", lambda settings: settings.model),
        mock.patch("indexer.search.open_encoder", return_value=HashingEncoder()),
    ):
        uvicorn.run(create_app(), fd=int(sys.argv[1]), log_level="warning")
