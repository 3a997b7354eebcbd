"""The pages that Scripts/check-pages looks at, and the commands that make them from what a fresh clone has."""

import contextlib
import dataclasses
import json
import re
import signal
import subprocess
import time

import workbench

fashion, model = workbench.fashion, "Models/fashion-resnet.onnx"
images = ["--data", f"{fashion}#train#0:100", "--preset", "fashion-mnist"]
test = ["--test", f"{fashion}#test#1600:1800"]
benchmark = "MQBench/fashion-resnet-nearest.csv"
statistics = ["--statistics", "{folder}/statistics.safetensors"]

# What the program allocates by the score that the slider of a compression works with.
sweep = ["allocate", model, "--proxy", "pairwise_divergence", "--statistics", "{folder}/compressed.safetensors", "--bits",
         "2,3,4", "--sweep", "12", "-o", "{folder}/front.csv", "--format", "json"]
# What several pages are made from, by name.
steps = {
    "statistics": ["statistics", model, *images, "--images", "8", "-o", "{folder}/statistics.safetensors"],
    "run": ["search", benchmark, *statistics, "--generations", "100", "-o", "{folder}/run"],
}


@dataclasses.dataclass
class Page:
    """A page and the command that makes it; {page} is its file, {folder} one that all share."""

    name: str
    command: list
    needs: tuple = ()
    has_slider: bool = False
    # What the program allocates within budgets, as it writes it into {folder} besides.
    answers: str = ""

    def answers_in(self, folder):
        return folder / self.answers if self.answers else None


pages = [
    Page("benchmark-show", ["benchmark", "show", benchmark, "--report", "{page}"]),
    Page("search", ["search", benchmark, *statistics, "--generations", "100", "--like", "paper", "-o", "{folder}/paper",
                    "--report", "{page}"], needs=("statistics",)),
    Page("report-search", ["report", "{folder}/run", "-o", "{page}"], needs=("statistics", "run")),
    Page("report-benchmarks", ["report", benchmark, "MQBench/fashion-lstm-nearest.csv", "-o", "{page}"]),
    Page("rank", ["rank", benchmark, *statistics, "--resamples", "20", "--report", "{page}"], needs=("statistics",)),
    Page("compare", ["compare", model, *images, *test, "--budget", "2.5bits", "--random", "2", "--proxies",
                     "hawq_v2;qe_score", "--report", "{page}"]),
    Page("finetune", ["finetune", model, *images, *test, "--bits", "2", "--epochs", "2", "-o", "{folder}/finetuned.onnx",
                      "--report", "{page}"]),
    Page("compress", ["compress", model, *images, *test, "--images", "32", "--budget", "2.5bits",
                      "--statistics", "{folder}/compressed.safetensors", "-o", "{folder}/small.onnx", "--report", "{page}"],
         has_slider=True, answers="allocations.json"),
]


class Failed(Exception):
    """Why there is no page to look at."""


class Maker:
    """Makes pages, and once each what they are made from."""

    def __init__(self, program, folder, artifacts):
        self.program, self.folder, self.artifacts, self.made = program, folder, artifacts, set()

    def command(self, command, page=""):
        return [str(self.program), *(str(part).format(folder=self.folder, page=page) for part in command)]

    def run(self, command, page=""):
        filled = self.command(command, page)
        done = subprocess.run(filled, cwd=workbench.root, text=True, capture_output=True)
        if done.returncode:
            raise Failed(f"emq {' '.join(filled[1:])}: exit status {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def prepare(self, needs):
        for step in needs:
            if step not in self.made:
                self.run(steps[step])
                self.made.add(step)

    def make(self, page):
        """Its file."""
        self.prepare(page.needs)
        path = self.artifacts / f"{page.name}.html"
        path.unlink(missing_ok=True)
        self.run(page.command, path)
        if page.answers:
            self.write_answers(page, path)
        return path

    def write_answers(self, page, path):
        """Writes what the program allocates, by size in bits and group, as positions among the choices of the page."""
        form = json.loads(re.search('id="allocation">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)[1])
        budgets, bits = [], []
        for point in json.loads(self.run(sweep))["points"]:
            weights, inputs = ([int(number) for number in part.split(",")] for part in point["configuration"].split("/"))
            chosen = [choices.index([weights[group[0]], inputs[group[0]]])
                      for group, choices in zip(form["groups"], form["choices"])]
            bits.append(chosen)
            budgets.append(sum(sizes[position] for sizes, position in zip(form["sizes"], chosen)))
        page.answers_in(self.folder).write_text(json.dumps({"budgets": budgets, "bits": bits}), "utf-8")

    @contextlib.contextmanager
    def running(self, command, **options):
        """A command at work, which is interrupted in the end."""
        process = subprocess.Popen(self.command(command), cwd=workbench.root, text=True, **options)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextlib.contextmanager
    def dashboard(self):
        """The address of a dashboard that follows a search, and what makes that search pause for a while."""
        self.prepare(["statistics"])
        runs = self.folder / "runs"
        runs.mkdir()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        search = ["search", benchmark, *statistics, "--generations", "1000000", "-o", runs / "search"]
        serve = ["dashboard", runs, "--port", "0", "--no-browser"]
        listening = quiet | {"stdout": subprocess.PIPE}
        with self.running(search, **quiet) as searching, self.running(serve, **listening) as server:
            address = (server.stdout.readline().split() or [""])[0]
            if not address.startswith("http://127.0.0.1:"):
                raise Failed(f"emq dashboard: exit status {server.wait(timeout=20)}, without an address")
            deadline = time.monotonic() + 30
            while not (runs / "search/history.csv").exists() and time.monotonic() < deadline:
                time.sleep(0.1)
            yield address, lambda: paused(searching, server)


@contextlib.contextmanager
def paused(*processes):
    """Neither writes nor serves anything for a while."""
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    # What was on its way arrives.
    time.sleep(0.5)
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)
