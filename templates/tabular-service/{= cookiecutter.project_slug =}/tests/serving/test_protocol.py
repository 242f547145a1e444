import socket
from typing import Any


def test_an_answer_is_not_held_back_for_the_next_packet(running: tuple[int, Any]) -> None:
    # The listener of the tests is of the kind for which asyncio alone leaves the delay on.
    port, server = running
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        (protocol,) = server.server_state.connections
        accepted = protocol.transport.get_extra_info("socket")
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
