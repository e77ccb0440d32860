// What the page shows follows from what the sandbox tells; text only ever becomes text (textContent), never HTML.

const byId = (id) => document.getElementById(id);
const token = document.querySelector('meta[name="chat-token"]').content;
const names = { sunshine: "Sunshine", smooch: "Smooch", smscx: "SMS.CX", convore: "Convore", ultracart: "UltraCart" };
const mostDeliveries = 200;
const longestTyping = 10_000; // milliseconds; who was killed meanwhile never tells that it stopped

const providers = new Map(); // name -> { shows, customers, chosen }
let current = "sunshine";
let changes = [];
let told = 0;
let typing = 0;
let theyType = 0;
let read = Promise.resolve();

// -- speaking to the sandbox

async function act(what) {
  const options = {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Chat-Token": token },
    body: JSON.stringify(what),
  };
  let problem = "";
  let answer = {};
  try {
    const response = await fetch("/chat/act", options);
    if (!response.ok) problem = await response.text();
    else if (response.status === 200) answer = await response.json();
  } catch {
    problem = "The sandbox does not answer.";
  }
  byId("problem").textContent = problem;
  byId("problem").hidden = !problem;
  return problem ? null : answer;
}

async function listen() {
  for (;;) {
    try {
      const response = await fetch("/chat/events", { headers: { "X-Chat-Token": token } });
      if (response.status === 403) return location.reload(); // another run of the sandbox, with another token
      await take(response.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch {
      // told below
    }
    showLink("No connection to the sandbox. Trying again.");
    await new Promise((resume) => setTimeout(resume, 1000));
  }
}

async function take(reader) {
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) if (part.startsWith("data: ")) happen(JSON.parse(part.slice(6)));
  }
}

function happen(what) {
  if (what.type !== "hello" && what.number <= told) return;
  told = what.number;
  if (what.type === "hello") greet(what);
  else if (what.type === "bot") showBot(what.state);
  else if (what.type === "delivery") addDelivery(what);
  else change(what);
}

// -- what happened

function greet(hello) {
  for (const { name, shows, customers } of hello.providers) {
    const before = providers.get(name)?.chosen;
    providers.set(name, { shows, customers, chosen: customers.find((one) => one.id === before?.id) ?? customers[0] });
  }
  changes = hello.changes;
  byId("deliveries").replaceChildren();
  hello.deliveries.slice(-mostDeliveries).forEach(addDelivery);
  byId("scroll").hidden = hello.deliveries.length === 0;
  byId("no-deliveries").hidden = hello.deliveries.length > 0;
  showLink("");
  showBot(hello.bot);
  showCustomers();
}

function change(what) {
  if (what.kind !== "typing") changes.push(what);
  if (!isHere(what)) {
    if (what.kind === "message" && what.ours) tab(what.provider).classList.add("new");
    return;
  }
  if (what.kind === "message") addMessage(what);
  else if (what.kind === "typing" && what.ours) showTyping(what.started);
  else mark(what);
}

function isHere(what) {
  return what.provider === current && what.conversation === providers.get(current).chosen.conversation;
}

// -- the conversation

function showCustomers() {
  const { customers, chosen } = providers.get(current);
  const options = customers.map(({ id, name }) => {
    const option = document.createElement("option");
    option.value = id;
    option.textContent = name === id ? id : `${name} (${id})`;
    return option;
  });
  byId("customer").replaceChildren(...options);
  byId("customer").value = chosen.id;
  showMessages();
}

function showMessages() {
  tab(current).classList.remove("new");
  byId("list").replaceChildren();
  byId("nothing").hidden = false;
  showTyping(false);
  for (const what of changes) {
    if (!isHere(what)) continue;
    if (what.kind === "message") addMessage(what, false);
    else mark(what);
  }
}

function addMessage(what, live = true) {
  const item = document.createElement("li");
  const text = document.createElement("p");
  const note = document.createElement("small");
  item.className = what.ours ? "theirs" : "mine";
  item.dataset.id = what.id;
  text.textContent = what.text;
  note.textContent = clock(what.at);
  note.dataset.at = note.textContent;
  item.append(text, note);
  byId("list").append(item);
  byId("nothing").hidden = true;
  if (what.ours) showTyping(false);
  toEnd();
  if (live && what.ours) readSoon();
}

function mark(what) {
  if (what.kind === "read" && what.ours) {
    for (const item of byId("list").querySelectorAll(".mine")) note(item, "Read");
  } else if (what.kind === "delivered" || what.kind === "failed") {
    for (const item of byId("list").children) {
      if (item.dataset.id !== what.id) continue;
      item.classList.toggle("failed", what.kind === "failed");
      note(item, what.kind === "failed" ? "Failed to arrive" : "Delivered");
    }
  }
}

function note(item, words) {
  const small = item.querySelector("small");
  small.textContent = `${small.dataset.at} · ${words}`;
}

function showTyping(started) {
  clearTimeout(theyType);
  if (started) theyType = setTimeout(showTyping, longestTyping, false);
  byId("typing").hidden = !started;
  if (started) toEnd();
}

function toEnd() {
  byId("messages").scrollTop = byId("messages").scrollHeight;
}

function readSoon() {
  const { shows, chosen } = providers.get(current);
  if (!shows.includes("read") || document.hidden) return;
  const what = { do: "read", provider: current, user: chosen.id };
  read = read.then(() => act(what));
}

function reportTyping(started) {
  const { shows, chosen } = providers.get(current);
  const before = typing !== 0;
  clearTimeout(typing);
  typing = started ? setTimeout(reportTyping, 4000, false) : 0;
  if (shows.includes("typing") && before !== started) act({ do: "type", provider: current, user: chosen.id, started });
}

async function send() {
  const field = byId("text");
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  const provider = current;
  const { chosen } = providers.get(provider);
  reportTyping(false);
  const answer = await act({ do: "say", provider, user: chosen.id, text });
  if (answer === null) {
    field.value = text;
  } else if (answer.conversation !== chosen.conversation) {
    chosen.conversation = answer.conversation;
    showMessages();
  }
}

// -- the bot, the link and the log

function showLink(words) {
  byId("link").textContent = words;
  byId("link").hidden = !words;
}

function showBot(state) {
  byId("bot").hidden = state === null;
  byId("how").hidden = state === null;
  byId("where-to").hidden = state !== null;
  if (state === null) return;
  byId("bot").dataset.state = state;
  if (state === "stopped") showTyping(false);
  byId("bot-state").textContent = state;
  byId("bot-button").textContent = state === "stopped" ? "Start the bot" : "Kill the bot";
}

function addDelivery(what) {
  const row = document.createElement("tr");
  row.className = what.fate.replace(" ", "-");
  const event = cell("");
  const words = what.events.length > 1 ? `${what.events[0]} and ${what.events.length - 1} more` : what.events[0];
  for (const part of words.split(/(?<=[:_])/)) event.append(part, document.createElement("wbr")); // lines may break there
  event.append(small(names[what.provider] + (what.copy ? ", sent twice on purpose" : "")));
  const answer = cell(what.status === undefined ? "none" : String(what.status));
  const again = what.again_in === undefined ? what.fate : `again in ${Math.max(1, Math.round(what.again_in))} s`;
  answer.append(small([what.note, again].filter(Boolean).join("; ")));
  row.append(cell(clock(what.at)), event, cell(String(what.attempt)), answer);
  byId("deliveries").prepend(row);
  while (byId("deliveries").children.length > mostDeliveries) byId("deliveries").lastChild.remove();
  byId("scroll").hidden = false;
  byId("no-deliveries").hidden = true;
}

function cell(text) {
  const made = document.createElement("td");
  made.textContent = text;
  return made;
}

function small(text) {
  const made = document.createElement("small");
  made.textContent = text;
  return made;
}

function clock(at) {
  return new Date(at).toLocaleTimeString("en-GB");
}

function tab(name) {
  return document.querySelector(`input[value="${name}"] + span`);
}

// -- what the person does

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
byId("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});
byId("text").addEventListener("input", () => reportTyping(byId("text").value !== ""));
byId("providers").addEventListener("change", (event) => {
  reportTyping(false);
  current = event.target.value;
  showCustomers();
});
byId("customer").addEventListener("change", (event) => {
  reportTyping(false);
  const provider = providers.get(current);
  provider.chosen = provider.customers.find((one) => one.id === event.target.value);
  showMessages();
});
byId("bot-button").addEventListener("click", () => act({ do: byId("bot").dataset.state === "stopped" ? "start" : "kill" }));
current = document.querySelector('input[name="provider"]:checked').value;
new ResizeObserver(toEnd).observe(byId("messages"));
listen();
byId("text").focus();
