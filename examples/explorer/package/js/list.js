// The left side: every command, by group, found by typing.
import { byId, h } from "./dom.js";

/** The searchable list of commands. */
export class CommandList {
  #commands;
  #offered;
  #onPick;

  /**
   * @param {import("./catalog.js").Command[]} commands
   * @param {Set<string> | null} offered names that the host says it offers, null if it does not say
   * @param {(cmd: string) => void} onPick
   */
  constructor(commands, offered, onPick) {
    this.#commands = commands;
    this.#offered = offered;
    this.#onPick = onPick;
    byId("search").addEventListener("input", () => this.#filter());
    byId("search").addEventListener("keydown", (event) => this.#searchKey(event));
    byId("commands").addEventListener("keydown", (event) => this.#listKey(event));
    byId("commands").append(...this.#groups());
    this.#filter();
  }

  /**
   * Marks the command whose form is shown.
   * @param {string} cmd
   */
  mark(cmd) {
    for (const button of this.#buttons()) {
      if (button.dataset.cmd === cmd) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    const current = byId(`cmd-${cmd}`);
    const group = current?.closest("details");
    if (group) group.open = true;
    current?.scrollIntoView({ block: "nearest" });
  }

  #groups() {
    const names = [...new Set(this.#commands.map((command) => command.group))];
    return names.map((name) => {
      const items = this.#commands.filter((command) => command.group === name).map((command) => this.#item(command));
      const list = h("ul", { "aria-label": name }, ...items);
      if (name === "Reserved") return h("details", { class: "group" }, h("summary", {}, `${name} (${items.length})`), list);
      return h("div", { class: "group" }, h("h2", {}, name), list);
    });
  }

  #item({ cmd, level, about }) {
    const isMissing = this.#offered !== null && !this.#offered.has(cmd);
    const button = h(
      "button",
      {
        type: "button",
        id: `cmd-${cmd}`,
        class: isMissing ? "missing" : undefined,
        title: isMissing ? `${about}\nThis version of CocoCat does not offer it yet.` : about,
        dataset: { testid: `cmd-${cmd}`, cmd, words: `${cmd} ${about}`.toLowerCase() },
        onclick: () => this.#onPick(cmd),
      },
      h("span", { class: "name" }, cmd),
      isMissing ? h("span", { class: "offscreen" }, "not offered,") : null,
      h("span", { class: `level l${level}`, title: `Level ${level}` }, h("span", { class: "offscreen" }, "level "), String(level)),
    );
    return h("li", {}, button);
  }

  #filter() {
    const words = byId("search").value.trim().toLowerCase().split(/\s+/);
    let count = 0;
    for (const group of byId("commands").querySelectorAll(".group")) {
      const items = [...group.querySelectorAll("li")];
      for (const item of items) item.hidden = !words.every((word) => item.firstChild.dataset.words.includes(word));
      const found = items.filter((item) => !item.hidden).length;
      count += found;
      group.hidden = found === 0;
      if (group.tagName === "DETAILS" && words[0] !== "") group.open = true;
    }
    byId("nothing-found").hidden = count > 0;
    byId("search-count").textContent = words[0] === "" ? "" : `${count} found`;
  }

  #buttons() {
    return [...byId("commands").querySelectorAll("button")];
  }

  #shownButtons() {
    return this.#buttons().filter((button) => button.offsetParent !== null);
  }

  #searchKey(event) {
    const [first] = this.#shownButtons();
    if (event.key === "ArrowDown") {
      event.preventDefault();
      first?.focus();
    } else if (event.key === "Enter" && first) {
      event.preventDefault();
      first.click();
    } else if (event.key === "Escape" && byId("search").value !== "") {
      event.stopPropagation();
      byId("search").value = "";
      this.#filter();
    }
  }

  #listKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = this.#shownButtons();
    const at = all.indexOf(document.activeElement) + step;
    if (at < 0) byId("search").focus();
    else all[at]?.focus();
  }
}
