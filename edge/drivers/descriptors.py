"""Lines as descriptors that never block: a TCP connection, a serial port, and the wait for what comes on them."""

import asyncio
import socket
import termios

from serial import Serial

CONNECT_S = 3.0
ASK_EVERY_S = 1  # a peer that only speaks when it has something is asked whether it lives
GIVE_UP_S = 10


async def connected(host: str, port: int) -> socket.socket:
    """A non-blocking socket to the first address that answers. Raises OSError (TimeoutError is one)."""
    async with asyncio.timeout(CONNECT_S):
        return await _connect(host, port)


def keep_alive(connection: socket.socket) -> None:
    """A half-open connection breaks within ten seconds, whether or not anything is sent; see `hearing`."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, ASK_EVERY_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, ASK_EVERY_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GIVE_UP_S * 1000)


def serial_line(port: str, baud: int) -> Serial:
    """A serial port, 8N1, for nobody else. Raises OSError.

    pyserial sets VMIN to 0, so that an idle line reads as an ended one; with 1 a read says EAGAIN.
    """
    line = Serial(port, baud, timeout=0, exclusive=True)
    attributes = termios.tcgetattr(line.fileno())
    attributes[6][termios.VMIN], attributes[6][termios.VTIME] = 1, 0
    termios.tcsetattr(line.fileno(), termios.TCSANOW, attributes)
    return line


async def readable(descriptor: int, within_s: float | None) -> bool:
    """Wait until something can be read, or the other side is gone; false when `within_s` went by without."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        async with asyncio.timeout(within_s):
            await ready.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(descriptor)
    return True


async def _connect(host: str, port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    refused = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_connect(connection, address)
        except OSError as error:
            connection.close()
            refused = error
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise refused
