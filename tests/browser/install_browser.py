"""Makes sure that there is a Chromium for the browser tests: quick and silent where there is one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOWNLOAD_SECONDS = 120
PACKAGE_SECONDS = 600


def find_chromium() -> str | None:
    """The path of a Chromium that starts: the system's own or else Playwright's; None where there is none."""
    for name in NAMES:
        path = shutil.which(name)
        if path and _starts(path):
            return path
    path = _playwrights_own()
    return path if path and _starts(path) else None


def _playwrights_own() -> str | None:
    """Where Playwright's own Chromium is, or would be; None without Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(path: str) -> bool:
    """Whether the program tells its version: a stub that asks to install a snap does not."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"Chrom" in done.stdout


def _try(what: str, command: list[str], seconds: float) -> bool:
    """Say what is tried, run it, and say why it failed where it did. What takes longer is ended, children too."""
    print(f"  {what}…", flush=True)
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        told, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        print(f"    it took more than {seconds:.0f} seconds")
        return False
    if process.returncode:
        lines = told.strip().splitlines() or ["without a word"]
        reason = next((line for line in lines if "error" in line.lower()), lines[-1])
        print(f"    it failed with status {process.returncode}: {reason.strip()}")
    return process.returncode == 0


def install() -> None:
    """Try Playwright's download, then the system's packages where we may install them."""
    download = [sys.executable, "-m", "playwright", "install", "chromium"]
    if _try("downloading Playwright's own (two minutes at most)", download, DOWNLOAD_SECONDS) and find_chromium():
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        print("  not installing a package: that takes apt-get, and to be root")
        return
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    if _try("updating the list of packages", ["apt-get", "update", "-qq"], PACKAGE_SECONDS):
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        _try("installing the package chromium", command, PACKAGE_SECONDS)


def main() -> int:
    """0 where there is a Chromium in the end, else 1 and how to mend it."""
    if find_chromium():
        return 0
    print("The browser tests need Chromium, and there is none here. Trying to get it:")
    install()
    found = find_chromium()
    if found:
        print(f"Chromium is there: {found}")
        return 0
    print(
        "There is still no Chromium that starts. To mend it, do one of these, then start again:\n"
        "  - Debian:        sudo apt-get install chromium\n"
        "  - Ubuntu:        sudo snap install chromium, or Google Chrome's own package\n"
        "  - elsewhere:     install Chromium or Google Chrome so that `chromium` or `google-chrome` is on the PATH\n"
        f"  - Playwright's:  {sys.executable} -m playwright install --with-deps chromium"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
