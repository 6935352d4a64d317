"""The network between a box and its broker, in a process of its own: one inside the box's would take its time.

python -m bench.line PORT SWITCH_PORT TARGET_PORT      a line to TARGET_PORT that SWITCH_PORT cuts and mends
"""

import signal
import sys
import urllib.request

from deploy.demo.servers.proxy import Proxy
from deploy.demo.servers.switch import LineSwitch

READY = "forwarding"


def main(port: int, switch_port: int, target_port: int) -> None:
    """Until killed."""
    line = Proxy(target_port, port=port)
    line.start()
    LineSwitch([line], port=switch_port).start()
    print(READY, flush=True)
    signal.pause()


def turn(switch_port: int, *, is_cut: bool) -> None:
    """Cut or mend the line; returns when it is in force."""
    body = b'{"cut": true}' if is_cut else b'{"cut": false}'
    request = urllib.request.Request(f"http://127.0.0.1:{switch_port}/", data=body, method="PUT")
    with urllib.request.urlopen(request, timeout=10):
        pass


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:4]))
