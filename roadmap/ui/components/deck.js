// Drill's deck: every card in a table. Searching, filtering and sorting happen here at once; the server sends the sides
// and the history of the one card that is open, and stores the labels.

import { Acts, el, said, sources, text } from "./acts.js";

const MANY = 50;
const STATES = { new: "New", learning: "Learning", mature: "Mature", due: "Due", buried: "Buried", suspended: "Suspended" };
const COLUMNS = [
  { key: "front", words: "Card" },
  { key: "stage", words: "Stage", wide: true },
  { key: "category", words: "Category", wide: true },
  { key: "state", words: "State" },
  { key: "due", words: "Due" },
  { key: "interval", words: "Interval", wide: true, number: true },
  { key: "lapses", words: "Lapses", wide: true, number: true },
];
const decks = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  let deck = decks.get(parentElement);
  if (!deck) {
    deck = new Browser(parentElement);
    decks.set(parentElement, deck);
  }
  deck.send = (acts) => setTriggerValue("acts", acts);
  deck.update(data);
  return () => deck.acts.stop();
}

const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** A day as people write it. */
const onDay = (iso) => new Date(`${iso}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });

class Browser {
  constructor(root) {
    this.acts = new Acts((acts) => this.send(acts));
    this.sort = { key: null, down: false };
    this.most = MANY;
    this.narrow = matchMedia("(max-width: 640px)"); // where the wide columns go
    this.narrow.addEventListener("change", () => this.#draw());
    this.search = el("input", { type: "search", placeholder: "Search cards", "aria-label": "Search cards", oninput: () => this.#narrow() });
    this.stage = this.#choice("Stage", "Any stage");
    this.category = this.#choice("Category", "Any category");
    this.state = this.#choice("State", "Any state", [...Object.entries(STATES), ["flagged", "Flagged"], ["failed", "Missed 6 times or more"]]);
    this.found = el("p", { class: "found", role: "status" });
    this.failed = el("p", { class: "failed", role: "alert", hidden: true });
    this.heads = COLUMNS.map(({ key, words, wide, number }) => {
      const arrow = el("span", { class: "arrow", "aria-hidden": "true" });
      const button = el("button", { type: "button", onclick: () => this.#sortBy(key) }, words, arrow);
      return { key, arrow, head: el("th", { scope: "col", class: [`of-${key}`, wide && "wide", number && "number"].filter(Boolean).join(" ") }, button) };
    });
    this.body = el("tbody");
    this.more = el("button", { class: "more", type: "button", onclick: () => this.#showMore() });
    this.page = root.querySelector(".deck") ?? root.appendChild(el("div", { class: "deck browse" }));
    this.page.replaceChildren(
      el("div", { class: "filters" }, this.search, this.stage, this.category, this.state),
      this.found,
      this.failed,
      el("table", { class: "cards", "aria-label": "Cards" }, el("thead", {}, el("tr", {}, ...this.heads.map(({ head }) => head))), this.body),
      this.more,
    );
  }

  /** Take what the server says. What the person searches for and has open stays. */
  update(data) {
    const first = !this.data;
    const changed = this.data && JSON.stringify(data.cards) !== JSON.stringify(this.data.cards);
    this.data = data;
    if (this.acts.settle(data.settled)) said(this.failed, data.failed);
    if (first) {
      for (const [choice, names] of [[this.stage, data.stages], [this.category, data.categories]])
        choice.append(...names.map((name) => el("option", { value: name }, name)));
      this.open = data.opened?.id;
    }
    if (first || changed) this.cards = data.cards.map((card) => ({ ...card, words: `${card.front} ${card.category} ${card.id}`.toLowerCase() }));
    const same = this.open && this.open === data.opened?.id ? JSON.stringify(data.opened) : "";
    if (!first && !changed && same === this.shown) return;
    this.shown = same;
    this.#draw();
  }

  #choice(name, any, options = []) {
    const all = [["", any], ...options].map(([value, words]) => el("option", { value }, words));
    return el("select", { "aria-label": name, onchange: () => this.#narrow() }, ...all);
  }

  #narrow() {
    this.most = MANY;
    this.#draw();
  }

  #showMore() {
    const from = this.most;
    this.most += MANY;
    this.#draw();
    this.body.querySelectorAll(".name")[from]?.focus();
  }

  #sortBy(key) {
    const again = this.sort.key === key;
    this.sort = again && this.sort.down ? { key: null, down: false } : { key, down: again };
    this.#narrow();
  }

  get #matching() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const state = this.state.value;
    const fits = (card) =>
      (!this.stage.value || card.stage === this.stage.value) &&
      (!this.category.value || card.category === this.category.value) &&
      (!state || (state === "flagged" ? card.flagged : state === "failed" ? card.lapses >= 6 : card.state === state)) &&
      words.every((word) => card.words.includes(word));
    const found = this.cards.filter(fits);
    const { key, down } = this.sort;
    if (!key) return found;
    const orders = { stage: this.data.stages, category: this.data.categories, state: Object.keys(STATES) };
    const worth = (card) => (orders[key] ? orders[key].indexOf(card[key]) : card[key]);
    const sign = down ? -1 : 1;
    return found.sort((one, other) => {
      const [a, b] = [worth(one), worth(other)];
      if (a === null || b === null) return (a === null) - (b === null); // what has none stands last either way
      return sign * (a < b ? -1 : a > b ? 1 : 0);
    });
  }

  #draw() {
    const found = this.#matching;
    text(this.found, found.length === this.cards.length ? counted(found.length, "card") : `${found.length} of ${counted(this.cards.length, "card")}`);
    for (const { key, arrow, head } of this.heads) {
      const sorted = key === this.sort.key;
      if (sorted) head.setAttribute("aria-sort", this.sort.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
      text(arrow, sorted ? (this.sort.down ? " ↓" : " ↑") : "");
    }
    const focused = this.page.getRootNode().activeElement?.dataset?.at;
    this.body.replaceChildren(...found.slice(0, this.most).flatMap((card) => this.#rows(card)));
    if (focused) this.page.querySelector(`[data-at="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    const left = found.length - this.most;
    this.more.hidden = left <= 0;
    text(this.more, `Show ${Math.min(left, MANY)} more`);
  }

  #rows(card) {
    const open = card.id === this.open;
    const name = el("button", { class: "name", type: "button", "aria-expanded": String(open), "data-at": `row ${card.id}`, onclick: () => this.#toggle(card) }, card.front);
    const flag = card.flagged && el("span", { class: "flag" }, "Flagged");
    const row = el(
      "tr",
      { class: open ? "open" : null },
      el("td", {}, name),
      el("td", { class: "wide" }, card.stage),
      el("td", { class: "wide" }, card.category),
      el("td", {}, STATES[card.state], flag || null),
      el("td", {}, card.due ? onDay(card.due) : "–"),
      el("td", { class: "wide number" }, card.interval === null ? "–" : counted(card.interval, "day")),
      el("td", { class: "wide number" }, String(card.lapses)),
    );
    if (!open) return [row];
    const columns = COLUMNS.filter(({ wide }) => !wide || !this.narrow.matches);
    const inside = el("td", { colspan: columns.length }, this.#inside(card));
    return [row, el("tr", { class: "inside" }, inside)];
  }

  #toggle(card) {
    const closing = this.open === card.id;
    this.open = closing ? undefined : card.id;
    this.shown = "";
    this.acts.add(closing ? { do: "close" } : { do: "open", card: card.id });
    this.#draw();
  }

  /** Both sides of the open card, its history, and what to do with it; a word while the server still reads it. */
  #inside(card) {
    const opened = this.data.opened;
    if (opened?.id !== card.id) return el("p", { class: "line" }, "Opening");
    const front = el("div", { class: "front prose" });
    front.innerHTML = opened.front;
    const back = el("div", { class: "back prose" });
    back.innerHTML = opened.back;
    back.append(sources(opened));
    const met = card.interval === null ? "never recalled" : `interval ${counted(card.interval, "day")}, ${counted(card.lapses, "lapse")}`;
    return el(
      "article",
      { "aria-label": "Card" },
      el("p", { class: "line" }, `${card.stage} · ${card.category} · ${met}`),
      el("p", { class: "line" }, opened.line),
      opened.leech && el("p", { class: "leech" }, opened.leech.said, opened.leech.read && el("a", { href: opened.leech.read.url, target: "_self" }, opened.leech.read.label), opened.leech.read?.then),
      front,
      back,
      this.#labels(card),
      this.#history(opened),
      this.#report(opened),
    );
  }

  #labels(card) {
    const toggle = (label, on, words) =>
      el("button", { type: "button", "data-at": `${label} ${card.id}`, onclick: () => this.acts.add({ do: "label", card: card.id, label, on }) }, words);
    return el(
      "div",
      { class: "labels", role: "group", "aria-label": "This card" },
      toggle("flagged", !card.flagged, card.flagged ? "Take the flag off" : "Flag"),
      card.state === "suspended" ? toggle("suspended", false, "Bring back") : toggle("suspended", true, "Suspend"),
      card.state === "buried" ? toggle("buried", false, "Bring back today") : null,
      el("a", { href: `drill?card=${encodeURIComponent(card.id)}`, target: "_self" }, "Drill this card"),
    );
  }

  #history({ history }) {
    if (!history.length) return el("p", { class: "line" }, "No recall of this card yet.");
    const cells = ({ day, grade, interval, confidence, seconds }) => [onDay(day), grade, counted(interval, "day"), confidence ?? "–", `${seconds} s`];
    const heads = ["Day", "Grade", "Came back after", "How sure", "Time"].map((words) => el("th", { scope: "col" }, words));
    const rows = history.map((past) => el("tr", {}, ...cells(past).map((words) => el("td", {}, words))));
    const table = el("table", { "aria-label": "History" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows));
    return el("div", { class: "past" }, el("h3", {}, counted(history.length, "recall")), el("div", { class: "sideways", tabindex: "0", role: "region", "aria-label": "History" }, table));
  }

  #report({ id, report, issues }) {
    const words = el("textarea", { readonly: true, rows: 6, "aria-label": "Text to send" }, report);
    const copied = el("span", { class: "line", role: "status" });
    const copy = async () => {
      words.select();
      try {
        await navigator.clipboard.writeText(report);
        text(copied, "Copied.");
      } catch {
        text(copied, "Selected; copy it with Ctrl+C or ⌘C."); // no clipboard without https
      }
    };
    const fold = el(
      "details",
      { ontoggle: () => (this.reporting = fold.open ? id : undefined), open: this.reporting === id },
      el("summary", {}, "Report an error in this card"),
      words,
      el("div", { class: "labels" }, el("button", { type: "button", onclick: copy }, "Copy the text"), issues && el("a", { href: issues, target: "_blank", rel: "noreferrer" }, "Open the issue form"), copied),
    );
    return fold;
  }
}
