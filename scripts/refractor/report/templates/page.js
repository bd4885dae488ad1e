// Comfort only: without it the page says the same. It asks for nothing from any network.
(() => {
  "use strict";
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button"; made.textContent = words; made.addEventListener("click", act);
    return made;
  };
  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob); link.download = name; link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const drawn = svg => {
    const copy = svg.cloneNode(true), box = svg.viewBox.baseVal;
    copy.setAttribute("width", box.width); copy.setAttribute("height", box.height); copy.removeAttribute("style");
    return new XMLSerializer().serializeToString(copy);
  };
  const asPicture = (svg, name) => {
    const box = svg.viewBox.baseVal, image = new Image();
    const address = URL.createObjectURL(new Blob([drawn(svg)], {type: "image/svg+xml"}));
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 2 * box.width; canvas.height = 2 * box.height;
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(blob => save(blob, name)); URL.revokeObjectURL(address);
    };
    image.src = address;
  };
  const toolbar = (where, parts) => {
    const bar = document.createElement("div");
    bar.className = "tools"; bar.append(...parts); where.append(bar);
  };
  const cells = row => [...row.cells].map(cell => (cell.innerText || cell.textContent).replace(/\s+/g, " ").trim());
  const asText = table => all("tr:not(.group)", table).map(row => cells(row).join("\t")).join("\n") + "\n";
  const saveTable = (table, name) => save(new Blob([asText(table)], {type: "text/tab-separated-values"}), name + ".tsv");
  for (const figure of all("figure")) {
    const svg = figure.querySelector("svg"), name = svg.getAttribute("aria-labelledby").split("-title")[0];
    const data = figure.dataset.table && document.querySelector(`table[data-name="${figure.dataset.table}"]`);
    toolbar(figure, [
      button("SVG", () => save(new Blob([drawn(svg)], {type: "image/svg+xml"}), name + ".svg")),
      button("PNG", () => asPicture(svg, name + ".png")),
      ...(data ? [button("TSV", () => saveTable(data, name))] : []),
    ]);
  }
  for (const table of all("table[data-name]")) {
    toolbar(table.parentElement, [
      button("TSV", () => saveTable(table, table.dataset.name)),
    ]);
    all("thead th", table).forEach((head, index) => {
      const words = head.textContent;
      const sort = button(words, () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        all("th", table).forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = row => row.cells[index] ? row.cells[index].textContent.trim() : "";
        const order = (one, other) => {
          const [a, b] = [key(one), key(other)], [x, y] = [parseFloat(a), parseFloat(b)];
          const result = isNaN(x) || isNaN(y) ? a.localeCompare(b, "en", {numeric: true}) : x - y;
          return down ? -result : result;
        };
        for (const body of table.tBodies) body.append(...all("tr:not(.group)", body).sort(order));
      });
      sort.className = "sort"; head.replaceChildren(sort);
    });
  }
  // Who is shown: chosen by a number that was clicked, and by the words typed; every table, figure and count follows.
  const everyone = [...new Set(all("details[data-patient]").map(card => card.dataset.patient))];
  const shown = {among: null, words: ""};
  const wordsOf = new Map();
  for (const part of all("tr[data-patient], details[data-patient] > summary")) {
    const patient = (part.dataset.patient || part.parentElement.dataset.patient);
    wordsOf.set(patient, (wordsOf.get(patient) || "") + " " + part.textContent.toLowerCase());
  }
  const status = document.querySelector("#selection"), filter = document.querySelector("#filter");
  const choose = () => {
    const kept = new Set(everyone.filter(patient =>
      (!shown.among || shown.among.has(patient)) && (wordsOf.get(patient) || "").includes(shown.words)));
    const all_kept = kept.size === everyone.length;
    document.body.classList.toggle("choosing", !all_kept);
    for (const part of all("g[data-patient]")) part.classList.toggle("chosen", kept.has(part.dataset.patient));
    for (const part of all("tr[data-patient], details[data-patient]")) part.hidden = !kept.has(part.dataset.patient);
    for (const part of all("tr.group")) {
      const rows = all("tr[data-patient]", part.parentElement);
      part.dataset.kept = rows.filter(row => !row.hidden).length + " of " + rows.length + " shown";
    }
    if (!status) return;
    status.hidden = all_kept;
    status.replaceChildren(kept.size + " of " + everyone.length + " patients shown" +
      (kept.size && kept.size < 31 ? ": " + [...kept].join(", ") : ""));
    status.append(button("Show all", () => { shown.among = null; shown.words = ""; if (filter) filter.value = ""; choose(); }));
  };
  if (filter && everyone.length) {
    filter.parentElement.hidden = false;
    filter.addEventListener("input", () => { shown.words = filter.value.toLowerCase(); choose(); });
    for (const one of all("button.who")) one.addEventListener("click", () => {
      shown.among = new Set(one.dataset.patients.split(" ")); choose();
    });
  }
  const cards = all("details[data-patient]");
  const fold = document.querySelector("#fold");
  if (fold) fold.append(
    button("Open all", () => cards.forEach(card => { card.open = true; })), " ",
    button("Close all", () => cards.forEach(card => { card.open = false; })),
  );
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches("details")) { target.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", unfold); unfold();
  document.addEventListener("click", event => {  // also when the address already ends so
    const link = event.target.closest('a[href^="#patient-"]');
    const card = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (card) card.open = true;
  });
  addEventListener("beforeprint", () => cards.forEach(card => { card.open = true; }));
  const mark = patient => {
    all(".marked").forEach(part => part.classList.remove("marked"));
    document.body.classList.toggle("marking", Boolean(patient));
    if (patient) all("[data-patient]").filter(part => part.dataset.patient === patient).forEach(part => part.classList.add("marked"));
  };
  let chosen = null;
  const patientOf = event => event.target.closest("g[data-patient], tr[data-patient]")?.dataset.patient || null;
  document.addEventListener("mouseover", event => mark(patientOf(event) || chosen));
  document.addEventListener("focusin", event => mark(patientOf(event) || chosen));
  document.addEventListener("click", event => {
    const patient = patientOf(event);
    if (patient && !event.target.closest("a")) { chosen = chosen === patient ? null : patient; mark(chosen); }
  });
})();
