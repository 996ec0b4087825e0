// The form of one command. Keeps what was typed while other commands are looked at.
import { dataUrl } from "./catalog.js";
import { byId, h } from "./dom.js";
import { dataOf, FieldError } from "./request.js";

/** Forms by command. Calls `onChange` whenever a request would become another. */
export class Forms {
  #typed = new Map();
  #command;
  #lastResult;
  #onChange;

  /**
   * @param {(cmd: string) => unknown} lastResult
   * @param {() => void} onChange
   */
  constructor(lastResult, onChange) {
    this.#lastResult = lastResult;
    this.#onChange = onChange;
  }

  /**
   * Shows the form of a command.
   * @param {import("./catalog.js").Command} command
   */
  show(command) {
    this.#command = command;
    if (!this.#typed.has(command.cmd)) this.#typed.set(command.cmd, initial(command));
    byId("fields").replaceChildren(
      ...(command.fields.length === 0 ? [h("p", { class: "quiet" }, "This command takes no parameters.")] : command.fields.map((field) => this.#control(field))),
    );
    byId("examples").replaceChildren(...this.#examples(command));
    byId("examples").hidden = !command.examples;
  }

  /**
   * The parameters as the form says them.
   * @returns {unknown}
   * @throws {FieldError} after showing it beside its control
   */
  read() {
    this.#clearErrors();
    try {
      return dataOf(this.#command.fields, this.#typed.get(this.#command.cmd));
    } catch (error) {
      if (error instanceof FieldError) this.#showError(error);
      throw error;
    }
  }

  /** Offers results that have come since, where a field can use one. */
  refresh() {
    for (const field of this.#command.fields) {
      const button = byId(`use-${idOf(field)}`);
      if (button) button.hidden = this.#lastResult(field.from) === undefined;
    }
  }

  #control(field) {
    const id = `field-${idOf(field)}`;
    const control = makeControl(field, id);
    control.value = this.#typed.get(this.#command.cmd)[field.name] ?? "";
    const describedBy = [field.hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
    control.setAttribute("aria-describedby", describedBy);
    const changed = () => this.#type(field, control.value);
    control.addEventListener("input", changed);
    control.addEventListener("change", changed);
    const isRequired = !field.optional && field.kind !== "choice";
    return h(
      "div",
      { class: "field" },
      h(
        "div",
        { class: "label" },
        h("label", { for: id }, field.label),
        h("code", {}, field.name || "data"),
        isRequired || field.kind === "choice" ? null : h("span", { class: "quiet" }, "optional"),
        this.#use(field, control),
        field.kind === "media" && this.#file(field, control),
      ),
      control,
      field.hint && h("p", { class: "hint", id: `${id}-hint` }, field.hint),
      h("p", { class: "error", id: `${id}-error`, role: "alert", hidden: true }),
    );
  }

  #use(field, control) {
    if (!field.from) return null;
    const use = () => {
      const result = this.#lastResult(field.from);
      this.#set(field, control, typeof result === "string" ? result : JSON.stringify(result));
    };
    const isThere = this.#lastResult(field.from) !== undefined;
    return h("button", { type: "button", class: "small", id: `use-${idOf(field)}`, hidden: !isThere, onclick: use }, `Use last ${field.from}`);
  }

  #file(field, control) {
    const input = h("input", { type: "file", class: "offscreen", accept: field.accept, tabindex: -1, "aria-label": `File for ${field.label}` });
    input.addEventListener("change", async () => {
      const [file] = input.files;
      if (file) this.#set(field, control, await dataUrl(file));
      input.value = "";
    });
    return h("span", {}, h("button", { type: "button", class: "small", onclick: () => input.click() }, "Choose file…"), input);
  }

  #examples(command) {
    return (command.examples ?? []).map((example, at) =>
      h("button", { type: "button", class: "chip", dataset: { testid: `example-${at}` }, onclick: () => this.#fill(command, example) }, example.name),
    );
  }

  async #fill(command, example) {
    try {
      const values = await Promise.all(
        Object.entries(example.values).map(async ([name, value]) => [name, typeof value === "function" ? await value() : value]),
      );
      Object.assign(this.#typed.get(command.cmd), Object.fromEntries(values));
    } catch (error) {
      return this.#showError(new FieldError(Object.keys(example.values).at(-1), `The example could not be read: ${error.message}`));
    }
    if (this.#command === command) {
      this.show(command);
      this.#onChange();
    }
  }

  #set(field, control, value) {
    control.value = value;
    this.#type(field, value);
  }

  #type(field, value) {
    this.#typed.get(this.#command.cmd)[field.name] = value;
    this.#clearErrors();
    this.#onChange();
  }

  #showError({ field, message }) {
    const id = `field-${idOf({ name: field })}`;
    const line = byId(`${id}-error`);
    line.textContent = message;
    line.hidden = false;
    byId(id).setAttribute("aria-invalid", "true");
  }

  #clearErrors() {
    for (const line of byId("fields").querySelectorAll(".error")) line.hidden = true;
    for (const control of byId("fields").querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  }
}

function initial(command) {
  return Object.fromEntries(command.fields.map((field) => [field.name, field.value ?? (field.kind === "choice" ? "0" : "")]));
}

function idOf(field) {
  return field.name === "" ? "data" : field.name.replaceAll(".", "-");
}

function makeControl(field, id) {
  const facts = { id, name: id, "data-testid": id, dir: "auto", spellcheck: "false", autocomplete: "off", autocapitalize: "off" };
  if (field.kind === "choice") {
    return h("select", { id, name: id, "data-testid": id }, ...field.options.map(({ label }, at) => h("option", { value: at }, label)));
  }
  if (field.kind === "text" || field.kind === "list") {
    return h("input", { ...facts, type: "text" });
  }
  const isCode = field.kind === "json" || field.kind === "media";
  return h("textarea", { ...facts, rows: field.rows ?? (field.kind === "pairs" ? 2 : 4), class: isCode ? "code" : undefined, dir: isCode ? "ltr" : "auto" });
}
