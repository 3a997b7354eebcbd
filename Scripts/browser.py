"""A browser without a window: Debian's Chromium, installed where it is missing, and what checks and pictures ask of it.

Modules that are not of Python's own library live in .deps/browser, apart from what the program itself needs.
"""

import base64
import importlib.resources
import json
import os
import pathlib
import shutil
import sys
import time

import workbench

tools = {"chromium": "chromium", "chromedriver": "chromium-driver"}
# axe-playwright-python is taken for axe-core's script in it only.
requirements, alone = ["selenium>=4.30,<5", "pillow>=11"], ["axe-playwright-python==0.1.8"]
environment = workbench.root / ".deps/browser"


class Unavailable(Exception):
    """Why there is no browser."""


def prepare():
    """Installs Chromium and goes over to the Python that drives it; `Unavailable` where either cannot be had."""
    missing = [package for tool, package in tools.items() if shutil.which(tool) is None]
    # Where no font comes with the machine, texts would be empty boxes.
    if not any(map(os.path.isdir, ("/usr/share/fonts/truetype", "/usr/share/fonts/opentype"))):
        missing.append("fonts-dejavu-core")
    names = " ".join(missing)
    if missing and shutil.which("apt-get") is None:
        raise Unavailable(f"{names} cannot be installed, as this is not a Debian system")
    if missing and os.geteuid() != 0:
        raise Unavailable(f"only root can install {names}; sudo apt-get install {names}")
    try:
        if missing:
            print(f"installing {names}", file=sys.stderr, flush=True)
            workbench.install("apt-get", "update")
            workbench.install("apt-get", "install", "-y", "--no-install-recommends", *missing)
        workbench.go_into(environment, requirements, alone)
    except workbench.NotInstalled as reason:
        raise Unavailable(str(reason)) from reason


class Browser:
    """One window, its size and its colours as asked for; closed at the end of a `with`."""

    def __init__(self, downloads):
        from selenium import webdriver
        from selenium.common.exceptions import WebDriverException

        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        # Root and many containers have no sandbox, which pages of our own do without. Names of other machines lead nowhere.
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars",
                         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"):
            options.add_argument(argument)
        try:
            self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        except WebDriverException as error:
            raise Unavailable(f"Chromium does not start: {error.msg.splitlines()[0]}") from error
        self.driver.set_script_timeout(60)
        self.command("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
        self._is_timed = False
        self._library = (pathlib.Path(__file__).parent / "page-checks.js").read_text()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def command(self, method, **parameters):
        """Chromium's own protocol."""
        return self.driver.execute_cdp_cmd(method, parameters)

    def load(self, address):
        """Loads a page; how many milliseconds it took up to its load event."""
        self.driver.get(address)
        return self.driver.execute_script("return performance.getEntriesByType('navigation')[0].loadEventEnd")

    def call(self, name, *arguments):
        """What a function of page-checks.js returns, or promises."""
        return self.driver.execute_script(f"{self._library}; return pageChecks.{name}(...arguments)", *arguments)

    def awaited(self, name, *arguments, seconds=30):
        """`call`, again and again until there is something, or for so many seconds."""
        deadline = time.monotonic() + seconds
        while not (found := self.call(name, *arguments)) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def look(self, width, height=900, *, dark=False, media="screen", scale=1):
        """Sets the window's size in CSS pixels, and how it shows pages."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale,
                     mobile=False)
        self.command("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def unfold(self, width, **how):
        """`look`, as high as the page is."""
        self.look(width, **how)
        self.look(width, min(16_000, max(600, self.call("height"))), **how)

    def processor_milliseconds(self):
        """How long the page has kept the processor busy; what else the machine does is not in it."""
        if not self._is_timed:
            self.command("Performance.enable", timeDomain="threadTicks")
            self._is_timed = True
        metrics = self.command("Performance.getMetrics")["metrics"]
        return next(1000 * metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    def press(self, key, code):
        for kind in ("rawKeyDown", "keyUp"):
            self.command("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, path, height=None):
        """Writes what the window shows, or its uppermost part, as PNG."""
        part = {}
        if height is not None:
            width = self.driver.execute_script("return innerWidth")
            part = {"clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}}
        data = self.command("Page.captureScreenshot", format="png", **part)["data"]
        path.write_bytes(base64.b64decode(data))

    def printed(self):
        """The page as PDF, on A4."""
        return base64.b64decode(self.command(
            "Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=False)["data"])

    def errors(self):
        """What the console got to say since the last call, of errors."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def requests(self):
        """The addresses that were asked for since the last call."""
        events = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        for event in events:
            parameters = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                yield parameters["request"]["url"]
            elif event["method"] == "Network.webSocketCreated":
                yield parameters["url"]

    def discard(self):
        """Forgets errors and requests up to here."""
        for kind in ("browser", "performance"):
            self.driver.get_log(kind)

    def axe(self, options):
        """Where the page is hard to use, as axe-core finds it."""
        script = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text()
        self.driver.execute_script(script + "; window.axe = axe")
        return self.driver.execute_script("return axe.run(document, arguments[0])", options)["violations"]
