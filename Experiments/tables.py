"""Markdown tables of what `emq rank` reports, for the scripts beside this file."""


def markdown(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def short(benchmark):
    return (benchmark.replace("efficientnet-lite0-imagenet", "effnet").replace("fashion-", "f-")
            .replace("-cifar10", ""))


def mean(row, metric="rho_100"):
    """A row's figure, or nothing where it is not defined."""
    found = (row or {}).get(metric)
    return found["mean"] if found else None


def text(value):
    return "–" if value is None else f"{value:.3f}"


def average(values):
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


class Ranking:
    """What all benchmarks say of all proxies."""

    def __init__(self, result, titles=None):
        """`titles` names formulas, which the report names by their text."""
        self.titles = titles or {}
        self.benchmarks = result["benchmarks"]
        self.names = [benchmark["name"] for benchmark in self.benchmarks]
        self.rows = [{row["name"]: row for row in benchmark["rows"]} for benchmark in self.benchmarks]

    def header(self, first):
        return [first, *(short(name) for name in self.names)]

    def figures(self, name, metric="rho_100"):
        return [mean(rows.get(name), metric) for rows in self.rows]

    def oracle(self, form):
        """Figures of the oracle of a form: linear, additive or pairwise."""
        name = next((name for name in self.proxies("oracle") if name.startswith(f"oracle: {form}")), None)
        return self.figures(name)

    def proxies(self, kind=None):
        """Names in the order of the report."""
        return list(dict.fromkeys(
            name for rows in self.rows for name, row in rows.items() if kind is None or row["kind"] == kind))

    def best(self, kind):
        """The best proxy of a kind on each benchmark, and its figure: chosen with hindsight."""
        chosen = []
        for rows in self.rows:
            known = [(mean(row), name) for name, row in rows.items() if row["kind"] == kind and mean(row) is not None]
            chosen.append(max(known, default=(None, "none")))
        return chosen

    def highest(self, kind):
        """The proxy of a kind with the highest mean over benchmarks."""
        return max(self.proxies(kind), key=lambda name: average(self.figures(name)) or -1, default=None)

    def table(self):
        """ρ@100 % of all proxies on all benchmarks."""
        truths = ["*truth*", *(benchmark["truth"] for benchmark in self.benchmarks), ""]
        return markdown([*self.header("proxy"), "mean"], [truths] + [
            [self.titles.get(name, name), *map(text, self.figures(name)), text(average(self.figures(name)))]
            for name in self.proxies()])

    def kinds(self):
        """The best bit-weighted and the best perturbation proxy of each benchmark, beside what their forms can reach."""
        rows = []
        for name, benchmark, weighted, perturbation, linear, additive in zip(
                self.names, self.benchmarks, self.best("bit-weighted"), self.best("perturbation"),
                self.oracle("linear"), self.oracle("additive")):
            gap = "–" if None in (weighted[0], perturbation[0]) else f"{perturbation[0] - weighted[0]:+.3f}"
            rows.append([short(name), benchmark["truth"], weighted[1], text(weighted[0]), perturbation[1],
                         text(perturbation[0]), gap, text(linear), text(additive)])
        return markdown(
            ["benchmark", "truth", "best bit-weighted", "ρ@100%", "best perturbation", "ρ@100%", "gap", "linear oracle, at least",
             "additive oracle, at least"], rows)
