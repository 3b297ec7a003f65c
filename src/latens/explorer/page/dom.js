// Elements are made here and nowhere else. Text is only ever set as text, never as HTML.

// What turns the order of words or is not seen, as in _text.py; the joiners stay where they join letters.
const MARKS = "[\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]";
const TAGS = "[\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e007f}]";
const JOINERS = "(?<![^\\0-\\x7f])[\\u200c\\u200d]|[\\u200c\\u200d](?![^\\0-\\x7f])";
const UNSEEN = new RegExp(`${MARKS}|${TAGS}|${JOINERS}`, "gu");

/** Make an element; "onclick" and the like are listeners, true and false switch an attribute. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

/** The same of a drawing, which SVG is. */
export function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Words of the user, whose direction of writing stays inside. */
export function name(words, most = 60) {
  const shown = short(words, most);
  const title = shown === words ? null : short(words, 400);
  return element("bdi", { class: "name", title }, shown);
}

/** Words as one line of at most so many characters, never empty. */
export function short(words, most = 60) {
  return line(words, most) || "(no name)";
}

/** Words as one line of at most so many characters, which may be empty. */
export function line(words, most) {
  // Cut before cleaning, so that a label of megabytes costs nothing.
  const cleaned = words.slice(0, 8 * most).replace(UNSEEN, "").replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  const letters = [...cleaned];
  return letters.length > most ? letters.slice(0, most - 1).join("").trimEnd() + "…" : cleaned;
}

/** A drop-down list; choices are pairs of a value and words. */
export function choice(label, choices, onchange) {
  const select = element("select", { "aria-label": label, onchange: () => onchange(select.value) });
  fillChoice(select, choices);
  return select;
}

/** Give a drop-down list other choices. */
export function fillChoice(select, choices) {
  select.replaceChildren(...choices.map(([value, words]) => element("option", { value }, short(words, 40))));
}

export function button(words, onclick, attributes = {}) {
  return element("button", { type: "button", onclick, ...attributes }, words);
}
