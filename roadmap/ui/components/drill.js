// The Drill page: one card at a time. Flipping and going on happen here at once; the server stores each grade,
// and its answer (which cards come now) always wins.

import { Acts, el, said, shortcut, sources, text } from "./acts.js";
import { confidence, confidenceOf } from "./confidence.js";

const GRADES = ["Again", "Hard", "Good", "Easy"];
const SAID = ["", "You said: a guess.", "You said: think so.", "You said: sure."];
const LABELS = [
  { label: "flagged", key: "f", words: "Flag" },
  { label: "buried", key: "b", words: "Bury until tomorrow" },
  { label: "suspended", key: "x", words: "Suspend" },
];
const LABELLED = {
  flagged: "Flagged; Deck finds it.",
  buried: "Buried until tomorrow.",
  suspended: "Suspended: it stays out until you bring it back in Deck.",
};
const decks = new WeakMap();

const nameOf = (card) => `${card.id} ${card.rated}`;

export default function ({ parentElement, data, setTriggerValue }) {
  let deck = decks.get(parentElement);
  if (!deck) {
    deck = new Deck(parentElement);
    decks.set(parentElement, deck);
  }
  deck.send = (acts) => setTriggerValue("acts", acts);
  deck.update(data);
  return () => deck.leave();
}

class Deck {
  constructor(root) {
    this.acts = new Acts((acts) => this.send(acts));
    this.bar = el("i");
    this.track = el("div", { class: "bar", role: "progressbar", "aria-label": "Cards done today", "aria-valuemin": 0 }, this.bar);
    this.count = el("p", { class: "count" });
    this.undo = el("button", { class: "undo", type: "button", onclick: () => this.#undo() }, "Undo", el("kbd", { "aria-hidden": "true" }, "U"));
    this.failed = el("p", { class: "failed", role: "alert", hidden: true });
    this.note = el("p", { class: "note", role: "status" });
    this.why = el("p", { class: "why" });
    this.line = el("p", { class: "line" });
    this.because = el("p", { class: "line" });
    this.leech = el("p", { class: "leech" });
    this.front = el("div", { class: "front prose" });
    this.back = el("div", { class: "back prose", hidden: true, tabindex: "-1" });
    this.card = el("article", { "aria-label": "Card" }, this.why, this.line, this.because, this.leech, this.front, this.back);
    this.show = el("button", { class: "show", type: "button", onclick: () => this.#reveal() }, "Show answer", el("kbd", { "aria-hidden": "true" }, "S"));
    this.sure = confidence((sure) => this.#reveal(sure));
    this.grades = GRADES.map((name, index) => {
      const interval = el("span", { class: "interval" });
      const button = el("button", { type: "button", onclick: () => this.#grade(index + 1) }, el("span", {}, name), interval, el("kbd", { "aria-hidden": "true" }, index + 1));
      return { button, interval };
    });
    this.next = el("button", { class: "show", type: "button", hidden: true, onclick: () => this.#seen() }, "Next card", el("kbd", { "aria-hidden": "true" }, "1"));
    this.buttons = el("div", { class: "grades", role: "group", "aria-label": "How well did you recall it?" }, ...this.grades.map(({ button }) => button));
    this.labels = LABELS.map(({ label, key, words }) => {
      const name = el("span", {}, words);
      return { label, name, button: el("button", { type: "button", onclick: () => this.#label(label) }, name, el("kbd", { "aria-hidden": "true" }, key.toUpperCase())) };
    });
    this.shelf = el("div", { class: "labels", role: "group", "aria-label": "This card" }, ...this.labels.map(({ button }) => button));
    this.page = root.querySelector(".deck") ?? root.appendChild(el("div", { class: "deck", tabindex: "-1" }));
    this.page.replaceChildren(
      el("div", { class: "top" }, this.track, el("div", { class: "state" }, this.count, this.undo)),
      this.failed,
      this.note,
      this.card,
      el("div", { class: "actions" }, this.sure, this.show, this.buttons, this.next),
      this.shelf,
    );
    this.listen = (event) => this.#key(event);
    document.addEventListener("keydown", this.listen);
  }

  leave() {
    this.acts.stop();
    document.removeEventListener("keydown", this.listen);
  }

  /** Take what the server says. The card on screen stays while it is still the one to show. */
  update(data) {
    const focused = this.page.getRootNode().activeElement;
    document.addEventListener("keydown", this.listen);
    this.data = data;
    if (this.acts.settle(data.settled)) said(this.failed, data.failed);
    const leaving = this.acts.pending.filter((act) => act.label !== "flagged"); // a flagged card stays in its place
    const waiting = new Set(leaving.map((act) => act.card));
    this.queue = data.cards.filter((card) => !waiting.has(card.id));
    const revealed = this.back.hidden ? -1 : this.queue.findIndex((card) => nameOf(card) === this.drawn);
    if (revealed > 0) this.queue.unshift(...this.queue.splice(revealed, 1));
    this.page.classList.toggle("keyless", !data.keys);
    this.#draw();
    // The focus never falls out of the deck: where its button went, or the deck held it while saving, it goes on here.
    if (focused === this.page || (focused && !focused.checkVisibility())) this.show.focus({ preventScroll: true });
  }

  #draw() {
    const card = this.queue[0];
    const done = this.data.done + this.acts.pending.filter((act) => act.do === "grade").length;
    const all = this.data.done + this.data.left;
    this.track.setAttribute("aria-valuemax", all);
    this.track.setAttribute("aria-valuenow", Math.min(done, all));
    this.bar.style.width = `${all ? (100 * Math.min(done, all)) / all : 0}%`;
    text(this.count, this.acts.pending.length ? `${done} of ${all} · saving` : `${done} of ${all} today`);
    this.undo.hidden = !this.data.undo && !this.acts.pending.length;
    const flag = this.labels[0];
    const flagged = Boolean(card && this.#flagged(card));
    text(flag.name, flagged ? "Flagged" : "Flag");
    flag.button.setAttribute("aria-pressed", flagged);
    if (card && nameOf(card) === this.drawn) return;
    this.drawn = card && nameOf(card);
    this.card.hidden = this.show.hidden = this.shelf.hidden = !card;
    this.buttons.hidden = this.next.hidden = this.back.hidden = true;
    this.sure.hidden = !card?.rated || !this.data.confidence;
    if (!card) return;
    text(this.why, card.why);
    text(this.line, card.line);
    text(this.because, card.because ?? "");
    this.leech.replaceChildren(...this.#leechWords(card));
    this.front.innerHTML = card.front;
    this.back.replaceChildren();
    this.grades.forEach(({ button, interval }, index) => {
      text(interval, card.intervals[index] ?? "");
      button.setAttribute("aria-label", `${GRADES[index]}, comes back in ${card.intervals[index] ?? ""}`);
    });
    this.shownAt = performance.now();
  }

  /** Show the answer; `sure` is how sure the person said they were, 0 where they did not say. */
  #reveal(sure = 0) {
    const card = this.queue[0];
    if (!card || !this.back.hidden) return;
    this.said = sure;
    this.back.innerHTML = card.back;
    if (sure) this.back.prepend(el("p", { class: "line" }, SAID[sure]));
    this.back.append(sources(card));
    this.back.hidden = false;
    this.show.hidden = this.sure.hidden = true;
    this.buttons.hidden = !card.rated;
    this.next.hidden = card.rated;
    this.back.focus({ preventScroll: true });
    this.back.querySelector(".answer").scrollIntoView({ block: "nearest" });
  }

  #grade(grade) {
    const card = this.queue[0];
    if (!card || !card.rated || this.back.hidden) return;
    const milliseconds = Math.round(performance.now() - this.shownAt);
    this.#leaveCard({ do: "grade", card: card.id, grade, milliseconds, confidence: this.said || null });
  }

  #seen() {
    const card = this.queue[0];
    if (card && !card.rated && !this.back.hidden) this.#leaveCard({ do: "seen", card: card.id });
  }

  /** What to do with a card that is failed again and again. */
  #leechWords({ leech }) {
    if (!leech) return [];
    const { said, read } = leech;
    return read ? [said, el("a", { href: read.url, target: "_self" }, read.label), read.then] : [said];
  }

  /** Whether a card is flagged, an act on its way included. */
  #flagged(card) {
    const sent = this.acts.pending.findLast((act) => act.card === card.id && act.label === "flagged");
    return sent ? sent.on : card.flagged;
  }

  #label(label) {
    const card = this.queue[0];
    if (!card) return;
    const on = label !== "flagged" || !this.#flagged(card);
    const act = { do: "label", card: card.id, label, on };
    if (label === "flagged") this.acts.add(act);
    else this.#leaveCard(act);
    this.#draw();
    text(this.note, `${on ? LABELLED[label] : "The flag is taken off."} ${this.data.keys ? "U" : "Undo"} takes it back.`);
  }

  #leaveCard(act) {
    this.queue.shift();
    text(this.note, "");
    this.acts.add(act);
    this.#draw();
    if (!this.queue.length) text(this.count, "Saving");
    (this.queue.length ? this.show : this.page).focus({ preventScroll: true });
    this.page.scrollIntoView({ block: "nearest" });
  }

  #undo() {
    if (this.undo.hidden) return;
    this.drawn = undefined;
    text(this.note, "");
    this.acts.add({ do: "undo" });
  }

  #key(event) {
    const key = shortcut(event);
    const label = LABELS.find((one) => one.key === key)?.label;
    if (!this.data.keys || !key) return;
    if (!this.page.isConnected) return this.leave();
    if (key === "s" && !this.show.hidden) this.#reveal();
    else if (confidenceOf(key) && !this.sure.hidden) this.#reveal(confidenceOf(key));
    else if (key === "u") this.#undo();
    else if (label && !this.shelf.hidden) this.#label(label);
    else if (key === "1" && !this.next.hidden) this.#seen();
    else if ("1234".includes(key) && !this.buttons.hidden) this.#grade(Number(key));
    else return;
    event.preventDefault();
  }
}
