// Marking by task: every mark and comment is saved at once; what could not be saved is seen.
"use strict";

const main = document.querySelector("main");
const articles = [...document.querySelectorAll("article")];
const byId = new Map(); // an answer's id: its article
const pending = new Map(); // an answer's id: what is still to be saved of it
const undone = []; // lists of marks as they were, the last one at the end
const most = Number(main.dataset.most);
let here = null; // the article that keys act on
let busy = false;
let forGroup = false;

const each = (article) => article.ids.map((id, n) => [id, article.seen[n]]);
const label = (points) => {
  const whole = Math.floor(points);
  return points === whole + 0.5 ? `${whole || ""}½` : String(Number(points.toFixed(2)));
};
const said = (points) => `${label(points)} ${points === 1 || points === 0.5 ? "point" : "points"}`;

for (const article of articles) {
  const { ids, seen, points, comment } = article.dataset;
  article.ids = ids.split(" ");
  article.seen = seen.split(" ");
  // shown: as the page has it; known: as the gradebook had it when it last told
  article.shown = { points: points === "" ? null : Number(points), waits: "waits" in article.dataset, comment };
  article.known = new Map(article.ids.map((id) => [id, { ...article.shown }]));
  article.trouble = "";
  for (const id of article.ids) byId.set(id, article);
}

// ---- what is seen

function show(article) {
  const { points, waits, comment } = article.shown;
  const unsaved = article.ids.some((id) => pending.has(id));
  for (const button of article.querySelectorAll(".give")) {
    button.setAttribute("aria-pressed", String(!waits && Number(button.dataset.points) === points));
  }
  const other = article.querySelector(".other");
  const isOther = !waits && points !== null && !article.querySelector(".give[aria-pressed=true]");
  if (document.activeElement !== other) other.value = isOther ? points : "";
  const box = article.querySelector(".comment-box");
  if (document.activeElement !== box && box.value !== comment) box.value = comment;
  article.classList.toggle("marked", !waits);
  article.classList.toggle("unsaved", unsaved);
  article.classList.toggle("again", waits && points !== null);
  article.classList.toggle("failed", article.trouble !== "");
  let state = waits ? "waits" : said(points ?? 0);
  if (waits && points !== null) state = `had ${said(points)}, then the answer changed`;
  if (unsaved) state = document.querySelector("#trouble").hidden ? "saving …" : "not saved yet";
  article.querySelector(".state").textContent = article.trouble || state;
}

function showAll() {
  let marked = 0;
  for (const article of articles) if (!article.shown.waits) marked += article.ids.length;
  const total = Number(main.dataset.count);
  document.querySelector(".top progress").value = marked;
  document.querySelector("#count").textContent = `${marked} of ${total} marked`;
  document.querySelector("#saving").textContent =
    forGroup ? "points for the whole group?" : pending.size ? `${pending.size} not saved yet` : "all saved";
  document.querySelector("#saving").classList.toggle("ask", forGroup);
  for (const group of document.querySelectorAll(".group")) {
    const open = waiting(group).reduce((sum, article) => sum + article.ids.length, 0);
    const count = group.querySelector(".open-count");
    if (count) count.textContent = open ? `All ${open} that wait:` : "All marked";
    for (const part of group.querySelectorAll(".for-all, .for-all-comment")) part.disabled = !open;
  }
}

const waiting = (group) => [...group.querySelectorAll("article")].filter((a) => a.shown.waits);

function complain(text) {
  const line = document.querySelector("#trouble");
  line.hidden = !text;
  line.querySelector("span").textContent = text;
}

function go(article) {
  if (!article) return;
  here?.classList.remove("here");
  here = article;
  here.classList.add("here");
  here.focus({ preventScroll: true });
  const tall = here.offsetHeight > window.innerHeight * 0.6;
  here.scrollIntoView({ block: tall ? "start" : "center" });
}

function step(by) {
  const visible = articles.filter((a) => a.offsetParent !== null);
  const at = visible.indexOf(here);
  go(visible[Math.min(Math.max(at + by, 0), visible.length - 1)]);
}

function goOn() {
  const at = articles.indexOf(here);
  const order = [...articles.slice(at + 1), ...articles.slice(0, at + 1)];
  const next = order.find((a) => a.shown.waits);
  if (next) go(next);
  else document.querySelector("#count").textContent = "all marked ✓";
}

// ---- what is changed

function change(article, what) {
  for (const [id, seen] of each(article)) {
    pending.set(id, { ...pending.get(id), id, seen, ...what });
  }
  if ("points" in what) article.shown = { ...article.shown, points: what.points, waits: what.waits };
  if ("comment" in what) article.shown = { ...article.shown, comment: what.comment };
  article.trouble = "";
  show(article);
  flush();
}

function give(list, points, comment = "") {
  if (!list.length || !(points >= 0 && points <= most)) return;
  undone.push(list.map((article) => [article, article.shown]));
  for (const article of list) {
    const what = { points, waits: false };
    if (comment && !article.shown.comment) what.comment = comment;
    change(article, what);
  }
}

function undo() {
  const list = undone.pop();
  if (!list) return;
  for (const [article, { points, waits, comment }] of list) change(article, { points, waits, comment });
  go(list[0][0]);
}

function giveByKey(points) {
  if (forGroup) {
    const group = here.closest(".group");
    give(waiting(group), points, group.querySelector(".for-all-comment")?.value.trim());
    forGroup = false;
  } else give([here], points);
  if (document.querySelector("#advance").checked) goOn();
  showAll();
}

function comment(article, text) {
  if (text.trim() !== article.shown.comment) change(article, { comment: text.trim() });
}

// a comment that was given can be given again
function offer(text) {
  const list = document.querySelector("#used");
  if (!text.trim() || [...list.querySelectorAll("button")].some((b) => b.textContent === text.trim())) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "use";
  button.textContent = text.trim();
  list.append(button);
  list.hidden = false;
}

// ---- what is saved

let retry;
async function flush() {
  showAll();
  if (busy || !pending.size) return;
  busy = true;
  clearTimeout(retry);
  const batch = new Map(pending);
  try {
    const changes = [...batch.values()].map((what) => {
      const { points, waits } = byId.get(what.id).known.get(what.id);
      return { ...what, before: { points, waits } };
    });
    const done = await put(changes);
    for (const [id, what] of batch) {
      if (pending.get(id) === what) pending.delete(id);
      settle(id, done[id]);
    }
    complain("");
  } catch (error) {
    complain(`${batch.size} not saved: ${error.message}. Keep this page open.`);
    busy = false;
    retry = setTimeout(flush, 5000);
    for (const id of batch.keys()) show(byId.get(id));
    showAll();
    return;
  }
  busy = false;
  flush();
}

async function put(changes) {
  const { pathname, search } = window.location;
  const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "";
  let reply;
  try {
    reply = await fetch(`${pathname.replace(/\/$/, "")}/marks${search}`, {
      method: "PUT",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-XSRFToken": xsrf },
      body: JSON.stringify({ changes }),
    });
  } catch {
    throw new Error("Jupyter does not answer");
  }
  if (reply.redirected || [401, 403].includes(reply.status)) {
    throw new Error("you are signed out; sign in to Jupyter in another tab");
  }
  if (!reply.ok) throw new Error(`Jupyter answers ${reply.status} ${reply.statusText}`);
  return (await reply.json()).done;
}

function settle(id, found) {
  const article = byId.get(id);
  const now = found.refused ? found.now : found;
  if (now) article.known.set(id, now);
  if (found.refused) {
    article.trouble = found.refused;
    pending.delete(id);
    if (now) article.shown = { ...now };
  } else if (!pending.has(id)) article.shown = { ...now };
  show(article);
}

// ---- mouse and keys

main.addEventListener("click", (event) => {
  const article = event.target.closest("article");
  const button = event.target.closest("button");
  if (button?.matches(".give")) {
    go(article);
    giveByKey(Number(button.dataset.points));
  } else if (button?.matches(".for-all")) {
    const group = button.closest(".group");
    give(waiting(group), Number(button.dataset.points), group.querySelector(".for-all-comment").value.trim());
  } else if (article && !event.target.closest("a, input, textarea") && !String(window.getSelection())) go(article);
});

main.addEventListener("focusin", (event) => {
  const article = event.target.closest("article");
  if (!article || article === here) return;
  here?.classList.remove("here");
  here = article;
  here.classList.add("here");
});

main.addEventListener("change", (event) => {
  const article = event.target.closest("article");
  if (event.target.matches(".other")) {
    const points = event.target.valueAsNumber;
    if (points >= 0 && points <= most) give([article], points);
    else event.target.value = "";
  }
  if (event.target.matches(".comment-box")) {
    comment(article, event.target.value);
    offer(event.target.value);
  }
});

let typing;
main.addEventListener("input", (event) => {
  if (!event.target.matches(".comment-box")) return;
  clearTimeout(typing);
  typing = setTimeout(() => comment(event.target.closest("article"), event.target.value), 1500);
});

document.addEventListener("keydown", (event) => {
  const { target, key, code } = event;
  if (target.matches(".comment-box")) {
    if (key !== "Escape" && !(key === "Enter" && event.ctrlKey)) return;
    here.focus(); // the comment is saved as the field is left
    if (key === "Enter") goOn();
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, select, textarea")) return;
  if (key === "Enter" && target.matches("button, a, summary")) return;
  const digit = code.match(/^(?:Digit|Numpad)(\d)$/)?.[1];
  const keys = {
    j: () => step(1), k: () => step(-1), Enter: goOn, u: undo,
    h: () => giveByKey(0.5),
    c: () => here.querySelector(".comment-box").focus(),
    g: () => { forGroup = here.closest(".group").querySelector(".for-all") !== null; showAll(); },
    Escape: () => { forGroup = false; showAll(); },
  };
  if (digit !== undefined && here) giveByKey(Number(digit) + (event.shiftKey ? 0.5 : 0));
  else if (keys[key] && (here || "jk".includes(key) || key === "Enter")) keys[key]();
  else return;
  event.preventDefault();
});

// ---- comments that are used again: given before, or the rubric's words to write back

function use(text) {
  if (!here) return;
  const { comment: before } = here.shown;
  if (!before.includes(text)) change(here, { comment: before ? `${before}\n\n${text}` : text });
  here.focus();
}

document.querySelector("#used").addEventListener("click", (event) => {
  if (event.target.matches(".use")) use(event.target.textContent);
});
for (const item of document.querySelectorAll(".rubric li")) {
  // an item that begins with a mistake in italics goes on with what to write back
  if (item.firstChild?.nodeName !== "EM" && item.querySelector("p")?.firstChild?.nodeName !== "EM") continue;
  const words = item.cloneNode(true);
  words.querySelector("em").remove();
  const text = words.textContent.replace(/\s+/g, " ").trim();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "reply";
  button.textContent = "use as comment";
  button.addEventListener("click", () => use(text));
  item.append(" ", button);
}

// ---- settings

const advance = document.querySelector("#advance");
advance.checked = localStorage.getItem("by-task-advance") === "yes";
advance.addEventListener("change", () => localStorage.setItem("by-task-advance", advance.checked ? "yes" : "no"));
document.querySelector("#hide").addEventListener("change", (event) => {
  document.body.classList.toggle("hide", event.target.checked);
  for (const article of articles) article.classList.toggle("was-marked", !article.shown.waits);
  for (const group of document.querySelectorAll(".group")) group.classList.toggle("was-marked", !waiting(group).length);
});
document.querySelector("#again").addEventListener("click", flush);
window.addEventListener("beforeunload", (event) => {
  const typed = document.activeElement;
  if (typed.matches(".comment-box")) comment(typed.closest("article"), typed.value);
  if (pending.size) event.preventDefault();
});

articles.forEach(show);
showAll();
go(articles.find((article) => article.shown.waits) ?? articles[0]);
