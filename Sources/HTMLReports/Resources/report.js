"use strict";
(() => {
  // Tables can be taken away as CSV.
  const field = text => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  for (const table of document.querySelectorAll("table[data-name]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `Save “${table.dataset.name}” as CSV`;
    button.addEventListener("click", () => {
      const lines = [...table.rows].map(row => [...row.cells].map(cell => field(cell.dataset.value ?? cell.textContent)).join(","));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
      link.download = `${table.dataset.name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
    table.parentElement.after(button);
  }

  // Of alternatives one is shown at a time.
  for (const group of document.querySelectorAll("[data-alternatives]")) {
    const label = document.createElement("label");
    const select = document.createElement("select");
    const parts = [...group.children];
    label.className = "choice";
    label.append(`${group.dataset.alternatives} `, select);
    for (const part of parts) select.add(new Option(part.dataset.name));
    const show = () => parts.forEach((part, index) => { part.hidden = index !== select.selectedIndex; });
    select.addEventListener("change", show);
    group.before(label);
    show();
  }
})();
