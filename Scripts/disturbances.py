"""What scripts disturb programs with: a network that falls silent, and a clock that jumps."""

import contextlib
import mmap
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import threading


class Network:
    """A port of this machine that leads to a server's socket, until it falls silent and is cut."""

    def __init__(self, path):
        self.path, self.open, self.lock = path, set(), threading.Lock()
        self.speaks = threading.Event()
        self.speaks.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client):
        self.speaks.wait()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(str(self.path))
        except OSError:
            client.close()
            return
        with self.lock:
            self.open |= {client, server}
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self.forward, args=(source, target), daemon=True).start()

    def forward(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                self.speaks.wait()
                target.sendall(data)
        self.close({source, target})

    def close(self, ends):
        with self.lock:
            self.open -= ends
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def silence(self):
        """From now on nothing arrives."""
        self.speaks.clear()

    def cut(self):
        """All connections are gone; further ones are possible."""
        self.close(set(self.open))
        self.speaks.set()

    def end(self):
        self.listener.close()
        self.cut()


shim = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t seconds(void) {
  static volatile int64_t *jump;
  if (!jump) {
    const char *path = getenv("EMQ_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    static int64_t none;
    void *mapped = file >= 0 ? mmap(0, 8, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
    jump = mapped == MAP_FAILED ? &none : (volatile int64_t *)mapped;
    if (file >= 0) close(file);
  }
  return *jump;
}

int clock_gettime(clockid_t clock, struct timespec *result) {
  static int (*known)(clockid_t, struct timespec *);
  if (!known) known = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int status = known(clock, result);
  if (!status && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) result->tv_sec += seconds();
  return status;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
  struct timespec now;
  int status = clock_gettime(CLOCK_REALTIME, &now);
  result->tv_sec = now.tv_sec;
  result->tv_usec = now.tv_nsec / 1000;
  return status;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}
"""


class Clock:
    """A wall clock that programs started with `environment` see, and that jumps."""

    def __init__(self, folder):
        compiler = shutil.which("clang") or shutil.which("cc")
        if not compiler:
            sys.exit("a C compiler is needed for a clock that jumps")
        folder = pathlib.Path(folder)
        (folder / "clock.c").write_text(shim)
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", folder / "clock.so", folder / "clock.c"], check=True)
        (folder / "jump").write_bytes(bytes(8))
        with open(folder / "jump", "r+b") as file:
            self.jump = mmap.mmap(file.fileno(), 8)
        self.environment = {**os.environ, "LD_PRELOAD": str(folder / "clock.so"), "EMQ_CLOCK": str(folder / "jump")}
        self.move(-86_400)
        seen, true = (int(subprocess.run(["date", "+%s"], env=environment, check=True, capture_output=True, text=True).stdout)
                      for environment in (self.environment, None))
        if not 86_000 < true - seen < 87_000:
            sys.exit("the clock of programs cannot be moved here")
        self.move(0)

    def move(self, seconds):
        """Jumps to so many seconds from the true time."""
        self.jump[:] = struct.pack("=q", seconds)
