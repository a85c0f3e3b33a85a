"""People who look: each does what the page's script does, and some of them judge."""

from __future__ import annotations

import asyncio
import html
import random
import re
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Final

import numpy as np

from benchmarks.load.http import Browser, LostError
from benchmarks.load.plan import BY_PASSWORD, PASSWORD, Plan, login
from benchmarks.load.seen import Act, Seen, Told
from overt.values.account import Role

__all__ = ["view"]

RETRY_S: Final = 1.0  # the console says so; as a browser does when its stream breaks
LEAST_S, TIMES = 1.0, 5  # as in alerts.js
LOOK_S: Final = 1.0  # as in live.js
LOGINS: Final = 4  # at a time
PATIENCE_S: Final = 20.0  # for what is still under way at the end
ROOM: Final = 1.2  # of what is planned: in case
TOKEN: Final = re.compile(r'name="csrf-token" content="([0-9a-f]+)"')
AFTER: Final = re.compile(r'data-after="(\d+)"')
TAKE: Final = re.compile(r'action="(/alerts/[^/"]+/([^/"]+)/claim)"')
PICTURE: Final = re.compile(r'src="(/pictures/[^"]+)"')


class Viewers:
    """All of them, in one process."""

    def __init__(self, plan: Plan, deployment: str) -> None:
        self.plan = plan
        self.deployment = deployment
        self.seen = Seen(plan.viewers, room=int(plan.rate * plan.seconds * ROOM) + 100)
        self.back = np.full(plan.viewers, np.nan)
        self.rows_ms: list[float] = []
        self.acts: list[Act] = []
        self.problems: dict[int, int] = {}
        self.over = asyncio.Event()
        self.ready = 0

    def note(self, status: int) -> None:
        """Count an answer that is none."""
        if status not in {200, 204, 303}:
            self.problems[status] = self.problems.get(status, 0) + 1


class Viewer:
    """One of them."""

    def __init__(self, number: int, all_of: Viewers) -> None:
        self.number = number
        self.all = all_of
        self.browser = Browser(all_of.plan.port)
        self.role = all_of.plan.role(number)
        self.place = self.csrf = self.shown = ""
        self.news = asyncio.Event()
        self.turn = asyncio.Lock()  # one request at a time, as the one connection for pages allows

    @property
    def page(self) -> str:
        """Which page is open."""
        if self.role is Role.COMMANDER:
            return f"/live/{self.all.deployment}"
        return "/alerts"

    async def enter(self) -> None:
        """Log in and open the page."""
        if self.number < BY_PASSWORD:
            form = {"login": login(self.number), "password": PASSWORD}
            answer = await self.browser.post("/login", form)
            if answer.status != 303:
                raise RuntimeError(f"login: got {answer.status}, want 303")
        else:
            self.browser.cookie = f"overt={self.all.plan.token(self.number)}"
        text = (await self.browser.get(self.page)).text
        token, after = TOKEN.search(text), AFTER.search(text)
        if token is None or after is None:
            raise RuntimeError(f"{self.page}: got a page without a token or a place")
        self.csrf, self.place, self.shown = token[1], after[1], text
        self.all.ready += 1

    async def listen(self) -> None:
        """Follow news, and come back when the stream breaks."""
        lost = False
        after, last = self.place, ""
        while True:
            with suppress(LostError):
                async for chunk in self.browser.stream(f"/news?after={after}", last=last):
                    if lost:
                        lost = False
                        self.all.back[self.number] = time.time()
                        self.news.set()
                    if chunk.startswith(b"id: "):
                        last = chunk[4 : chunk.index(b"\n")].decode()
                        self.all.seen.take(self.number, chunk)
                        self.news.set()
            lost = True
            await asyncio.sleep(RETRY_S)

    async def read_rows(self) -> None:
        """Read the queue's rows again when there is news, no more often than the script does."""
        while True:
            await self.news.wait()
            self.news.clear()
            begun = time.monotonic()
            with suppress(LostError, TimeoutError):
                async with self.turn:
                    answer = await self.browser.get("/alerts/rows")
                self.all.note(answer.status)
                if answer.status == 200:
                    self.shown = answer.text
                    self.all.rows_ms.append((time.monotonic() - begun) * 1000)
            took_s = time.monotonic() - begun
            await asyncio.sleep(max(LEAST_S, TIMES * took_s) - took_s)

    async def look(self) -> None:
        """Ask once a second how the deployment stands."""
        while True:
            with suppress(LostError, TimeoutError):
                async with self.turn:
                    answer = await self.browser.get(f"{self.page}/now")
                self.all.note(answer.status)
            await asyncio.sleep(LOOK_S)

    async def judge(self, every_s: float) -> None:
        """Take the oldest alert that nobody holds, look at it and judge it, again and again."""
        await asyncio.sleep(random.uniform(0, every_s))  # noqa: S311 - no secret
        while not self.all.over.is_set():
            begun = time.monotonic()
            if (found := TAKE.search(self.shown)) is not None:
                with suppress(LostError, TimeoutError):
                    async with self.turn:
                        await self._judge(html.unescape(found[1]), found[2])
            await asyncio.sleep(max(0.0, every_s - (time.monotonic() - begun)))

    async def _judge(self, claim: str, alert: str) -> None:
        form, by = {"csrf": self.csrf}, f"Viewer {self.number}"
        status = 0
        try:
            status = (await self.browser.post(claim, form)).status
        finally:
            self.all.acts.append(Act(alert, by, status))
        page = claim.removesuffix("/claim")
        if status == 303:
            text = (await self.browser.get(page)).text
            for address in PICTURE.findall(text):
                self.all.note((await self.browser.get(html.unescape(address))).status)
            judged = form | {"decision": "reject", "reason": "blur"}
            self.all.note((await self.browser.post(f"{page}/judge", judged)).status)
        self.shown = (await self.browser.get("/alerts")).text


def view(plan: Plan, deployment: str, told: Connection) -> None:
    """Look and judge until told that the load is over; then tell what was seen."""
    asyncio.run(_view(plan, deployment, told))


async def _view(plan: Plan, deployment: str, told: Connection) -> None:
    everybody = Viewers(plan, deployment)
    viewers = [Viewer(number, everybody) for number in range(plan.viewers)]
    turns = asyncio.Semaphore(LOGINS)

    async def enter(viewer: Viewer) -> None:
        async with turns:
            await viewer.enter()

    await asyncio.gather(*map(enter, viewers))
    operators = [viewer for viewer in viewers if viewer.role is Role.OPERATOR]
    tasks = [asyncio.create_task(viewer.listen()) for viewer in viewers]
    for viewer in viewers:
        does = viewer.look if viewer.role is Role.COMMANDER else viewer.read_rows
        tasks.append(asyncio.create_task(does()))
    if plan.acts:
        every_s = len(operators) / plan.acts
        tasks += [asyncio.create_task(viewer.judge(every_s)) for viewer in operators]
    told.send(len(viewers))
    alerts: int = await asyncio.to_thread(told.recv)  # how many were raised
    everybody.over.set()
    end = time.monotonic() + PATIENCE_S
    # An event for each message would cost more than it tells.
    while everybody.seen.least() < alerts and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)  # one that is told twice is told by now
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
    told.send(_told(everybody))


def _told(everybody: Viewers) -> Told:
    told = everybody.seen.told(everybody.back)
    told.acts, told.rows_ms = everybody.acts, everybody.rows_ms
    told.problems = everybody.problems
    return told
