"""A door in front of noida-db that teaches it patience. Runs as a program of its own: `patience.py PORT BROKERS_PORT`.

noida-db (0.2.3) answers a fetch at once even when there is nothing, where Kafka waits up to fetch.wait.max.ms: an idle
consumer asks 3,000 times a second, and six stages kept two cores busy with nothing. This holds back the empty answers
(then it asks 40 times), and tells clients its own port where the broker tells its. All else passes as it is.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial

HOLD_S = 0.02
_HOST = "127.0.0.1"
_FETCH = 1
_TELL_ADDRESSES = frozenset({3, 10, 60})  # Metadata, FindCoordinator, DescribeCluster

Step = Callable[[bytes], Awaitable[bytes]]


class Conversation:
    """One client's connection: requests by correlation id, and how small an answer to a fetch of a size can be."""

    def __init__(self, door: int, broker: int) -> None:
        self._asked: dict[bytes, tuple[int, int]] = {}
        self._empty: dict[int, int] = {}
        # In each of these answers host and port stand side by side, and both ports take four bytes.
        self._inside = _HOST.encode() + broker.to_bytes(4, "big")
        self._outside = _HOST.encode() + door.to_bytes(4, "big")

    async def ask(self, request: bytes) -> bytes:
        """A request header begins with the API, its version and the correlation id."""
        self._asked[request[4:8]] = int.from_bytes(request[:2], "big"), len(request)
        return request

    async def answer(self, response: bytes) -> bytes:
        """An answer begins with the correlation id. The smallest answer to the same question is the empty one."""
        api, size = self._asked.pop(response[:4], (-1, 0))
        if api in _TELL_ADDRESSES:
            return response.replace(self._inside, self._outside)
        if api == _FETCH:
            self._empty[size] = min(len(response), self._empty.get(size, len(response)))
            if len(response) == self._empty[size]:
                await asyncio.sleep(HOLD_S)
        return response


async def converse(door: int, broker: int, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
    """Until one side leaves; then the other is left too."""
    try:
        server, to_server = await asyncio.open_connection(_HOST, broker)
    except OSError:
        back.close()
        return
    talk = Conversation(door, broker)
    there, here = _pass(client, to_server, talk.ask), _pass(server, back, talk.answer)
    ways = {asyncio.ensure_future(there), asyncio.ensure_future(here)}
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()
    await asyncio.gather(*ways, return_exceptions=True)
    to_server.close()
    back.close()


async def _pass(source: asyncio.StreamReader, target: asyncio.StreamWriter, through: Step) -> None:
    """Kafka's frames: four bytes of length, then so many bytes."""
    try:
        while True:
            size = await source.readexactly(4)
            frame = await through(await source.readexactly(int.from_bytes(size, "big")))
            target.write(size + frame)
            await target.drain()
    except (asyncio.IncompleteReadError, OSError):
        return


async def serve(door: int, broker: int) -> None:
    server = await asyncio.start_server(partial(converse, door, broker), _HOST, door)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
