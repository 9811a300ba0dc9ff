// Questions, one at a time: pick an option, say how sure you are, see what is right. The key stays with the server until
// the answer is stored, so the marks come with its reply; going on to the next question happens here at once.

import { Acts, el, said, shortcut, sources, text } from "./acts.js";
import { confidence, confidenceOf } from "./confidence.js";

const RULES = "An answer stands once it is chosen. Nothing here is graded on time.";
const RULES_WITH_CONFIDENCE = "Pick an option, then say how sure you are; that stands. Nothing here is graded on time.";

const quizzes = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  let quiz = quizzes.get(parentElement);
  if (!quiz) {
    quiz = new Quiz(parentElement);
    quizzes.set(parentElement, quiz);
  }
  quiz.send = (acts) => setTriggerValue("acts", acts);
  quiz.update(data);
  return () => quiz.leave();
}

class Quiz {
  constructor(root) {
    this.acts = new Acts((acts) => this.send(acts));
    this.bar = el("i");
    this.track = el("div", { class: "bar", role: "progressbar", "aria-label": "Questions answered in this row", "aria-valuemin": 0 }, this.bar);
    this.count = el("p", { class: "count" });
    this.failed = el("p", { class: "failed", role: "alert", hidden: true });
    this.note = el("p", { class: "note" });
    this.why = el("p", { class: "why" });
    this.line = el("p", { class: "line" });
    this.question = el("div", { class: "front prose", tabindex: "-1" });
    this.verdict = el("p", { class: "verdict", tabindex: "-1" });
    this.options = el("ol", { class: "options", "aria-label": "Options" });
    this.rules = el("p", { class: "line" });
    this.proof = el("div", { class: "back prose" });
    this.item = el("article", { "aria-label": "Question" }, this.note, this.why, this.line, this.question, this.verdict, this.options, this.rules, this.proof);
    this.sure = confidence((sure) => this.#answer(sure));
    this.nextWords = el("span");
    this.next = el("button", { class: "show", type: "button", onclick: () => this.#goOn() }, this.nextWords, el("kbd", { "aria-hidden": "true" }, "N"));
    this.page = root.querySelector(".deck") ?? root.appendChild(el("div", { class: "deck", tabindex: "-1" }));
    this.page.replaceChildren(
      el("div", { class: "top" }, this.track, el("div", { class: "state" }, this.count)),
      this.failed,
      this.item,
      el("div", { class: "actions" }, this.sure, this.next),
    );
    this.listen = (event) => this.#key(event);
  }

  leave() {
    this.acts.stop();
    document.removeEventListener("keydown", this.listen);
  }

  /** Take what the server says. An answer that was told stays until the person goes on. */
  update(data) {
    document.addEventListener("keydown", this.listen);
    this.data = data;
    if (this.acts.settle(data.settled)) said(this.failed, data.failed);
    if (data.told && data.told.id !== this.left) this.told = data.told;
    this.page.classList.toggle("keyless", !data.keys);
    this.#draw();
  }

  get #chosen() {
    return this.acts.pending.find((act) => act.do === "answer" && act.question === this.data.asked?.id);
  }

  #draw() {
    const { asked, done, all, note } = this.data;
    const item = this.told ?? asked;
    this.track.setAttribute("aria-valuemax", all);
    this.track.setAttribute("aria-valuenow", done);
    this.bar.style.width = `${all ? (100 * done) / all : 0}%`;
    const words = this.data.count ?? `${done} of ${all} answered`;
    this.track.setAttribute("aria-valuetext", words);
    text(this.count, this.acts.pending.length ? "Saving" : words);
    const name = item && `${item.id} ${item === this.told}`;
    if (name !== this.drawn) this.#drawItem(item, name);
    text(this.note, (!this.told && note) || "");
    this.sure.hidden = Boolean(this.told) || !item || !this.data.confidence;
    if (this.told || !item) return;
    text(this.rules, this.data.confidence ? RULES_WITH_CONFIDENCE : RULES);
    for (const { button, place } of this.buttons) {
      button.classList.toggle("chosen", this.picked === place);
      button.setAttribute("aria-pressed", this.picked === place);
      button.setAttribute("aria-disabled", Boolean(this.#chosen));
    }
    const unasked = this.picked === undefined || Boolean(this.#chosen);
    for (const button of this.sure.querySelectorAll("button")) button.setAttribute("aria-disabled", unasked);
  }

  #drawItem(item, name) {
    const answering = this.drawn && this.drawn === `${this.sent} false`;
    this.drawn = name;
    this.picked = undefined;
    this.item.hidden = !item;
    this.verdict.hidden = this.proof.hidden = this.next.hidden = !this.told;
    this.rules.hidden = Boolean(this.told);
    if (!item) return;
    text(this.why, item.why);
    text(this.line, item.line);
    this.question.innerHTML = item.question;
    this.buttons = [];
    this.options.replaceChildren(...item.options.map((option, index) => el("li", {}, this.told ? this.#marked(option) : this.#button(option, index))));
    this.shownAt = performance.now();
    if (!this.told && (answering || this.data.focus)) {
      this.question.focus({ preventScroll: true }); // where nothing is told in between
      this.page.scrollIntoView({ block: "nearest" });
    }
    if (!this.told) return;
    text(this.verdict, item.verdict);
    this.proof.innerHTML = item.proof;
    this.proof.append(sources({ sources: item.sources, taught: item.taught, proof: item.checked }));
    text(this.nextWords, this.data.asked ? "Next question" : this.data.after);
    if (!answering) return;
    this.verdict.focus({ preventScroll: true });
    for (const part of [this.options, this.verdict]) part.scrollIntoView({ block: "nearest" }); // the top counts most
  }

  #button({ place, text: words }, index) {
    const label = el("span");
    label.innerHTML = words;
    const button = el("button", { type: "button", onclick: () => this.#pick(place) }, label, el("kbd", { "aria-hidden": "true" }, index + 1));
    this.buttons.push({ button, place });
    return button;
  }

  #marked({ text: words, why, right, chosen }) {
    const marks = [right && ["✓", "Right answer"], chosen && [right ? "●" : "✕", "Your answer"]].filter(Boolean);
    const option = el("div", { class: `option${right ? " right" : ""}${chosen ? " yours" : ""}` });
    option.innerHTML = `<div class="words">${words}</div><div class="quiet">${why}</div>`;
    const said = marks.map(([icon, name]) => el("span", {}, el("span", { "aria-hidden": "true" }, `${icon} `), name));
    if (said.length) option.prepend(el("p", { class: "marks" }, ...said));
    return option;
  }

  #pick(place) {
    if (this.told || this.#chosen) return;
    this.picked = place;
    if (!this.data.confidence) this.#answer(null);
    this.#draw();
  }

  #answer(confidence) {
    if (this.told || this.#chosen || this.picked === undefined) return;
    this.left = undefined;
    this.sent = this.data.asked.id;
    const milliseconds = Math.round(performance.now() - this.shownAt);
    this.acts.add({ do: "answer", question: this.sent, option: this.picked, confidence, milliseconds });
    this.#draw();
  }

  #goOn() {
    if (!this.told) return;
    this.left = this.told.id;
    this.told = undefined;
    this.acts.add({ do: "next", question: this.left });
    this.#draw();
    (this.data.asked ? this.question : this.page).focus({ preventScroll: true });
    this.page.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const key = shortcut(event);
    if (!this.data.keys || !key) return;
    if (!this.page.isConnected) return this.leave();
    const place = this.buttons?.[Number(key) - 1]?.place;
    if (key === "n" && this.told) this.#goOn();
    else if (!this.told && place !== undefined) this.#pick(place);
    else if (!this.sure.hidden && confidenceOf(key)) this.#answer(confidenceOf(key));
    else return;
    event.preventDefault();
  }
}
