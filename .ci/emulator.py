"""A running `hwdash emulator` for the steps that are written in Python, and a venv for their packages."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HWDASH = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "hwdash"
RESOURCE = "https://manage.devcenter.microsoft.com"
SIGNATURE = "WINDOWS_v100_X64_GE_FULL"


def in_venv(*packages):
    """Goes on with the Python of the venv that the first argument names, with the packages in it."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} VENV")
    venv = Path(sys.argv[1])
    if Path(sys.prefix).resolve() == venv.resolve():
        return
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    os.execv(python, [python, "-B", *sys.argv])


class Emulator:
    """The emulator in a process of its own, and a token for it; it stops at the end of `with`."""

    def __init__(self, *options):
        if not HWDASH.exists():
            sys.exit(f"{HWDASH} is not there: build it by `cargo build -p hwdash`")
        self.process = subprocess.Popen([HWDASH, "emulator", *options], stdout=subprocess.PIPE, text=True)
        self.variables = {}
        while "HWDASH_AUTHORITY_URL" not in self.variables:
            line = re.fullmatch(r"export (\w+)=(.*)\n", self.process.stdout.readline())
            if not line:
                sys.exit("the emulator did not start")
            self.variables[line[1]] = line[2]
        self.authority = self.variables["HWDASH_AUTHORITY_URL"]
        self.api = self.variables["HWDASH_API_URL"]
        self.token = self._token()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        if code := self.process.wait():
            sys.exit(f"the emulator ended with {code}")

    def _token(self):
        form = {
            "grant_type": "client_credentials",
            "client_id": self.variables["AZURE_CLIENT_ID"],
            "client_secret": self.variables["AZURE_CLIENT_SECRET"],
            "resource": RESOURCE,
        }
        url = f"{self.authority}/{self.variables['AZURE_TENANT_ID']}/oauth2/token"
        return self._send(urllib.request.Request(url, urllib.parse.urlencode(form).encode()))["access_token"]

    def call(self, method, path, body=None, content_type="application/json"):
        """Calls the API; a dict goes as JSON, bytes as they are."""
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type}
        return self._send(urllib.request.Request(f"{self.api}/hardware/{path}", data, headers, method=method))

    def advance(self, seconds):
        """Lets time pass on the emulator's clock."""
        body = json.dumps({"seconds": seconds}).encode()
        url = f"{self.authority}/_emulator/clock/advance"
        self._send(urllib.request.Request(url, body, {"Content-Type": "application/json"}))

    @staticmethod
    def _send(request):
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None
