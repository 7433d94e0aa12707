"""How the application is served: by one process, or by several that share an address.

The supervisor of several loads nothing of the application itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
from contextlib import suppress
from multiprocessing.process import BaseProcess

from uvicorn import Config, Server
from uvicorn.supervisors import Multiprocess

from server.connections import ImpatientProtocol
from server.metrics import MULTIPROCESS_FOLDER
from server.settings import ServerSettings

_APPLICATION = "server.application:application"
_LONGEST_HEADER = 32 * 1024  # bytes; a query of 500 characters is encoded in 4.5 KB
_LONGEST_START = 120  # seconds; a worker that says nothing while it loads isn't hung yet
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
"""What FAISS, NumPy and the tokenizer go by."""


def serve(settings: ServerSettings, host: str, port: int) -> None:
    """Serve until told to stop; the address is free."""
    config = _config(settings, host, port)
    if settings.workers == 1:
        with suppress(KeyboardInterrupt):  # uvicorn raises it again once it has stopped
            Server(config).run()
        return
    os.environ |= environment_of_workers(settings)
    with tempfile.TemporaryDirectory(prefix="diance-metrics-") as folder:
        os.environ[MULTIPROCESS_FOLDER] = folder
        Workers(config, sockets=[config.bind_socket()]).run()


def environment_of_workers(settings: ServerSettings) -> dict[str, str]:
    """The settings that worker processes start with: the cores are shared out among them.

    Threads that were set on purpose stay as they are.
    """
    threads = str(max(1, _cores() // settings.workers))
    shared = {name: os.environ.get(name, threads) for name in (*_THREADS, "DIANCE_THREADS")}
    return shared | {"DIANCE_WORKERS": str(settings.workers)}


def end_with_supervisor() -> None:
    """Have this worker stop when its supervisor has gone, even if it was killed.

    A worker that went on alone would keep the address, and nothing could be started there.
    """
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        threading.Thread(target=_stop_after, args=(supervisor,), daemon=True).start()


def _stop_after(supervisor: BaseProcess) -> None:
    supervisor.join()
    os.kill(os.getpid(), signal.SIGTERM)


class Workers(Multiprocess):
    """uvicorn's supervisor; when it stops, no connection waits for workers that have gone."""

    def terminate_all(self) -> None:
        """Close the address here as well, then tell the workers."""
        for listening in self.sockets:
            listening.close()
        super().terminate_all()


def _config(settings: ServerSettings, host: str, port: int) -> Config:
    return Config(
        _APPLICATION,
        factory=True,
        host=host,
        port=port,
        workers=settings.workers,
        loop="server.shared_address:FairLoop",
        http=ImpatientProtocol,
        ws="none",
        log_config=None,
        access_log=False,  # it has query strings and addresses; server/middleware/request_log
        server_header=False,
        h11_max_incomplete_event_size=_LONGEST_HEADER,
        timeout_graceful_shutdown=settings.stop_seconds,
        timeout_worker_healthcheck=_LONGEST_START,
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0))
