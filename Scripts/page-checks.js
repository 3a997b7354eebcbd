// What Scripts/page_checks.py asks of a page from within it.
const pageChecks = (() => {
  const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  const known = new Map();
  // A colour of any notation as [red, green, blue, alpha], alpha from 0 to 1.
  const colour = text => {
    if (!known.has(text)) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = text;
      context.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
      known.set(text, [red, green, blue, alpha / 255]);
    }
    return known.get(text);
  };
  const faded = ([red, green, blue, alpha], share) => [red, green, blue, alpha * share];
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const luminance = ([...parts]) => {
    const [red, green, blue] = parts.map(part => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const opacity = element => {
    let share = 1;
    for (let at = element; at instanceof Element; at = at.parentElement) share *= getComputedStyle(at).opacity;
    return share;
  };
  const painted = element => {
    const style = getComputedStyle(element);
    if (!(element instanceof SVGElement) || element.matches("svg")) {
      return faded(colour(style.backgroundColor), opacity(element));
    }
    return style.fill === "none" ? [0, 0, 0, 0] : faded(colour(style.fill), style.fillOpacity * opacity(element));
  };
  const outline = element => {
    const style = getComputedStyle(element);
    return style.stroke === "none" ? painted(element) : faded(colour(style.stroke), style.strokeOpacity * opacity(element));
  };
  // The colour below an element at a place in the window.
  const below = (element, x, y) => {
    const stack = document.elementsFromPoint(x, y);
    const layers = [];
    for (const part of stack.slice(stack.indexOf(element) + 1)) {
      layers.push(painted(part));
      if (layers.at(-1)[3] >= 1) break;
    }
    return layers.reverse().reduce((low, top) => over(top, low), white);
  };
  const white = [255, 255, 255, 1];
  const page = () => over(colour(getComputedStyle(document.documentElement).backgroundColor), white);
  const name = element => {
    const identifier = element.id ? `#${element.id}` : "";
    const classes = [...element.classList].map(name => `.${name}`).join("");
    const text = (element.getAttribute("aria-label") ?? element.textContent).trim().replace(/\s+/g, " ").slice(0, 40);
    return `${element.localName}${identifier}${classes}${text ? ` “${text}”` : ""}`;
  };
  const seen = element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const reached = () => window.pageChecksReached;

  return {
    height: () => document.documentElement.scrollHeight,

    // The address that the first link to a path of that beginning leads to; null where there is none.
    link: path => document.querySelector(`a[href^="${path}"]`)?.href ?? null,

    // Where the last part of the page ends that ends above a height.
    endWithin: height => Math.max(0, ...all("header, main > section > :not(h2)")
      .map(part => Math.ceil(part.getBoundingClientRect().bottom + scrollY)).filter(end => end <= height)),

    // Tables and what else is folded away.
    openAll: () => all("details").forEach(part => { part.open = true; }),

    // Leaves only the first rows of long tables, as all are alike to rules that take long.
    shortenTables: most => all("tbody").forEach(body => [...body.rows].slice(most).forEach(row => row.remove())),

    // By how much the page is wider than its window, and what sticks out.
    overflow: () => {
      const width = document.documentElement.clientWidth;
      const excess = document.scrollingElement.scrollWidth - width;
      if (excess <= 0) return null;
      const wide = all("body *").filter(part => part.getBoundingClientRect().right > width + 0.5);
      return { excess, element: wide.length ? name(wide[0]) : "body" };
    },

    // Texts of drawings that do not stand out from what is below them, which axe does not look at.
    paleTexts: () => all("svg text").filter(seen).flatMap(text => {
      const box = text.getBoundingClientRect();
      const ground = below(text, (box.left + box.right) / 2, (box.top + box.bottom) / 2);
      const ratio = contrast(over(painted(text), ground), ground);
      return ratio < 4.5 ? [`${name(text)} has a contrast of ${ratio.toFixed(2)}, less than 4.5`] : [];
    }),

    // Marks of drawings' series that do not stand out from the page.
    paleMarks: () => {
      const ground = page();
      const pale = all("svg .line, svg .dot, svg .area").filter(seen).flatMap(mark => {
        const ratio = contrast(over(outline(mark), ground), ground);
        const kind = `${mark.localName}.${[...mark.classList].join(".")}`;
        return ratio < 3 ? [`${kind} has a contrast of ${ratio.toFixed(2)}, less than 3`] : [];
      });
      return [...new Set(pale)];
    },

    // Texts of drawings that are too small to be read, in pixels of the screen.
    smallTexts: least => {
      const small = all("svg text").filter(seen).filter(text => {
        const matrix = text.getScreenCTM();
        const scale = Math.sqrt(Math.abs(matrix.a * matrix.d - matrix.b * matrix.c));
        return parseFloat(getComputedStyle(text).fontSize) * scale < least;
      });
      return small.length ? { count: small.length, element: name(small[0]) } : null;
    },

    // Puts the focus before the page's first element.
    beginFocus: () => {
      document.activeElement?.blur();
      scrollTo(0, 0);
      window.pageChecksReached = [];
    },

    // What has the focus after a step: null at the end of the page, else its name and what is wrong with it.
    focus: () => {
      const element = document.activeElement;
      if ([null, document.body, document.documentElement, ...reached()].includes(element)) return null;
      const wrong = [];
      const style = getComputedStyle(element);
      if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1) {
        wrong.push("has the focus without an outline");
      } else if (style.outlineStyle !== "auto" && contrast(over(colour(style.outlineColor), page()), page()) < 3) {
        wrong.push("has the focus with a pale outline");
      }
      const box = element.getBoundingClientRect();
      if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) {
        wrong.push("has the focus out of sight");
      }
      const last = reached().at(-1);
      if (last && !(last.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)) {
        wrong.push(`has the focus after ${name(last)}, but stands before it`);
      }
      reached().push(element);
      return { element: name(element), wrong };
    },

    // What can be worked with, but was not reached; of radio buttons one in a group can be.
    unreached: () => {
      return all("a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex='0']")
        .filter(part => seen(part) && part.type !== "hidden" && part.type !== "radio" && !reached().includes(part))
        .map(name);
    },

    // How many elements can take the focus at most.
    stops: () => all("*").filter(part => part.tabIndex >= 0 && seen(part)).length,

    // Works with everything there is to work with, so that the console tells of what fails.
    use: () => {
      for (const input of all("input[type='range']")) {
        for (const value of [input.min || 0, input.max || 100]) {
          input.value = value;
          for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
        }
      }
      for (const select of all("select")) {
        for (const option of select.options) {
          select.value = option.value;
          select.dispatchEvent(new Event("change", { bubbles: true }));
        }
      }
      const boxes = all("input[type='checkbox'], input[type='radio']");
      boxes.forEach(box => box.click());
      const buttons = all("button:enabled");
      buttons.forEach(button => button.click());
    },

    // Headings that paper would not show, and texts too pale on it.
    unprinted: () => {
      const hidden = all("h1, h2").filter(heading => !seen(heading)).map(heading => `${name(heading)} is not printed`);
      const ink = text => text instanceof SVGElement ? painted(text) : colour(getComputedStyle(text).color);
      const pale = all("h1, p, figcaption, td, svg text").filter(seen)
        .filter(text => contrast(over(ink(text), white), white) < 4.5).map(text => `${name(text)} is pale on paper`);
      return hidden.concat(pale.slice(0, 3));
    },

    // The choices of the page's own allocator within each budget; null where there are none.
    allocations: budgets => budgets.map(window.emq.allocate),

    // So many budgets between the least and the greatest size of the network.
    budgets: count => {
      const total = pick => window.emq.form.sizes.reduce((sum, sizes) => sum + pick(...sizes), 0);
      const [least, greatest] = [total(Math.min), total(Math.max)];
      return Array.from({ length: count }, (_, index) => least + (greatest - least) * index / (count - 1));
    },
  };
})();
