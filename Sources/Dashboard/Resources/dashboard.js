"use strict";

// Parts of the page that changed take the place of those that are shown; all else stays, with the reader's place in it.
(() => {
  const connection = document.getElementById("connection");
  const run = document.body.dataset.run || "";
  let isLoading = false;
  let isStale = false;

  const openDetails = (part) =>
    [...part.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);

  const scrolling = "[role=region], .frame";
  const scrolled = (part) =>
    [...part.querySelectorAll(scrolling)].map((region) => [region.getAttribute("aria-label"), region.scrollTop, region.scrollLeft]);

  function replace(part, fresh) {
    if (part.innerHTML === fresh.innerHTML) return;
    const open = openDetails(part);
    const places = scrolled(part);
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const [id, label, words] = focused
      ? [focused.id, focused.getAttribute("aria-label"), focused.textContent] : [];
    part.replaceChildren(...fresh.childNodes);
    for (const summary of part.querySelectorAll("details > summary")) {
      if (open.includes(summary.textContent)) summary.parentElement.open = true;
    }
    for (const region of part.querySelectorAll(scrolling)) {
      const place = places.find(([name]) => name === region.getAttribute("aria-label"));
      if (place) region.scrollTo(place[2], place[1]);
    }
    if (!focused) return;
    const candidates = [...part.querySelectorAll("a, summary, [tabindex]")];
    const again = candidates.find((element) => id ? element.id === id
      : label ? element.getAttribute("aria-label") === label : element.textContent === words);
    if (again) again.focus({ preventScroll: true });
  }

  async function refresh() {
    if (isLoading) {
      isStale = true;
      return;
    }
    isLoading = true;
    try {
      const response = await fetch(location.pathname, { cache: "no-store" });
      if (response.status === 404) {
        connection.textContent = "The files of this run are gone; this is what was last known.";
      } else if (response.ok) {
        const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
        connection.textContent = "";
        document.title = fresh.title;
        for (const part of document.querySelectorAll("[data-part]")) {
          const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
          if (other) replace(part, other);
        }
      }
    } catch {
      lost();
    } finally {
      isLoading = false;
      if (isStale) {
        isStale = false;
        refresh();
      }
    }
  }

  function lost() {
    connection.textContent = "The program that serves this page does not answer; this is what was last known.";
  }

  const events = new EventSource("/events");
  events.addEventListener("open", refresh);
  events.addEventListener("error", lost);
  events.addEventListener("changed", (event) => {
    if (!run || event.data.split(" ").includes(run)) refresh();
  });
})();
