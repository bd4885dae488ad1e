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
  const asText = table => all("tr:not(.group)", table).filter(row => !row.hidden).map(row => cells(row).join("\t")).join("\n") + "\n";
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
  // The patients behind a number are a set of #behind, each a hexadecimal number whose bits are the patients in the order of their cards.
  const everyone = [...new Set(all("details[data-patient]").map(card => card.dataset.patient))];
  const written = document.querySelector("#behind");
  const sets = (written && written.value ? written.value.split(" ") : []).map(bits => BigInt("0x" + bits));
  const numbers = all("button.who"), behind = new Map(numbers.map(one => [one, sets[one.dataset.who]]));
  const ones = bits => bits.toString(2).replaceAll("0", "").length;
  const bitsOf = kept => everyone.reduce((bits, patient, place) => kept.has(patient) ? bits | 1n << BigInt(place) : bits, 0n);
  const namesOf = bits => everyone.filter((patient, place) => bits >> BigInt(place) & 1n);
  const few = names => names.slice(0, 30).join(", ") + (names.length > 30 ? " …" : "");
  const shown = {number: null, words: ""};
  const wordsOf = new Map();
  for (const part of all("tr[data-patient], details[data-patient] > summary")) {
    const patient = (part.dataset.patient || part.parentElement.dataset.patient);
    wordsOf.set(patient, (wordsOf.get(patient) || "") + " " + part.textContent.toLowerCase());
  }
  const status = document.querySelector("#selection"), filter = document.querySelector("#filter");
  const showAll = () => { shown.number = null; shown.words = ""; if (filter) filter.value = ""; choose(); };
  const choose = () => {
    const among = shown.number && new Set(namesOf(behind.get(shown.number)));
    const kept = new Set(everyone.filter(patient =>
      (!among || among.has(patient)) && (wordsOf.get(patient) || "").includes(shown.words)));
    const all_kept = kept.size === everyone.length && !among, bits = bitsOf(kept);
    document.body.classList.toggle("choosing", !all_kept);
    for (const part of all("g[data-patient]")) part.classList.toggle("chosen", kept.has(part.dataset.patient));
    for (const part of all("tr[data-patient], details[data-patient]")) part.hidden = !kept.has(part.dataset.patient);
    for (const one of numbers) {
      one.setAttribute("aria-pressed", one === shown.number);
      if (all_kept) delete one.dataset.kept; else one.dataset.kept = ones(behind.get(one) & bits);
    }
    if (!status) return;
    status.hidden = all_kept;
    status.replaceChildren(kept.size + " of " + everyone.length + " patients shown" + (kept.size ? ": " + few([...kept]) : ""));
    status.append(button("Show all", () => { const last = shown.number; showAll(); if (last) last.focus({preventScroll: true}); }));
  };
  if (filter && everyone.length) {
    filter.parentElement.hidden = false;
    filter.addEventListener("input", () => { shown.words = filter.value.toLowerCase(); choose(); });
    for (const one of numbers) {
      one.setAttribute("aria-pressed", "false");
      one.addEventListener("click", () => { shown.number = shown.number === one ? null : one; choose(); });
      for (const start of ["pointerenter", "focus"]) one.addEventListener(start, () => {
        one.title = few(namesOf(behind.get(one)));
      }, {once: true});
    }
    addEventListener("keydown", event => { if (event.key === "Escape" && !status.hidden) showAll(); });
    for (const figure of all("figure")) if (!figure.querySelector("g[data-patient]")) {
      const note = document.createElement("p");
      note.className = "whole small"; note.textContent = "Of all patients, not only of those shown.";
      figure.append(note);
    }
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
