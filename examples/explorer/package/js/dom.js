// A few lines in place of a framework.

/**
 * Makes an element.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [facts] `class`, `on…` functions, `dataset`, other names as attributes; false and undefined leave one out
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, facts = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * An element of the page, which is there.
 * @param {string} id
 * @returns {HTMLElement}
 */
export const byId = (id) => document.getElementById(id);

/**
 * Puts text on the clipboard, by the older way where the newer is not allowed.
 * @param {string} text
 * @returns {Promise<boolean>} whether it is there
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "offscreen", "aria-hidden": "true" });
    const before = document.activeElement;
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus();
    return done;
  }
}

/**
 * A button that copies, and says so for a moment.
 * @param {HTMLElement} button
 * @param {() => string} text
 */
export function makeCopy(button, text) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    button.textContent = (await copy(text())) ? "Copied" : "Not allowed";
    setTimeout(() => (button.textContent = label), 1_500);
  });
}

/**
 * Tabs by the keyboard too: arrows move, each `role="tab"` names its panel by `aria-controls`.
 * @param {HTMLElement} list the `role="tablist"`
 * @param {(id: string) => void} onChange gets the panel's id
 * @returns {(id: string) => void} shows a panel
 */
export function tabs(list, onChange) {
  const all = [...list.querySelectorAll("[role=tab]")];
  const show = (panel) => {
    for (const tab of all) {
      const isShown = tab.getAttribute("aria-controls") === panel;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = !isShown;
    }
    onChange(panel);
  };
  all.forEach((tab, at) => {
    tab.addEventListener("click", () => show(tab.getAttribute("aria-controls")));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step === undefined) return;
      const isRightToLeft = getComputedStyle(list).direction === "rtl";
      const next = all[(at + (isRightToLeft ? -step : step) + all.length) % all.length];
      next.focus();
      show(next.getAttribute("aria-controls"));
    });
  });
  return show;
}

/**
 * A number of bytes, for people.
 * @param {number} bytes
 * @returns {string}
 */
export function size(bytes) {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(2)} MB`;
}

/**
 * A time span, for people.
 * @param {number} ms
 * @returns {string}
 */
export function duration(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** Remembers small texts over restarts; where nothing can be remembered, nothing is. */
export const memory = {
  /** @param {string} key @param {string} otherwise @returns {string} */
  get(key, otherwise) {
    try {
      return localStorage.getItem(`explorer.${key}`) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  /** @param {string} key @param {string} value */
  set(key, value) {
    try {
      localStorage.setItem(`explorer.${key}`, value);
    } catch {
      // Nothing to do: the page works without.
    }
  },
};
