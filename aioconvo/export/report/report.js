"use strict";
// Everything that came from an API reaches the page through text nodes and fixed attributes only, never as markup.
(() => {
  const DIRECTIONS = ["inbound", "outbound", "system", "unknown"];
  const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
  const LIST_STEP = 200;
  const byId = (id) => document.getElementById(id);
  const parsed = (id) => JSON.parse(byId(id).textContent);
  const figures = parsed("figures");

  const grow = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) node.setAttribute(name, value);
    node.append(...children.filter((child) => child !== null));
    return node;
  };
  const html = (tag, attributes = {}, ...children) => grow(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) =>
    grow(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
  const fill = (id, ...children) => byId(id).replaceChildren(...children.filter((child) => child !== null));

  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const count = (value) => value.toLocaleString("en-GB");
  const plural = (value, word) => `${count(value)} ${word}${value === 1 ? "" : "s"}`;

  // Swedish writes dates as 2026-01-31 13:05, which every reader orders the same way.
  const clock = (() => {
    const options = { dateStyle: "short", timeStyle: "short" };
    try {
      return new Intl.DateTimeFormat("sv-SE", { ...options, timeZone: figures.zone });
    } catch {
      figures.zone = "UTC";
      return new Intl.DateTimeFormat("sv-SE", { ...options, timeZone: "UTC" });
    }
  })();
  const moment = (seconds) => (seconds === null ? "time not told" : clock.format(new Date(seconds * 1000)));
  const duration = (seconds) => {
    for (const [size, word] of [[86400, "d"], [3600, "h"], [60, "min"]])
      if (seconds >= size) return `${(seconds / size).toFixed(seconds >= 10 * size ? 0 : 1)} ${word}`;
    return `${Math.round(seconds)} s`;
  };

  const table = (caption, heads, rows) =>
    html("div", { class: "scroll" }, html("table", {},
      html("caption", {}, caption),
      html("thead", {}, html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, head)))),
      html("tbody", {}, ...rows.map(([first, ...rest]) => html("tr", {},
        html("th", { scope: "row" }, html("bdi", {}, first)),
        ...rest.map((value) => html("td", value === 0 ? { class: "none" } : {}, typeof value === "number" ? count(value) : value)))))));
  const asTable = (caption, heads, rows) => html("details", {}, html("summary", {}, "As a table"), table(caption, heads, rows));
  const picture = (label, width, height, ...children) =>
    svg("svg", { role: "img", "aria-label": label, width, height, viewBox: `0 0 ${width} ${height}` }, ...children);
  const label = (x, y, text, anchor = "start") => svg("text", { x, y, "text-anchor": anchor }, text);
  const block = (kind, x, y, width, height, tip) =>
    svg("rect", { class: kind, x: x.toFixed(2), y: y.toFixed(2), width: Math.max(width, 0.5).toFixed(2), height: height.toFixed(2) },
      svg("title", {}, tip));
  const room = () => Math.max(260, Math.min(1100, byId("days").clientWidth || 700));

  // What the two selects leave.
  const providers = () => (byId("provider").value ? [byId("provider").value] : figures.providers);
  const directions = () => (byId("direction").value ? [byId("direction").value] : DIRECTIONS);
  const series = (counts, size) => {
    const total = new Array(size).fill(0);
    for (const direction of directions()) (counts[direction] || []).forEach((value, place) => { total[place] += value; });
    return total;
  };

  const dayOf = (place) => {
    const day = new Date(`${figures.days.first}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + place * figures.days.step);
    return day.toISOString().replace(/T.*/, "");
  };

  function dayChart(provider) {
    const { bins, step } = figures.days;
    const counts = figures.days.counts[provider] || {};
    const totals = series(counts, bins);
    const shown = directions().filter((direction) => sum(counts[direction] || []));
    const width = room(), height = 150, left = 48, base = height - 20, top = Math.max(1, ...totals);
    const slot = (width - left) / bins;
    const chart = picture(`Messages by ${step === 1 ? "day" : `${step} days`} of ${provider}: ${count(sum(totals))} in all`, width, height,
      svg("line", { class: "axis", x1: left, x2: width, y1: base, y2: base }), label(left - 6, base, "0", "end"),
      svg("line", { class: "axis", x1: left, x2: width, y1: 12, y2: 12 }), label(left - 6, 16, count(top), "end"));
    totals.forEach((total, place) => {
      let floor = base;
      for (const direction of shown) {
        const value = counts[direction][place];
        if (!value) continue;
        const tall = (value / top) * (base - 12);
        floor -= tall;
        chart.append(block(direction, left + place * slot, floor, slot * 0.85, tall, `${dayOf(place)}: ${count(value)} ${direction}`));
      }
    });
    const marks = Math.min(bins, Math.max(2, Math.floor((width - left) / 130)));
    for (let mark = 0; mark < marks; mark++) {
      const place = Math.floor((mark * bins) / marks);
      chart.append(label(left + place * slot, height - 4, dayOf(place)));
    }
    const rows = totals.flatMap((total, place) => (total ? [[dayOf(place), ...shown.map((name) => counts[name][place])]] : []));
    return [html("h3", {}, provider), chart, asTable(`Messages of ${provider}`, ["Day", ...shown], rows)];
  }

  const seen = (direction) => figures.providers.some((provider) => figures.totals[provider][direction]);
  const legend = () => html("ul", { class: "legend" }, ...directions().filter(seen).map((direction) => html("li", {},
    svg("svg", { width: 12, height: 12, "aria-hidden": "true" }, svg("rect", { class: direction, width: 12, height: 12 })), direction)));

  function drawDays() {
    const { step } = figures.days;
    byId("days-note").textContent = (step === 1 ? "" : `One bar is ${step} days, named by its first. `) + `Days are those of ${figures.zone}.`;
    fill("days", legend(), ...providers().flatMap(dayChart));
  }

  function barChart(name, rows) {
    const width = Math.min(room(), 760), step = 26, left = Math.min(190, width * 0.4), right = 110;
    const top = Math.max(1, ...rows.map(([, value]) => value)), total = sum(rows.map(([, value]) => value)) || 1;
    const chart = picture(name, width, rows.length * step + 4);
    rows.forEach(([text, value], place) => {
      const share = `${((100 * value) / total).toFixed(1)} %`, long = text.length > left / 7.5;
      chart.append(
        svg("g", {}, svg("title", {}, text), label(left - 8, place * step + 17, long ? `${[...text].slice(0, Math.floor(left / 7.5) - 1).join("")}…` : text, "end")),
        block("bar", left, place * step + 4, (value / top) * (width - left - right), step - 8, `${text}: ${count(value)} (${share})`),
        label(left + (value / top) * (width - left - right) + 6, place * step + 17, `${count(value)} · ${share}`));
    });
    return chart;
  }

  function drawWaits() {
    const waits = figures.waits[byId("provider").value] || { counts: figures.wait_labels.map(() => 0), unanswered: 0 };
    const answered = sum(waits.counts), rows = figures.wait_labels.map((text, place) => [text, waits.counts[place]]);
    byId("waits-note").textContent = "From the first inbound message that waits to the next outbound one of the same conversation. " +
      (answered ? `Half were answered within ${duration(waits.median)}, nine of ten within ${duration(waits.ninth)}. ` : "") +
      `${count(answered)} answered, ${count(waits.unanswered)} not (yet) answered.`;
    fill("waits", barChart(`Time to answer: ${count(answered)} answers`, rows), asTable("Time to answer", ["Time", "Answers"], rows));
  }

  function drawHours() {
    const cells = new Array(168).fill(0);
    for (const provider of providers()) series(figures.hours[provider] || {}, 168).forEach((value, place) => { cells[place] += value; });
    const top = Math.max(1, ...cells), busiest = cells.indexOf(Math.max(...cells)), width = Math.min(room(), 900);
    const left = 40, slot = (width - left) / 24, tall = 22;
    const said = sum(cells) ? `Most messages: ${DAYS[Math.floor(busiest / 24)]} from ${busiest % 24}:00 on, ${count(cells[busiest])}.` : "No messages.";
    const chart = picture(`Messages by weekday and hour. ${said}`, width, 7 * tall + 20);
    cells.forEach((value, place) => {
      const day = Math.floor(place / 24), hour = place % 24;
      const cell = block("heat", left + hour * slot, day * tall, slot - 2, tall - 2, `${DAYS[day]} ${hour}:00: ${count(value)}`);
      cell.setAttribute("opacity", (0.06 + 0.94 * (value / top)).toFixed(3));
      chart.append(cell);
    });
    DAYS.forEach((day, place) => chart.append(label(0, place * tall + 15, day.slice(0, 3))));
    for (let hour = 0; hour < 24; hour += 3) chart.append(label(left + hour * slot, 7 * tall + 14, String(hour)));
    byId("hours-note").textContent = `${said} Hours are those of ${figures.zone}.`;
    const rows = DAYS.map((day, place) => [day, ...cells.slice(place * 24, place * 24 + 24)]);
    fill("hours", chart, asTable("Messages by weekday and hour", ["Day", ...Array.from({ length: 24 }, (_, hour) => String(hour))], rows));
  }

  function drawChannels() {
    const rows = providers()
      .flatMap((provider) => (figures.channels[provider] || []).map(([name, counts]) => [`${provider} ${name}`, sum(directions().map((direction) => counts[direction] || 0))]))
      .filter(([, value]) => value).sort((one, other) => other[1] - one[1]);
    fill("channels", barChart(`Messages by channel: ${plural(rows.length, "channel")}`, rows), asTable("Messages by channel", ["Channel", "Messages"], rows));
  }

  function drawTotals() {
    const heads = ["Provider", "Conversations", "Messages", ...DIRECTIONS, "First", "Last"];
    const rows = figures.providers.map((provider) => {
      const total = figures.totals[provider];
      return [provider, total.conversations, total.messages, ...DIRECTIONS.map((direction) => total[direction] || 0), moment(total.first), moment(total.last)];
    });
    fill("totals", table(figures.undated ? `${plural(figures.undated, "message")} without a time stand in these totals and channels only.` : "", heads, rows));
    byId("made").textContent = `Made ${moment(figures.made_at)}. Times are those of ${figures.zone}.`;
  }

  const draw = () => { drawDays(); drawWaits(); drawHours(); drawChannels(); };

  // The reader. A message is [seconds, direction, author, channel, status, kind, subject, text, characters cut, attachments].
  const [AUTHOR, SUBJECT, TEXT] = [2, 6, 7];
  const heads = figures.conversations;
  const named = (head) => head.name || head.subject || head.id;
  let matches = heads, listed = 0, open = null;

  const matching = (wanted) => (head, place) =>
    [head.name, head.subject, head.id, head.provider, head.status, ...head.channels].some((text) => text && text.toLowerCase().includes(wanted)) ||
    parsed(`m${place}`).some((message) => [AUTHOR, SUBJECT, TEXT].some((field) => message[field] && message[field].toLowerCase().includes(wanted)));

  function listMore() {
    for (const head of matches.slice(listed, listed + LIST_STEP)) {
      const place = heads.indexOf(head);
      byId("list").append(html("li", {}, html("a", { href: `#/${place}`, "aria-current": place === open && "true" }, html("bdi", {}, named(head)),
        html("small", {}, `${head.provider} · ${plural(head.messages, "message")} · ${moment(head.last)}`))));
    }
    listed = Math.min(matches.length, listed + LIST_STEP);
    byId("more").hidden = listed === matches.length;
  }

  function search() {
    const wanted = byId("search").value.trim().toLowerCase();
    matches = wanted ? heads.filter(matching(wanted)) : heads;
    byId("found").textContent = wanted ? `${plural(matches.length, "conversation")} found` : "";
    byId("list").replaceChildren();
    listed = 0;
    listMore();
  }

  const attachment = ([name, url]) => html("p", { class: "head" }, "Attachment: ", /^https?:\/\//i.test(url || "")
    ? html("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, html("bdi", {}, name || url))
    : html("bdi", {}, name || url || "without a name"));

  function message([seconds, direction, author, channel, status, kind, subject, text, cut, attachments]) {
    const facts = [direction, moment(seconds), channel, status, kind === "text" ? null : kind];
    return html("li", { class: DIRECTIONS.includes(direction) ? direction : "unknown" },
      html("p", { class: "head" }, html("bdi", {}, author || ""), [author ? "" : null, ...facts].filter((fact) => fact !== null).join(" · ")),
      subject ? html("p", { class: "subject", dir: "auto" }, subject) : null,
      text ? html("p", { class: "text", dir: "auto" }, text) : null,
      cut ? html("p", { class: "head" }, `${plural(cut, "character")} more stand in the export`) : null,
      ...attachments.map(attachment));
  }

  function show() {
    const place = /^#\/(\d+)$/.exec(location.hash);
    const head = place && heads[Number(place[1])];
    if (!head) return;
    open = Number(place[1]);
    for (const link of byId("list").querySelectorAll("a"))
      if (link.getAttribute("href") === location.hash) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    const facts = [head.provider, `id ${head.id}`, head.subject && head.name ? head.subject : null, head.status, ...head.channels, plural(head.messages, "message")];
    const missing = head.messages - head.shown;
    fill("transcript", html("h3", {}, html("bdi", {}, named(head))),
      html("p", { class: "note" }, ...facts.filter(Boolean).flatMap((fact, nth) => [nth ? " · " : "", html("bdi", {}, fact)])),
      missing ? html("p", { class: "notice" }, `${plural(missing, "earlier message")} left out of this page`) : null,
      html("ol", { class: "messages" }, ...parsed(`m${open}`).map(message)));
    byId("transcript").focus({ preventScroll: true });
    byId("transcript").scrollIntoView({ block: "start" });
  }

  function begin() {
    byId("provider").append(html("option", { value: "" }, "all"), ...figures.providers.map((name) => html("option", { value: name }, name)));
    byId("direction").append(html("option", { value: "" }, "all"), ...DIRECTIONS.map((name) => html("option", { value: name }, name)));
    const out = figures.left_out;
    byId("left-out").textContent = out.messages || out.conversations
      ? `The ${plural(heads.length, "conversation")} with the latest messages can be read here. Left out: ${plural(out.conversations, "conversation")} whole, ${plural(out.messages, "message")} in all. The charts count them too.`
      : "All conversations and messages of the export can be read here.";
    let waiting = 0;
    const later = (action) => () => { clearTimeout(waiting); waiting = setTimeout(action, 150); };
    byId("search").addEventListener("input", later(search));
    byId("more").addEventListener("click", listMore);
    byId("filters").addEventListener("input", draw);
    window.addEventListener("resize", later(draw));
    window.addEventListener("hashchange", show);
    drawTotals();
    draw();
    search();
    show();
  }

  begin();
})();
