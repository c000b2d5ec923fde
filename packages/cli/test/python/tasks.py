"""Tasks as Flyte's Python SDK writes them."""

import asyncio
import dataclasses
import datetime
import enum
import os
import time
import typing

import flyte
import flyte.remote as remote

image = flyte.Image.from_debian_base().with_pip_packages("httpx").with_env_vars({"FROM_IMAGE": "yes"})
env = flyte.TaskEnvironment(name="py", image=image)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: int
    y: float
    tags: list[str]


@env.task
async def square(x: int) -> int:
    return x * x


@env.task(retries=2)
async def unlucky(x: int) -> int:
    attempt = int(os.environ["FLYTE_ATTEMPT_NUMBER"])
    if attempt == 0:
        raise RuntimeError("not yet")
    if attempt == 1:
        os._exit(7)
    return x + attempt


@flyte.trace
async def measured(what: str) -> str:
    print("measuring", what, flush=True)
    return f"{what} {os.getpid()} {os.environ['FROM_IMAGE']}"


@env.task
async def parent(n: int) -> dict[str, str]:
    before = await measured("size")
    squares = await asyncio.gather(*[square(x) for x in range(n)])
    luck = await unlucky(10)
    added = await remote.Task.get("mixed.add_one", auto_version="latest")(x=luck)
    condition = await flyte.new_condition.aio("more", prompt="How many more?", data_type=int)
    print("waiting", flush=True)
    more = await condition.wait.aio()
    return {"sum": str(sum(squares) + added + more), "measured": before}


@env.task
async def describe(
    point: Point, color: Color, when: datetime.datetime, counts: dict[str, int], name: typing.Optional[str] = None
) -> Point:
    text = [color.name, when.isoformat(), str(sorted(counts.items())), str(name)]
    return Point(x=point.x + 1, y=point.y / 2, tags=point.tags + text)


@env.task
async def slow() -> None:
    print("pid", os.getpid(), flush=True)
    time.sleep(600)
