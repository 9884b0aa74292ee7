(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const cards = all(".card");
  const painted = all(".line span[data-cards]");
  const links = new Map(all("nav li[data-for]").map((item) => [item.dataset.for, item]));
  const form = document.getElementById("filters");
  let chosen = null;

  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  /* A mark, its label and its row in the table light up together. */
  for (const figure of all(".timeline")) {
    const marks = all("[data-mark]", figure);
    for (const type of ["pointerover", "pointerleave"]) {
      figure.addEventListener(type, (event) => {
        const number = type === "pointerover" && event.target.closest("[data-mark]")?.dataset.mark;
        for (const mark of marks) mark.classList.toggle("on", mark.dataset.mark === number);
      });
    }
  }
  if (!form) return;

  /* Evidence is shown of the chosen finding, or of all that are not filtered away. */
  const paint = () => {
    const visible = new Set(cards.filter((card) => (chosen ? card === chosen : !card.hidden)).map((card) => card.dataset.card));
    for (const span of painted) {
      span.classList.toggle("off", !span.dataset.cards.split(" ").some((number) => visible.has(number)));
    }
    for (const card of cards) {
      card.classList.toggle("on", card === chosen);
      const link = links.get(card.dataset.card)?.firstElementChild;
      link?.classList.toggle("on", card === chosen);
      if (card === chosen) link?.scrollIntoView({ block: "nearest" });
    }
  };

  const choose = (card, move) => {
    chosen = card;
    for (let node = card?.parentElement; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
    paint();
    if (card && move) {
      card.focus({ preventScroll: true });
      card.scrollIntoView({ block: "center" });
    }
  };

  const filter = () => {
    const levels = new Set(all("[name=level]:checked", form).map((box) => box.value));
    const rule = form.elements.rule.value;
    const source = form.elements.source.value;
    const least = Number(form.elements.least.value);
    form.elements.shown.value = `${least} %`;
    let count = 0;
    for (const card of cards) {
      const data = card.dataset;
      const fits =
        levels.has(data.level) &&
        (!rule || data.rule === rule || (rule.endsWith("/") && data.rule.startsWith(rule))) &&
        (!source || data.source === source) &&
        100 * Number(data.probability) >= least;
      card.hidden = !fits;
      links.get(data.card).hidden = !fits;
      count += fits;
    }
    for (const section of all("[data-file]")) {
      section.hidden = !all(".card, li[data-for]", section).some((item) => !item.hidden);
    }
    document.getElementById("count").value =
      count === cards.length ? `all ${count} shown` : `${count} of ${cards.length} shown`;
    if (chosen?.hidden) chosen = null;
    paint();
  };

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const card of cards) {
    card.addEventListener("focus", () => choose(card, false));
    card.addEventListener("click", () => choose(card, false));
  }
  for (const [number, item] of links) {
    item.addEventListener("click", (event) => {
      event.preventDefault();
      history.replaceState(null, "", `#f${number}`);
      choose(document.getElementById(`f${number}`), true);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
    if (event.key === "Escape") {
      document.activeElement?.blur();
      choose(null, false);
    } else if (event.key === "j" || event.key === "k") {
      const shown = cards.filter((card) => !card.hidden);
      const step = event.key === "j" ? 1 : -1;
      const at = chosen ? shown.indexOf(chosen) + step : step > 0 ? 0 : shown.length - 1;
      if (shown[at]) choose(shown[at], true);
    }
  });
  filter();
  const target = document.getElementById(location.hash.slice(1));
  if (target?.classList.contains("card")) choose(target, true);
})();
