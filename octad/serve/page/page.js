/* Fills the status page from /v1/status every two seconds. Everything that comes from there becomes text nodes
   and attributes, never markup; a part that is missing is shown as missing. */
(() => {
  "use strict";
  const EVERY = 2000;
  const KEY = "octad-token";
  const SVG = "http://www.w3.org/2000/svg";
  const find = (id) => document.getElementById(id);
  const list = (value) => (Array.isArray(value) ? value : []);
  const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);
  let timer = 0;
  let seen = 0;
  let round = 0;

  /* ---- making things ---- */
  const made = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "class") node.setAttribute("class", value);
      else node.setAttribute(name, value === true ? "" : String(value));
    }
    for (const child of children.flat(3)) {
      if (child !== null && child !== undefined && child !== false) node.append(child instanceof Node ? child : String(child));
    }
    return node;
  };
  const h = (name, attributes, ...children) => made(document.createElement(name), attributes, children);
  const s = (name, attributes, ...children) => made(document.createElementNS(SVG, name), attributes, children);

  /* ---- saying numbers ---- */
  const digits = (value, most = 1) => value.toLocaleString("en", { maximumFractionDigits: most });
  const count = (value) => (number(value) === null ? "–" : digits(value, 0));
  const share = (value, most = 1) => (number(value) === null ? "–" : `${digits(100 * value, most)} %`);
  const speed = (value) => {
    if (number(value) === null) return "–";
    if (value >= 10) return `${digits(value, 0)} s`;
    return value >= 1 ? `${digits(value, 2)} s` : `${digits(1000 * value, value < 0.01 ? 1 : 0)} ms`;
  };
  const size = (value) => (number(value) === null ? "–" : value >= 2 ** 30 ? `${digits(value / 2 ** 30, 2)} GB` : `${digits(value / 2 ** 20, 0)} MB`);
  const span = (value) => {
    if (number(value) === null) return "–";
    if (value < 90) return `${Math.max(0, Math.round(value))} s`;
    if (value < 5400) return `${Math.round(value / 60)} min`;
    return value < 129600 ? `${digits(value / 3600, 1)} h` : `${Math.round(value / 86400)} days`;
  };
  const clock = (value) => (number(value) === null ? "–" : new Date(1000 * value).toLocaleTimeString("en-GB"));
  const power = (value) => {
    const it = number(value);
    if (it === null) return "–";
    return it < 4 ? digits(10 ** it, it < 0.5 ? 2 : it < 1.5 ? 1 : 0) : `10^${digits(it, 0)}`;
  };

  /* ---- parts that recur ---- */
  const empty = (text) => h("p", { class: "empty" }, text);
  const badge = (text, kind) => h("span", { class: `badge ${kind ?? ""}` }, text);
  const bar = (value, kind = "fill", mark = null) => {
    const width = 100 * Math.min(1, Math.max(0, number(value) ?? 0));
    return s("svg", { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
      s("rect", { class: "track", width: 100, height: 8 }), s("rect", { class: kind, width, height: 8 }),
      mark === null ? null : s("rect", { class: "tick", x: 100 * Math.min(0.99, mark), width: 1, height: 8 }));
  };
  const table = (label, heads, rows, key) => h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label, "data-key": key ?? label },
    h("table", {}, h("thead", {}, h("tr", {}, heads.map((one) => h("th", { scope: "col", class: one.startsWith("#") ? "figure" : null }, one.replace("#", ""))))),
      h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, at) => h("td", { class: heads[at].startsWith("#") ? "figure" : null }, cell)))))));

  /* A chart of lines that share one axis of time; a pointer on it reads all of them at one time. */
  const chart = (options) => {
    const { lines, label, times, top, format, marks = [], area = null, bottom = 0 } = options;
    const n = times.length;
    const W = 600;
    const H = 150;
    const x = (at) => (n > 1 ? (W * at) / (n - 1) : W / 2);
    const y = (value) => H - (H * (Math.min(top, Math.max(bottom, value)) - bottom)) / (top - bottom || 1);
    const path = (values) => {
      let found = "";
      let open = false;
      values.forEach((value, at) => {
        if (number(value) === null) { open = false; return; }
        const next = values[at + 1];
        const alone = !open && number(next) === null;
        found += `${open ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}${alone ? "h.01" : ""}`;
        open = true;
      });
      return found;
    };
    const shape = area && n > 1 ? `M0 ${H}${area.values.map((value, at) => {
      const here = (H - (H * (number(value) ?? 0)) / area.top).toFixed(1);
      return at ? `H${x(at).toFixed(1)}V${here}` : `L0 ${here}`;
    }).join("")}V${H}Z` : "";
    const cursor = s("line", { class: "cursor", y1: 0, y2: H, x1: -9, x2: -9 });
    const readings = lines.map((line) => h("b", {}));
    const when = h("span", { class: "when" });
    const read = (at) => {
      lines.forEach((line, place) => { readings[place].textContent = format(line.values[at]); });
      when.textContent = at === null || at < 0 ? "" : times[at] ?? "";
    };
    const last = () => {
      lines.forEach((line, place) => {
        readings[place].textContent = format([...line.values].reverse().find((value) => number(value) !== null));
      });
      when.textContent = "latest";
    };
    const said = lines.map((line) => `${line.name} ${format([...line.values].reverse().find((value) => number(value) !== null))}`).join(", ");
    const drawing = s("svg", { class: "plot", viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: "none", role: "img", "aria-label": `${label}: latest ${said}` },
      [0.25, 0.5, 0.75].map((part) => s("line", { class: "rule", x1: 0, x2: W, y1: H * part, y2: H * part })),
      shape ? s("path", { class: "area", d: shape }) : null,
      marks.map((mark) => s("line", { class: "limit", x1: 0, x2: W, y1: y(mark.at), y2: y(mark.at) })),
      lines.map((line) => s("path", { class: `line ${line.kind}`, d: path(line.values) })), cursor);
    drawing.addEventListener("pointermove", (event) => {
      const box = drawing.getBoundingClientRect();
      const at = Math.min(n - 1, Math.max(0, Math.round(((event.clientX - box.left) / (box.width || 1)) * (n - 1))));
      cursor.setAttribute("x1", x(at));
      cursor.setAttribute("x2", x(at));
      read(at);
    });
    drawing.addEventListener("pointerleave", () => {
      cursor.setAttribute("x1", -9);
      cursor.setAttribute("x2", -9);
      last();
    });
    last();
    return h("figure", { class: "chart" },
      h("figcaption", {}, lines.map((line, place) => h("span", { class: `key ${line.kind}` }, h("i", { "aria-hidden": "true" }), `${line.name} `, readings[place])), when),
      h("div", { class: "frame" }, drawing, h("span", { class: "high" }, options.high ?? format(top)),
        marks.map((mark) => h("span", { class: `at at${Math.round((100 * y(mark.at)) / H / 5) * 5}` }, mark.text))),
      h("div", { class: "axis" }, h("span", {}, times[0] ?? ""), h("span", {}, times[n - 1] ?? "")));
  };
  const most = (values, least) => {
    const found = Math.max(least, ...values.filter((value) => number(value) !== null));
    const step = 10 ** Math.floor(Math.log10(found));
    return [1, 1.5, 2, 3, 5, 7.5, 10].map((one) => one * step).find((one) => one >= found * 0.999) ?? found;
  };

  /* ---- sections ---- */
  const KINDS = { page: "error", warn: "warning", note: "note" };
  const alerts = (data) => {
    const found = list(data.alerts);
    if (!found.length) return [h("p", { class: "calm" }, h("i", { class: "dot good", "aria-hidden": "true" }), "Nothing needs anybody's attention.")];
    return [h("ul", {}, found.map((one) => h("li", { class: `alert ${KINDS[one.severity] ?? "note"}` }, badge({ page: "urgent", warn: "warning", note: "note" }[one.severity] ?? "note", KINDS[one.severity] ?? "note"), h("b", {}, one.name), h("span", {}, one.text))))];
  };

  const tiles = (data) => {
    const now = data.now ?? {};
    const service = data.service ?? {};
    const asked = number(now.asked) ?? 0;
    const failed = asked ? now.failed / asked : null;
    const all = [
      ["requests a second", number(now.rate) === null ? "–" : digits(now.rate, now.rate < 10 ? 1 : 0), service.capacity ? `of about ${digits(service.capacity, 0)} possible` : "", ""],
      ["P95 latency", speed(now.p95), `median ${speed(now.p50)}`, number(now.p95) !== null && now.p95 > 0.5 ? "warning" : ""],
      ["errors of the server", share(failed), `${count(now.failed)} of ${count(asked)}`, failed > 0.05 ? "error" : failed > 0.01 ? "warning" : ""],
      ["simpler answers", asked ? share(now.degraded / asked) : "–", `${count(now.degraded)} degraded`, now.degraded ? "warning" : ""],
      ["waiting", count(service.queued), `${count(service.in_flight)} being answered`, ""],
      ["remembered", asked ? share(now.cached / asked, 0) : "–", `${count(now.cached)} from the cache`, ""],
    ];
    return [h("dl", { class: "tiles" }, all.map(([name, value, beside, kind]) => h("div", { class: `tile ${kind}` }, h("dt", {}, name), h("dd", {}, h("b", {}, value), beside ? h("span", { class: "dim" }, beside) : null))))];
  };

  const ago = (series, at, n, end) => clock(end - (n - 1 - at) * (number(series.step) ?? 60));
  const timesOf = (data) => {
    const series = data.series ?? {};
    const n = list(series.rate).length;
    return Array.from({ length: n }, (_, at) => ago(series, at, n, number(data.time) ?? 0));
  };
  const latency = (data) => {
    const series = data.series ?? {};
    const names = ["p50", "p95", "p99"];
    const values = names.flatMap((name) => list(series[name]));
    if (!values.some((value) => number(value) !== null)) return [empty("No answers yet.")];
    const lines = names.map((name) => ({ name: { p50: "median", p95: "P95", p99: "P99" }[name], kind: name, values: list(series[name]) }));
    return [chart({ lines, label: "Latency", times: timesOf(data), top: most(values, 0.02), format: speed })];
  };
  const rate = (data) => {
    const series = data.series ?? {};
    if (!list(series.rate).some((value) => value > 0)) return [empty("No requests yet.")];
    const lines = [["all", "all", series.rate], ["degraded", "degraded", series.degraded], ["failed", "failed", series.failed]].map(([name, kind, values]) => ({ name, kind, values: list(values) }));
    return [chart({ lines, label: "Requests a second", times: timesOf(data), top: most(list(series.rate), 1), format: (value) => (number(value) === null ? "–" : `${digits(value, value < 10 ? 2 : 0)}/s`) })];
  };

  const STATES = { done: "good", "rolled back": "error", aborted: "quiet", paused: "warning", held: "warning" };
  const DECISIONS = { "roll back": "error", abort: "error", hold: "warning", alert: "warning", pause: "warning", finish: "good", promote: "good", step: "accent" };
  const steps = (one) => {
    const own = list(one.steps);
    const over = ["aborted", "rolled back"].includes(one.state);
    return h("ol", { class: `steps ${over ? "over" : ""}`, "aria-label": "Steps" }, own.map((weight, at) => {
      const state = one.state === "done" || at < one.step ? "past" : at === one.step ? (over ? "fell" : "here") : "";
      return h("li", { class: state, "aria-current": state === "here" ? "step" : null }, weight ? `${digits(weight, 0)} %` : "shadow");
    }));
  };
  const evidence = (one) => {
    const noted = list(one.evidence);
    if (noted.length < 2) return empty("Evidence is drawn from the second look on.");
    const limit = number(one.harm_limit) ?? 2;
    const top = Math.max(3, Math.ceil(Math.min(8, Math.max(...noted.map((it) => number(it[1]) ?? 0)))));
    return chart({
      lines: [{ name: "evidence of harm", kind: "failed", values: noted.map((it) => number(it[1])) }],
      label: "Evidence of harm", times: noted.map((it) => clock(it[0])), top, bottom: -2, format: power, high: digits(10 ** top, 0),
      marks: [{ at: limit, text: `rolled back at ${digits(10 ** limit, 0)}` }],
      area: { values: noted.map((it) => number(it[2])), top: 100 },
    });
  };
  const arms = (one) => {
    const found = new Map();
    for (const arm of list(one.arms)) found.set(arm.metric, { ...found.get(arm.metric), [arm.arm]: arm });
    if (!found.size) return null;
    const cell = (arm) => (arm && arm.measured ? [h("b", {}, share(arm.bad / arm.measured)), h("span", { class: "dim" }, ` ${count(arm.bad)} of ${count(arm.measured)}`)] : "–");
    return table(`Bad events of ${one.agent}`, ["", "#stable", "#candidate", "#evidence"], [...found].map(([metric, both]) => [metric, cell(both.stable), cell(both.candidate), power((one.by_metric ?? {})[metric])]), `arms-${one.id}`);
  };
  const history = (one) => h("ol", { class: "history" }, [...list(one.history)].reverse().map((turn) => h("li", {},
    h("time", {}, clock(turn.time)), badge(turn.decision, DECISIONS[turn.decision] ?? ""),
    h("span", {}, turn.decision === "roll back" || turn.decision === "abort" ? "" : h("b", {}, `${digits(number(turn.weight) ?? 0, 0)} % `), turn.reason, turn.actor && turn.actor !== "octad" ? h("span", { class: "dim" }, ` by ${turn.actor}`) : ""))));
  const traffic = (one) => {
    const weight = number(one.weight) ?? 0;
    return h("div", { class: "split" }, h("span", {}, h("code", {}, one.stable), ` ${digits(100 - weight, 0)} %`), bar(weight / 100, "fill accent"), h("span", {}, `${digits(weight, 0)} % `, h("code", {}, one.candidate)));
  };
  const rollouts = (data) => {
    const found = list(data.rollouts);
    if (!found.length) return [empty("No version is being rolled out. octad rollout start AGENT VERSION begins.")];
    return found.slice(0, 6).map((one, at) => h("article", { class: `rollout ${at ? "later" : ""}` },
      h("header", {}, h("h3", {}, one.agent), badge(one.state, STATES[one.state] ?? "accent"), h("span", { class: "dim" }, `began ${clock(one.since)}`)),
      one.reason ? h("p", { class: `reason ${STATES[one.state] ?? ""}` }, one.reason) : null,
      steps(one), traffic(one),
      h("div", { class: "halves" },
        h("div", {}, evidence(one)),
        h("div", {}, arms(one), h("p", { class: "dim small" }, `Promoted when evidence that it is not twice as bad reaches ${digits(10 ** (number(one.refuted_limit) ?? 1.301), 0)}: now ${power(one.refuted)}.`))),
      h("details", { "data-key": `history-${one.id}`, open: at === 0 }, h("summary", { "data-key": `sum-${one.id}` }, `${list(one.history).length} decisions`), history(one))));
  };

  const agents = (data) => {
    const found = list(data.agents);
    if (!found.length) return [empty("No agent is in service.")];
    const rows = found.map((one) => {
      const total = list(one.versions).reduce((sum, it) => sum + (number(it.answers) ?? 0), 0);
      const versions = h("ul", { class: "versions" }, list(one.versions).map((it) => h("li", {}, it.alias ? badge(it.alias, it.alias === "stable" ? "good" : it.alias === "candidate" ? "accent" : "quiet") : null, h("code", {}, it.digest), it.version ? h("span", { class: "dim" }, it.version) : null, it.answers ? h("span", { class: "part" }, bar(it.answers / total, "fill accent"), share(it.answers / total, 0)) : null)));
      return [h("b", {}, one.name), versions, digits(number(one.rate) ?? 0, 1), speed(one.p50), speed(one.p95), share(one.asked ? one.failed / one.asked : null)];
    });
    return [table("Agents and versions", ["agent", "versions and their share of the last five minutes", "#a second", "#median", "#P95", "#errors"], rows)];
  };

  const rules = (data) => {
    const found = list(data.rules);
    if (!found.length) return [empty("No findings in the last hour, and no feedback yet.")];
    return [table("Findings by rule", ["rule", "#last hour", "approved", "#verdicts"], found.map((one) => {
      const said = one.accepted + one.corrected + one.dismissed;
      const kind = number(one.approval) === null ? "" : one.approval < 0.5 ? "warning" : "good";
      return [
        [h("code", {}, one.rule), one.silenced ? badge(`silenced in ${count(one.silenced)}`, "warning") : null],
        count(one.findings),
        said ? h("span", { class: `approval ${kind}`, title: `between ${share(one.low, 0)} and ${share(one.high, 0)}, 95 %` }, bar(one.approval, `fill ${kind}`), share(one.approval, 0)) : h("span", { class: "dim" }, "not judged"),
        said ? count(said) : "–",
      ];
    }))];
  };

  const meter = (name, value, limit) => {
    const over = number(value) !== null && number(limit) !== null && value > limit;
    return h("div", { class: `meter ${over ? "warning" : ""}` }, h("span", {}, name), bar(value, over ? "fill warning" : "fill accent", limit), h("b", {}, number(value) === null ? "–" : digits(value, 2)), over ? badge("over", "warning") : null);
  };
  const drift = (data) => {
    const whole = data.drift ?? {};
    const alarm = whole.alarm ?? {};
    const found = list(whole.watched);
    if (!found.length) return [empty("No answers to compare yet.")];
    return found.map((one) => h("article", { class: "watched" },
      h("h3", {}, one.agent, " ", h("code", {}, one.version)),
      number(one.cases) === null
        ? h("p", { class: "dim small" }, one.reference < one.needed ? `Its first ${count(one.needed)} cases become what later ones are held against: ${count(one.reference)} so far.` : "Too few cases after the first ones.")
        : [meter("questions", one.cases, alarm.cases), meter("answers", one.answers, alarm.answers), meter("unusual cases", one.unusual, alarm.unusual),
          h("details", { "data-key": `facts-${one.agent}-${one.version}` }, h("summary", { "data-key": `sumf-${one.agent}-${one.version}` }, "what moved most"),
            table(`Facts of ${one.agent} ${one.version}`, ["fact", "#before", "#now", "#PSI", "#KS"], list(one.facts).map((fact) => [String(fact.fact).replaceAll("_", " "), digits(fact.before, 2), digits(fact.now, 2), digits(fact.psi, 2), digits(fact.ks, 2)])))]));
  };

  const errors = (data) => {
    const found = list(data.errors);
    if (!found.length) return [empty("None.")];
    const all = found.reduce((sum, one) => sum + (number(one.count) ?? 0), 0);
    return [table("Errors", ["code", "", "#count"], found.map((one) => [h("code", {}, one.code), bar(one.count / all, String(one.code).startsWith("server.") ? "fill error" : "fill quiet"), count(one.count)]))];
  };
  const workers = (data) => {
    if (!data.service) return [empty("The service does not say.")];
    const found = list(data.service.workers);
    if (!found.length) return [empty("No worker is running.")];
    return [table("Workers", ["process", "#memory", "loaded versions", "#restarts"], found.map((one) => [h("code", {}, one.pid), size(one.memory), list(one.loaded).map((it) => [h("code", {}, it), " "]), one.restarts ? badge(count(one.restarts), "warning") : "0"]))];
  };

  /* ---- showing ---- */
  const SECTIONS = { alerts, tiles, rollouts, latency, rate, agents, rules, drift, errors, workers };
  const held = {};
  const show = (name, make, data) => {
    const place = find(name);
    const target = place.querySelector(":scope > div") ?? place;
    let parts;
    try { parts = make(data); } catch (error) { parts = [empty("This part cannot be shown.")]; console.warn(name, error); }
    const next = h("div", {}, parts);
    if (held[name] === next.innerHTML && target.childNodes.length) return;
    const active = document.activeElement?.dataset?.key;
    const open = new Map([...target.querySelectorAll("details[data-key]")].map((one) => [one.dataset.key, one.open]));
    const scrolled = new Map([...target.querySelectorAll(".scroll")].map((one) => [one.dataset.key, one.scrollLeft]));
    held[name] = next.innerHTML;
    target.replaceChildren(...next.childNodes);
    for (const one of target.querySelectorAll("details[data-key]")) if (open.has(one.dataset.key)) one.open = open.get(one.dataset.key);
    for (const one of target.querySelectorAll(".scroll")) one.scrollLeft = scrolled.get(one.dataset.key) ?? 0;
    if (active) [...target.querySelectorAll("[data-key]")].find((one) => one.dataset.key === active)?.focus({ preventScroll: true });
  };
  const state = (text, kind) => {
    find("state").setAttribute("class", `pill ${kind}`);
    const words = find("state").querySelector("span");
    if (words.textContent !== text) words.textContent = text;
  };
  const render = (data) => {
    find("board").hidden = false;
    find("board").classList.remove("stale");
    find("uptime").textContent = number(data.uptime) === null ? "" : ` · up for ${span(data.uptime)}`;
    const ready = data.service?.ready;
    state(ready ? "ready" : data.service ? "not ready" : "no service", ready ? "good" : "error");
    for (const [name, make] of Object.entries(SECTIONS)) show(name, make, data);
    document.title = list(data.alerts).length ? `(${data.alerts.length}) Octad status` : "Octad status";
  };

  /* ---- asking ---- */
  const token = () => { try { return sessionStorage.getItem(KEY) ?? ""; } catch { return ""; } };
  const enter = (why) => {
    try { sessionStorage.removeItem(KEY); } catch { /* nothing was kept */ }
    clearTimeout(timer);
    round += 1;
    find("board").hidden = true;
    find("leave").hidden = true;
    find("enter").hidden = false;
    find("refused").textContent = why;
    find("token").value = "";
    find("token").focus();
    state("locked", "quiet");
  };
  const ask = async () => {
    const mine = (round += 1);
    clearTimeout(timer);
    try {
      const answer = await fetch("v1/status", { headers: { Authorization: `Bearer ${token()}` }, cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (mine !== round) return;
      if (answer.status === 401) return enter("This token is not known here.");
      if (answer.status === 403) return enter("This token may not see the status: it needs the role operate or audit.");
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const data = await answer.json();
      if (mine !== round) return;
      seen = Date.now();
      render(data && typeof data === "object" ? data : {});
    } catch {
      if (mine !== round) return;
      state(seen ? `no answer for ${span((Date.now() - seen) / 1000)}` : "no answer", "error");
      find("board").classList.add("stale");
    }
    timer = setTimeout(ask, document.hidden ? 5 * EVERY : EVERY);
  };
  const begin = () => {
    if (!token()) return enter("");
    find("enter").hidden = true;
    find("leave").hidden = false;
    ask();
  };

  find("enter").addEventListener("submit", (event) => {
    event.preventDefault();
    const given = find("token").value.trim();
    if (!/^[\x21-\x7e]+$/.test(given)) { find("refused").textContent = "A token has no spaces and no letters beyond ASCII."; return; }
    try { sessionStorage.setItem(KEY, given); } catch { find("refused").textContent = "This browser keeps nothing for a tab."; return; }
    find("token").value = "";
    begin();
  });
  const say = find("say");
  say.elements.verdict.addEventListener("change", () => {
    const corrects = say.elements.verdict.value === "corrected";
    say.elements.correction.required = corrects;
    say.elements.correction.parentElement.hidden = !corrects;
  });
  say.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = (name) => say.elements[name].value.trim();
    const [decision, reason] = given("verdict").split(" ");
    const body = { fingerprint: given("fingerprint"), rule: given("rule"), project: given("project"), decision };
    if (reason) body.reason = reason;
    if (decision === "corrected") body.correction = given("correction");
    try {
      const answer = await fetch("v1/feedback", { method: "POST", headers: { Authorization: `Bearer ${token()}`, "Content-Type": "application/json" }, body: JSON.stringify(body) });
      const told = await answer.json();
      find("said").textContent = answer.ok ? (told.is_news ? "Kept." : "That was said before.") : told.error.message;
      if (answer.ok) say.elements.fingerprint.value = "";
    } catch {
      find("said").textContent = "The server did not answer: say it again.";
    }
  });
  find("leave").addEventListener("click", () => enter(""));
  find("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && token()) ask(); });
  begin();
})();
