"""A PostgreSQL server in a folder of its own, for scripts that check what many processes do with one.

Needs Debian's postgresql, and nothing of what it has set up.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def programs():
    """The folder of the newest server's programs; None where there is none."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return pathlib.Path(here).resolve().parent if here else None


page = pathlib.Path(__file__).resolve().parent.parent / "Documentation.docc/ManyMachines.md"
script = pathlib.Path(sys.argv[0]).name


class CannotStart(Exception):
    pass


class Server:
    """A server that listens on a socket in its own folder."""

    def __init__(self, folder):
        self.folder, self.bin, self.process = folder, programs(), None
        # A server does not run as root.
        self.prefix = []
        if os.geteuid() == 0:
            if not shutil.which("setpriv"):
                raise CannotStart("root has no setpriv to start it as another user")
            self.prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            shutil.chown(folder, "nobody")
        made = self.command("initdb", "-D", folder / "data", "-U", "owner", "-A", "trust", "--no-sync")
        if made.returncode:
            raise CannotStart(made.stderr.strip().splitlines()[-1])
        self.start()

    def command(self, name, *arguments):
        return subprocess.run(
            [*self.prefix, self.bin / name, *map(str, arguments)], text=True, capture_output=True, cwd="/")

    def start(self):
        log = open(self.folder / "log", "a")
        self.process = subprocess.Popen(
            [*self.prefix, self.bin / "postgres", "-D", self.folder / "data", "-c", "listen_addresses=",
             "-c", f"unix_socket_directories={self.folder}", "-c", "max_connections=300"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
        for _ in range(300):
            if self.command("pg_isready", "-q", "-h", self.folder).returncode == 0:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise CannotStart((self.folder / "log").read_text().strip().splitlines()[-1])

    def stop(self):
        # SIGINT ends it without waiting for its clients.
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def url(self, database, role="owner"):
        return f"postgres://{role}@{str(self.folder).replace('/', '%2F')}/{database}"

    def sql(self, database, statement):
        done = self.command("psql", "-XqtA", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "owner", "-d", database,
                            "-c", statement)
        if done.returncode:
            sys.exit(f"{script}: {statement}: {done.stderr.strip()}")
        return done.stdout.strip()

    def database(self, name):
        self.sql("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def roles(self, database):
        """Gives the roles of the documentation their rights in a database with a store; the URL of a role."""
        for line in page.read_text().splitlines():
            known = re.match(r"    CREATE ROLE (\w+)", line)
            if known and self.sql("postgres", f"SELECT 1 FROM pg_roles WHERE rolname = '{known[1]}'"):
                continue
            if known or line.startswith("    GRANT "):
                self.sql(database, line.strip())
        return lambda role: self.url(database, f"emq_{role}")


@contextlib.contextmanager
def server():
    """A server and a folder, both gone afterwards; the script ends with a line that says so where none can be started."""
    if programs() is None:
        print(f"{script}: there is no PostgreSQL server here (Debian's postgresql); nothing was checked")
        sys.exit()
    # Names of sockets are short.
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="emq-pg-") as name:
        os.chmod(name, 0o755)
        folder = pathlib.Path(name)
        (folder / "server").mkdir()
        try:
            started = Server(folder / "server")
        except CannotStart as error:
            print(f"{script}: no server can be started here ({error}); nothing was checked")
            sys.exit()
        try:
            yield started, folder
        finally:
            started.stop()
