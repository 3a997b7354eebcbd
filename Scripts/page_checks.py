"""What a page has to be like, wherever it is shown: small, quick, quiet, readable, usable by keyboard, printable.

Each check yields its failures, a line each.
"""

import json
import random
import re
import zlib

most_bytes = 2_000_000
most_milliseconds = 1_000
narrow = 390
wide = 1_280
# A4 between the margins that browsers leave.
paper = 718
tab = ("Tab", 9)

def axe_options(only):
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    return {
        "runOnly": {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": tags},
        "resultTypes": ["violations"],
        # Style sheets are in the page; axe would ask for them anew.
        "preload": False,
    }


def console(browser):
    return [f"the console says: {message}" for message in browser.errors()]


def requests(browser, allowed):
    """`allowed`: what addresses may begin with, besides what is within the page itself."""
    return [f"it asked for {address}" for address in dict.fromkeys(browser.requests())
            if not address.startswith((*allowed, "data:", "blob:", "about:blank"))]


def size(count):
    return [f"it has {count:,} bytes, more than {most_bytes:,}"] if count >= most_bytes else []


def time(browser, address):
    """The milliseconds until it is loaded, and what is wrong with them; a machine at work gets three tries."""
    best = float("inf")
    for _ in range(3):
        best = min(best, browser.load(address))
        if best < most_milliseconds:
            return best, []
    return best, [f"it took {best:.0f} ms to open, more than {most_milliseconds:,}"]


def axe(browser, only=()):
    for violation in browser.axe(axe_options(only)):
        nodes = violation["nodes"]
        for node in nodes[:3]:
            target = " ".join(map(str, node["target"]))
            detail = (node["any"] or node["all"] or node["none"] or [{"message": violation["help"]}])[0]["message"]
            yield f"{target}: {violation['id']}: {detail}"
        if len(nodes) > 3:
            yield f"{violation['id']}: {len(nodes) - 3} further elements"


def contrast(browser):
    return browser.call("paleTexts")[:5] + browser.call("paleMarks")[:5]


def width(browser):
    found = browser.call("overflow")
    return [f"{found['element']}: the page is {found['excess']} px wider than the window"] if found else []


def legibility(browser, least=9):
    found = browser.call("smallTexts", least)
    return [f"{found['element']}: {found['count']} texts are smaller than {least} px"] if found else []


def focus(browser):
    """Goes through the page by the tabulator key, to its end."""
    browser.call("beginFocus")
    for _ in range(browser.call("stops") + 20):
        browser.press(*tab)
        found = browser.call("focus")
        if found is None:
            break
        yield from (f"{found['element']} {wrong}" for wrong in found["wrong"])
    yield from (f"{element} is not reached by the tabulator key" for element in browser.call("unreached")[:5])


def printing(browser):
    return browser.call("unprinted")


def pdf(data):
    """Every page of a PDF must show some text: its content streams place glyphs by Tj or TJ."""
    pages = len(re.findall(rb"/Type\s*/Page\b", data))
    texts = 0
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            texts += len(re.findall(rb"\bT[jJ]\b", zlib.decompress(stream)))
        except zlib.error:
            continue
    if not pages or texts < 10 * pages:
        yield f"its PDF has {pages} pages with {texts} texts on them"


def allocation(browser, page, folder, expected):
    """Compares a page's allocator with the program's.

    `expected` has `budgets` in bits, and `bits`, by budget and group the position of the program's choice; `form` where
    that is not for the page's own network.
    """
    if "form" in expected:
        page = with_allocation(page, expected["form"], folder)
    browser.load(page.resolve().as_uri())
    found = browser.call("allocations", expected["budgets"])
    for budget, ours, theirs in zip(expected["budgets"], found, expected["bits"], strict=True):
        if ours != theirs:
            yield f"#allocation: within {budget} bits the page chooses {ours}, and the program {theirs}"


def allocation_time(browser, page, folder, layers=50, choices=3, budgets=50, most=100):
    """The milliseconds that the slider of a page takes for a network of another size, and what is wrong with them."""
    browser.load(with_allocation(page, random_allocation(layers, choices), folder).as_uri())
    slowest = 0.0
    for budget in browser.call("budgets", budgets):
        start = browser.processor_milliseconds()
        browser.call("allocations", [budget])
        slowest = max(slowest, browser.processor_milliseconds() - start)
    return slowest, [f"#allocation: one takes {slowest:.0f} ms, more than {most}"] if slowest >= most else []


allocation_block = re.compile('(<script type="application/json" id="allocation">)(.*?)(</script>)', re.DOTALL)


def with_allocation(page, form, folder):
    """A copy of a page with the allocation of another network in place of its own."""
    copy = folder / "other-network.html"
    markup = page.read_text("utf-8")
    copy.write_text(allocation_block.sub(lambda found: found[1] + json.dumps(form) + found[3], markup), "utf-8")
    return copy


def random_allocation(layers, choices):
    """What a slider works with, of a network that is not there: errors of pairs fall as bits rise, with either sign."""
    source = random.Random(1)
    weights = [source.randrange(1_000, 500_000) for _ in range(layers)]
    error = [[source.random() * 4.0 ** -choice for choice in range(choices)] for _ in range(layers)]
    return {
        "sizes": [[count * (choice + 2) for choice in range(choices)] for count in weights],
        "bitOperations": [[float(choice + 2) for choice in range(choices)] for _ in weights],
        "alone": [[-value for value in row] for row in error],
        "pairs": [[left, right, [[source.uniform(-0.2, 0.2) * (one * other) ** 0.5 for other in error[right]]
                                 for one in error[left]]]
                  for right in range(layers) for left in range(right)],
        "base": 0.0, "chosen": [choices - 1] * layers, "layers": [],
        "choices": [[[choice + 2, 8] for choice in range(choices)] for _ in weights],
        "groups": [[] for _ in weights],
    }
