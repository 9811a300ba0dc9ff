// Acts on their way to the server. Each carries an id of its own, so that sending one twice stores it once:
// whatever is not confirmed is simply sent again, through a restart of the server too.

const RETRY = 1500;

const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Acts {
  #pending = new Map();
  #timer = 0;
  #send;

  /** `send` takes the list of all unconfirmed acts, oldest first. */
  constructor(send) {
    this.#send = send;
  }

  /** Send an act; returns its id. */
  add(act) {
    const uid = newId();
    this.#pending.set(uid, { uid, ...act });
    this.#flush();
    return uid;
  }

  /** Send an act that leads away from the page: never sent again, since arriving is its own confirmation. */
  leaveBy(act) {
    this.#send([...this.pending, { uid: newId(), ...act }]);
  }

  /** Forget the acts that the server has stored or refused; whether it tells news of any is the answer. */
  settle(uids) {
    const settled = (uids ?? []).filter((uid) => this.#pending.delete(uid));
    this.#wait();
    return settled.length > 0;
  }

  /** Stop sending; the page is gone. */
  stop() {
    clearTimeout(this.#timer);
  }

  /** Unconfirmed acts, oldest first. */
  get pending() {
    return [...this.#pending.values()];
  }

  #flush() {
    this.#send(this.pending);
    this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    if (this.#pending.size) this.#timer = setTimeout(() => this.#flush(), RETRY);
  }
}

/** A DOM element: `el("p", { class: "quiet", onclick }, "text", child)`. Text is text, never markup. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Set an element's text only where it differs, so that nothing repaints for nothing. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/** Show words in an element that is there only while it has some. */
export function said(element, words) {
  element.hidden = !words;
  text(element, words ?? "");
}

/** The key of a shortcut, in lower case; empty where the person is typing, holds the key down, or means the browser. */
export function shortcut(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return "";
  const target = event.composedPath()[0];
  const typing = target instanceof Element && target.closest("input, textarea, select, [contenteditable], [role=combobox]");
  return typing ? "" : event.key.toLowerCase();
}

/** Where something was read, how it was checked, and what teaches it. */
export function sources(item) {
  const read = item.sources.flatMap(({ label, url }, index) => [
    index ? " · " : "",
    url ? el("a", { href: url, target: "_blank", rel: "noreferrer" }, label) : label,
  ]);
  const taught = item.taught ? [" · Taught in ", el("a", { href: item.taught.url, target: "_self", title: item.taught.title }, item.taught.label)] : [];
  return el("p", { class: "sources" }, "Sources: ", ...read, ` · ${item.proof}`, ...taught);
}
