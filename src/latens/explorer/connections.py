"""Connections that keep no one else out: each has its request sent in time, and there are only so many."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["Connection"]

# A browser sends the head of a request at once.
_SECONDS = 5.0
# Far more than browsers open, and far fewer than files that a process may have open.
_MOST_OPEN = 128


class Connection(H11Protocol):
    """A connection of uvicorn that is closed if no whole head of a request comes in time.

    uvicorn itself waits for ever for the rest of a head, and counts whoever sends one slowly among those it
    serves. What a request sends beyond its head is waited for by those answers alone that need it, and they
    have a limit of their own.
    """

    _deadline: asyncio.TimerHandle | None = None

    @property
    def waits(self) -> bool:
        """Whether no answer is being given."""
        return self._deadline is not None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection in, in place of the one that has waited longest if there are too many."""
        super().connection_made(transport)
        if len(self.connections) > _MOST_OPEN:
            waiting = [one for one in self.connections if isinstance(one, Connection) and one.waits]
            # Without one that waits, all others are being answered, and this one has to go.
            min(waiting, key=Connection._since, default=self).shutdown()
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what has come; a request that cannot be understood ends the connection."""
        try:
            super().data_received(data)
        except h11.ProtocolError:
            self.shutdown()
        if self._is_answering:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        try:
            super().on_response_complete()
        except h11.ProtocolError:
            self.shutdown()
        if not self._is_answering:
            self._wait()

    def send_400_response(self, msg: str) -> None:
        """Say that a request cannot be understood, unless an answer has begun."""
        if self.conn.our_state is h11.IDLE and not self._is_answering:
            super().send_400_response(msg)
        else:
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of a connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection now, whatever is under way: everything can be asked for again."""
        if self.cycle is not None:
            self.cycle.disconnected = True
        self.connections.discard(self)
        self.transport.abort()

    def timeout_keep_alive_handler(self) -> None:
        """End a connection without further requests."""
        self.shutdown()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _since(self) -> float:
        return self._deadline.when() if self._deadline else 0.0

    def _wait(self) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self._deadline = self.loop.call_later(_SECONDS, self.shutdown)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
