// The Skills page: every stage as a checklist, the ladder and what blocks the next stage beside it.
// The browser shows and asks; the server stores, and works out the level. While a tick is on its way the level is
// foretold here by the same rule, so that it moves with the click; the server's answer always replaces it.

import { Acts, el, said, text } from "./acts.js";

const pages = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  let page = pages.get(parentElement);
  if (!page || page.version !== data.version) {
    page = new Page(parentElement, data);
    pages.set(parentElement, page);
  }
  page.send = (acts) => setTriggerValue("acts", acts);
  page.update(data);
  page.showOnce(data.show);
  return () => page.acts.stop();
}

class Page {
  constructor(root, data) {
    this.version = data.version;
    this.acts = new Acts((acts) => this.send(acts));
    this.rows = new Map();
    this.stages = new Map();
    this.words = Object.fromEntries(data.stages.flatMap((stage) => [...stage.skills, ...stage.goals]).map((line) => [line.id, line.text]));
    this.root = root.querySelector(".page") ?? root.appendChild(el("div", { class: "page" }));
    this.root.replaceChildren(this.#side(data), this.#main(data));
  }

  /** Show what the server holds, with the acts it has not confirmed on top. */
  update(data) {
    this.data = data;
    if (this.acts.settle(data.settled)) said(this.failed, data.failed);
    const held = new Set(data.held);
    const saving = new Set();
    for (const act of this.acts.pending) {
      for (const [id, is] of Object.entries(act.held ?? {})) {
        saving.add(id);
        if (is) held.add(id);
        else held.delete(id);
      }
    }
    this.held = held;
    for (const [id, row] of this.rows) row.update(held.has(id), saving.has(id), data.notes[id], data.shown[id]);
    for (const stage of data.stages) this.stages.get(stage.id).update(stage, held);
    this.#updateSide({ ...data, ...(saving.size ? this.#foretell(held) : {}) });
    this.side.classList.toggle("saving", saving.size > 0);
  }

  /** The level and progress that these ticks will come to: `standing` in levels.py, which stays the truth. */
  #foretell(held) {
    const { stages, words } = this.data;
    const counts = stages.map((stage) => stage.skills.filter((skill) => held.has(skill.id)).length);
    const short = stages.findIndex((stage, place) => counts[place] < stage.needed);
    if (short === -1) return { level: stages.at(-1).title, progress: words.top };
    const { title, needed } = stages[short];
    return { level: stages[short - 1]?.title ?? words.start, progress: `${counts[short]} of ${needed} toward ${title}` };
  }

  #act(act) {
    this.acts.add(act);
    this.update(this.data);
  }

  // The side: always in sight

  #side(data) {
    this.ladder = el("div", { class: "ladder" });
    this.line = el("div", { class: "line" });
    this.level = el("p", { class: "level" });
    this.progress = el("p", { class: "toward" });
    this.evidence = el("p", { class: "evidence" });
    this.rusty = el("button", { class: "plain", type: "button", hidden: true, onclick: () => this.acts.leaveBy({ do: "go", skills: this.data.rusty }) });
    this.blocks = el("p", { class: "blocks", role: "status" });
    this.open = el("ul", { class: "open" });
    this.failed = el("p", { class: "failed", role: "alert", hidden: true });
    this.undo = el("button", { class: "plain", type: "button", onclick: () => this.#act({ do: "undo" }) }, "Undo");
    this.side = el(
      "aside",
      { "aria-label": "Your claimed level" },
      el("style", {}, data.style),
      this.line,
      this.ladder,
      el("div", { class: "standing" }, el("p", { class: "kicker" }, "Claimed level"), this.level, this.progress),
      el("div", { class: "proof" }, this.evidence, this.rusty),
      el("div", { class: "next" }, this.blocks, this.open),
      this.failed,
      this.undo,
    );
    return this.side;
  }

  #updateSide(data) {
    const focused = this.root.getRootNode().activeElement;
    if (this.drawn !== data.ladder) {
      this.drawn = data.ladder;
      this.ladder.innerHTML = data.ladder;
      this.line.innerHTML = data.line;
    }
    text(this.level, data.level);
    text(this.progress, data.progress);
    text(this.evidence, data.evidence);
    this.rusty.hidden = !data.rusty.length;
    text(this.rusty, data.rusty.length === 1 ? "Refresh 1 rusty skill" : `Refresh ${data.rusty.length} rusty skills`);
    text(this.blocks, data.blocks);
    const wanted = data.open.join();
    if (this.open.dataset.ids !== wanted) {
      this.open.dataset.ids = wanted;
      this.open.replaceChildren(
        ...data.open.map((id) => el("li", {}, el("button", { class: "link", type: "button", onclick: () => this.#show(id) }, this.words[id]))),
      );
    }
    this.undo.hidden = !data.undo;
    text(this.undo, data.undo ?? "");
    this.welcome.hidden = !data.welcome && !this.lingers;
    // A button that goes while it has the focus hands it on, or a keyboard would start over at the top of the page.
    if (focused && !focused.checkVisibility()) (this.undo.hidden ? this.search : this.undo).focus({ preventScroll: true });
  }

  // The main part: search, filter, stages

  #main(data) {
    this.search = el("input", { type: "search", placeholder: "Search skills", "aria-label": "Search skills", oninput: () => this.#filter() });
    this.category = el(
      "select",
      { "aria-label": "Category", onchange: () => this.#filter() },
      el("option", { value: "" }, "All categories"),
      ...data.categories.map((name) => el("option", { value: name }, name)),
    );
    this.found = el("p", { class: "found", role: "status" });
    this.welcome = el(
      "section",
      { class: "welcome", "aria-label": "Welcome" },
      el("p", {}, el("strong", {}, "Tick what you can already do. "), "Your level is the highest stage at which you hold at least three quarters of the skills, there and at every stage below."),
      el(
        "div",
        { class: "ways" },
        el("button", { class: "primary", type: "button", onclick: () => this.acts.leaveBy({ do: "check" }) }, "Take the ten-minute check"),
        el("button", { class: "plain", type: "button", onclick: () => this.#tickUpTo("mid") }, "Tick everything up to Mid"),
        el("span", { class: "quiet" }, "The check proposes ticks from your answers. Or tick one by one below; undo takes any step back."),
      ),
    );
    return el(
      "div",
      { class: "main" },
      this.welcome,
      el("div", { class: "tools" }, this.search, this.category, this.found),
      ...data.stages.map((stage) => this.#stage(stage, data)),
    );
  }

  /** The welcome stays over ticks made one by one, or the next skill would move away from under the pointer. */
  #tick(id, held) {
    this.lingers = !this.welcome.hidden;
    this.#act({ do: "tick", held: { [id]: held } });
  }

  #tickUpTo(last) {
    const ids = [];
    for (const stage of this.data.stages) {
      ids.push(...stage.skills.map((skill) => skill.id));
      if (stage.id === last) break;
    }
    this.lingers = false;
    this.#act({ do: "tick", held: Object.fromEntries(ids.map((id) => [id, true])) });
  }

  #stage(stage, data) {
    const section = new Stage(
      stage,
      stage.skills.map((line) => this.#row(line)),
      stage.goals.map((line) => this.#row(line)),
      () => this.acts.leaveBy({ do: "go", direction: stage.id }),
    );
    section.toggle(stage.id === data.current);
    this.stages.set(stage.id, section);
    return section.element;
  }

  #row(line) {
    const row = new Row(line, this.words, {
      tick: (held) => this.#tick(line.id, held),
      note: (written, link) => this.#act({ do: "note", skill: line.id, text: written, link }),
      drill: () => this.acts.leaveBy({ do: "go", skills: [line.id] }),
      read: (id) => this.acts.leaveBy({ do: "read", reading: id }),
      show: (id) => this.#show(id),
    });
    this.rows.set(line.id, row);
    return row;
  }

  /** Go to the line that the address asks for, when the page is first drawn. */
  showOnce(id) {
    if (this.shown !== id && this.rows.has(id)) this.#show(id);
    this.shown = id;
  }

  #show(id) {
    this.search.value = this.category.value = "";
    this.#filter();
    const row = this.rows.get(id);
    this.stages.get(row.line.stage).toggle(true);
    row.box.focus({ preventScroll: true });
    row.element.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }

  #filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const category = this.category.value;
    const filtering = words.length > 0 || category !== "";
    let found = 0;
    for (const row of this.rows.values()) {
      const fits = (!category || row.line.categories.includes(category)) && words.every((word) => row.words.includes(word));
      row.element.hidden = !fits;
      found += fits;
    }
    for (const stage of this.stages.values()) stage.filter(filtering);
    text(this.found, filtering ? (found ? `${found} found` : "Nothing found. Try another word, or all categories.") : "");
  }
}

class Stage {
  constructor(stage, skills, goals, drill) {
    this.rows = [...skills, ...goals];
    this.count = el("span", { class: "count" });
    this.meter = el("span", { class: "meter", "aria-hidden": "true" }, ...stage.skills.map(() => el("i")));
    this.header = el(
      "button",
      { class: "head", type: "button", "aria-expanded": "false", "aria-controls": `stage-${stage.id}`, onclick: () => this.toggle(!this.isOpen) },
      el("span", { class: "name" }, stage.title),
      el("span", { class: "tagline" }, stage.tagline),
      this.meter,
      this.count,
    );
    this.body = el(
      "div",
      { class: "body", id: `stage-${stage.id}` },
      el("p", { class: "summary" }, stage.summary),
      el("h3", {}, "You can already"),
      el("ul", { class: "lines" }, ...skills.map((row) => row.element)),
      el("h3", {}, "Level up by"),
      el("ul", { class: "lines" }, ...goals.map((row) => row.element)),
      el("p", { class: "direction" }, stage.direction, " ", el("button", { class: "link", type: "button", onclick: drill }, `Drill these ${stage.cards} cards`)),
    );
    this.element = el("section", { class: `stage stage-${stage.rank}` }, el("h2", {}, this.header), this.body);
  }

  toggle(open) {
    this.isOpen = open;
    this.header.setAttribute("aria-expanded", open);
    this.body.hidden = !open;
  }

  filter(filtering) {
    const any = this.rows.some((row) => !row.element.hidden);
    this.element.hidden = !any;
    this.element.classList.toggle("filtered", filtering);
    this.body.hidden = filtering ? !any : !this.isOpen;
    for (const list of this.body.querySelectorAll(".lines")) {
      list.hidden = list.previousElementSibling.hidden = ![...list.children].some((row) => !row.hidden);
    }
  }

  update(stage, held) {
    const ticked = stage.skills.map((skill) => held.has(skill.id));
    const count = ticked.filter(Boolean).length;
    text(this.count, `${count} of ${ticked.length}`);
    this.header.setAttribute("aria-label", `${stage.title}: ${count} of ${ticked.length} skills ticked, ${stage.needed} needed. ${stage.tagline}`);
    this.meter.querySelectorAll("i").forEach((cell, index) => cell.classList.toggle("on", index < count));
    this.element.classList.toggle("counts", count >= stage.needed);
  }
}

class Row {
  constructor(line, words, on) {
    this.line = line;
    this.on = on;
    this.allWords = words;
    this.words = [line.text, line.evidence, ...line.categories].join(" ").toLowerCase();
    this.box = el("input", { type: "checkbox", id: `tick-${line.id}`, onchange: () => on.tick(this.box.checked) });
    this.state = el("span", { class: "state", role: "status" });
    this.mark = el("span", { class: "mark", title: "Has a note", hidden: true }, "Note");
    this.proof = el("span", { class: "mark proven", hidden: true });
    this.more = el(
      "button",
      { class: "more", type: "button", "aria-expanded": "false", "aria-label": `Details of: ${line.text}`, onclick: () => this.#toggle() },
      el("span", { "aria-hidden": "true" }, "Details"),
    );
    this.element = el(
      "li",
      {},
      el(
        "div",
        { class: "row" },
        this.box,
        el("label", { for: this.box.id }, line.text),
        this.state,
        el("span", { class: "marks" }, this.proof, this.mark),
        el("span", { class: "category" }, line.categories.join(", ")),
        this.more,
      ),
    );
  }

  update(held, saving, note, shown) {
    if (this.box.checked !== held) this.box.checked = held;
    text(this.state, saving ? "Saving" : "");
    this.note = note;
    this.mark.hidden = !note;
    this.proof.hidden = !shown;
    text(this.proof, shown?.word ?? "");
    this.proof.title = shown?.because ?? "";
    this.proof.classList.toggle("rusty", shown?.rusty ?? false);
    if (this.details && !this.form.contains(this.form.getRootNode().activeElement) && !this.edited) this.#fill();
  }

  #toggle() {
    this.details ??= this.element.appendChild(this.#details());
    const open = this.more.getAttribute("aria-expanded") !== "true";
    this.more.setAttribute("aria-expanded", open);
    this.details.hidden = !open;
  }

  #details() {
    const { line } = this;
    const edited = () => {
      this.edited = true;
      this.save.disabled = false;
    };
    this.written = el("textarea", { rows: 2, maxlength: 2000, id: `note-${line.id}`, oninput: edited });
    this.link = el("input", { type: "url", maxlength: 500, id: `link-${line.id}`, placeholder: "https://", oninput: edited });
    this.save = el("button", { type: "submit", disabled: true }, "Save note");
    this.form = el(
      "form",
      { class: "note", onsubmit: (event) => this.#keep(event) },
      el("label", { for: this.written.id }, "Your note"),
      this.written,
      el("label", { for: this.link.id }, "Link to evidence"),
      el("div", { class: "pair" }, this.link, this.save),
    );
    this.#fill();
    const needs = line.prerequisites.map((id) =>
      el("dd", {}, el("button", { class: "link", type: "button", onclick: () => this.on.show(id) }, this.allWords[id])),
    );
    return el(
      "div",
      { class: "details" },
      el(
        "dl",
        {},
        el("dt", {}, "Why it matters"),
        el("dd", {}, line.why),
        el("dt", {}, "What would show it"),
        el("dd", {}, line.evidence),
        ...(needs.length ? [el("dt", {}, "Build on"), ...needs] : []),
        ...(line.readings.length ? [el("dt", {}, "Learn it"), ...line.readings.map(({ id, title }) => el("dd", {}, el("button", { class: "link", type: "button", onclick: () => this.on.read(id) }, title)))] : []),
        el("dt", {}, "Practise"),
        el("dd", {}, el("button", { class: "link", type: "button", onclick: this.on.drill }, `Drill its ${line.cards} cards`)),
      ),
      this.form,
    );
  }

  #fill() {
    this.written.value = this.note?.text ?? "";
    this.link.value = this.note?.link ?? "";
  }

  #keep(event) {
    event.preventDefault();
    this.on.note(this.written.value.trim(), this.link.value.trim());
    this.edited = false;
    this.save.disabled = true;
  }
}
