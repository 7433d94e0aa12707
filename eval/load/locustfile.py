"""Visitors as locust knows them: they ask, read for a moment, and ask again.

``locust -f eval/load/locustfile.py --host http://127.0.0.1:8000`` shows them in a browser.
"""

from __future__ import annotations

from locust import FastHttpUser, between, task

from eval.load.traffic import all_questions, mixed

_asks = mixed(all_questions())


class Visitor(FastHttpUser):
    """Asks every second or so; to be told to come back later isn't a failure."""

    wait_time = between(0.5, 1.5)

    @task
    def ask(self) -> None:
        """One request of the mix; a redirect, a page or a refusal all end it."""
        asked = next(_asks)
        method = "POST" if asked.body else "GET"
        headers = {"Content-Type": "application/json"} if asked.body else {}
        with self.client.request(
            method,
            asked.path,
            name=asked.path.partition("?")[0],
            data=asked.body.decode() or None,
            headers=headers,
            catch_response=True,
        ) as response:
            if response.status_code in (429, 503) and "Retry-After" in response.headers:
                response.success()
