"""Folders of cofferd with many credentials. They are filled once, kept under build/bench, and copied for each run."""

import base64
import contextlib
import glob
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys

from measure import Failed
from sides import Daemon

KEPT = "build/bench"
FILL = "build/bin/bench-fill"
# What decides how a database looks; a change of any of them fills anew.
SOURCES = ["host/*/*Schema.cpp", "host/*/*Migrations.cpp", "plugins/*/store/Schema.cpp",
           "plugins/*/search/Document.cpp", "tests/bench/fill*.cpp"]


def schema():
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for name in sorted(glob.glob(pattern)):
            with open(name, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()[:12]


def filled(program, count):
    """The kept folder with so many; whoever wants to change it takes a copy."""
    name = f"{KEPT}/stored-{schema()}-{count}"
    if os.path.exists(name):
        return name
    for old in glob.glob(f"{KEPT}/stored-*"):
        if schema() not in old:
            shutil.rmtree(old)
    partial = name + ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    os.makedirs(partial, mode=0o700)
    subprocess.run([program, "generate-key", partial + "/coffer.key"], check=True, capture_output=True)
    Daemon(program, partial).serve().stop()
    print(f"Filling a folder with {count:,} credentials, once.", file=sys.stderr)
    if status := subprocess.run([FILL, partial, str(count)]).returncode:
        raise Failed(f"{FILL} ended with {status}")
    # Their endpoints do not exist. None of them is tried again before a year is over.
    with contextlib.closing(sqlite3.connect(partial + "/coffer.db")) as database, database:
        database.execute("UPDATE backup_credentials_credential "
                         "SET next_probe_at = next_probe_at + 365 * (next_probe_at - created_at)")
    os.rename(partial, name)
    return name


class Stored(Daemon):
    """cofferd on a copy of a filled folder."""

    def __init__(self, program, folder, count):
        super().__init__(program, folder)
        self.count = count
        subprocess.run(["cp", "-r", "--reflink=auto", filled(program, count), folder], check=True)
        os.sync()  # else it is written while something else is measured
        self.serve()
        self._taken = 0
        self.first, self.last = (self.get(f"/backup-credentials?limit=1&sort={sort}")["items"][0]["id"]
                                 for sort in ("id", "-id"))
        if self.last - self.first + 1 != count:
            raise Failed(f"the filled folder holds ids {self.first} to {self.last}, not {count} of them")

    def take(self, wanted):
        """The first and the last of so many ids that nobody else was given."""
        begin = self.first + self._taken
        if begin + wanted - 1 > self.last:
            raise Failed(f"{self.count} stored are too few for so many rounds")
        self._taken += wanted
        return begin, begin + wanted - 1

    def deep_cursor(self, sort):
        """A bookmark before the last 50 of the list sorted by id or name, made as sdk/src/Page.cpp makes them."""
        item = self.get(f"/backup-credentials?limit=51&sort=-{sort}")["items"][-1]
        key = str(item[sort]).lower()
        return base64.urlsafe_b64encode(f"{sort}\n{item['id']}\n{key}".encode()).rstrip(b"=").decode()
