"""A TCP proxy in front of the broker: it forwards, or cuts everybody off, or stalls."""

import contextlib
import socket
import threading

BUFFER = 65_536
Address = str | tuple[str, int]


class Proxy:
    """Listens on a port of 127.0.0.1 for ``upstream``: host and port, or a socket."""

    def __init__(self, upstream: Address) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._flows, self._is_cut = threading.Event(), False
        self._flows.set()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close every connection, and each new one."""
        self._is_cut = True
        for one in list(self._open):
            _close(one)

    def stall(self) -> None:
        """Forward nothing more and say nothing."""
        self._flows.clear()

    def mend(self) -> None:
        """Forward again; what had been stalled goes on."""
        self._is_cut = False
        self._flows.set()

    def close(self) -> None:
        """End."""
        self.cut()
        self._flows.set()
        _close(self._listener)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = self._connect()
        except OSError:
            _close(client)
            return
        if self._is_cut:
            _close(client)
            _close(server)
            return
        self._open |= {client, server}
        back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
        back.start()
        self._pump(client, server)
        back.join()
        self._open -= {client, server}

    def _connect(self) -> socket.socket:
        if isinstance(self._upstream, tuple):
            return socket.create_connection(self._upstream, timeout=None)
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._upstream)
        return server

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(BUFFER):
                self._flows.wait()
                target.sendall(data)
        _close(source)
        _close(target)


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
