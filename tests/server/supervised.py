"""A supervisor with one worker that does nothing; ``python -m tests.server.supervised``."""

from __future__ import annotations

import multiprocessing
import threading

from server.serving import end_with_supervisor


def work() -> None:
    end_with_supervisor()
    print("working", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    worker = multiprocessing.get_context("spawn").Process(target=work)
    worker.start()
    worker.join()
