// How sure a person is before they see what is right: three buttons with their keys, for cards and questions alike.

import { el } from "./acts.js";

const WORDS = ["Guess", "Think so", "Sure"];
const KEYS = ["j", "k", "l"];

/** The row of buttons; `say` takes 1 for a guess, 2 for "think so", 3 for sure. */
export function confidence(say) {
  const buttons = WORDS.map((word, index) =>
    el("button", { type: "button", onclick: () => say(index + 1) }, word, el("kbd", { "aria-hidden": "true" }, KEYS[index].toUpperCase())),
  );
  return el("div", { class: "sure", role: "group", "aria-label": "How sure are you?" }, el("span", { "aria-hidden": "true" }, "How sure are you?"), ...buttons);
}

/** How sure the key of a shortcut says; 0 where it says nothing. */
export const confidenceOf = (key) => KEYS.indexOf(key) + 1;
