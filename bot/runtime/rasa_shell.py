"""Runs `rasa shell` and its action server, both reachable only from this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

from bot.runtime.environment import prepare
from bot.runtime.model import QUIET, ensure_model
from bot.settings import ROOT

# The address of the action server in endpoints.yml.
ACTIONS = ("127.0.0.1", 5055)
_RASA = (sys.executable, "-m", "bot.runtime.rasa_command")


def main() -> int:
    """Start the action server, wait until it listens, run `rasa shell`, then stop the action server.

    Returns the exit status of `rasa shell`, or 1 if the port is in use.
    """
    prepare()
    if _listens(ACTIONS):
        print(f"Something listens on port {ACTIONS[1]} already: end it, it is where endpoints.yml looks for actions.")
        return 1
    environment = {**os.environ, **QUIET}
    model = ensure_model()
    actions = subprocess.Popen((*_RASA, "run", "actions"), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _listens(ACTIONS):
            if actions.poll() is not None:
                print("The server of the actions ended: start `.venv/bin/rasa run actions` to see why.")
                return 1
            time.sleep(0.1)
        with socket.socket() as free:
            free.bind((ACTIONS[0], 0))
            port = str(free.getsockname()[1])
        shell = (*_RASA, "shell", "--model", str(model), "-i", ACTIONS[0], "-p", port)
        return subprocess.run(shell, cwd=ROOT, env=environment, check=False).returncode
    finally:
        actions.terminate()
        actions.wait()


def _listens(address: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) == 0


if __name__ == "__main__":
    sys.exit(main())
