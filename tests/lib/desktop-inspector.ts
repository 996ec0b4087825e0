/** The bridge inspector's page, as a developer uses it. */
import { By, type WebElement } from "selenium-webdriver";
import type { Shell } from "./shell.js";
import { until } from "./wait.js";

/** A call as a line of the list shows it. */
export interface Line {
  number: number;
  time: string;
  app: string;
  cmd: string;
  level: string;
  code: string;
  duration: string;
  request: string;
  answer: string;
  kind: "ok" | "failed" | "waiting";
}

export class Inspector {
  constructor(private readonly shell: Shell) {}

  /** Runs a script in the inspector's page. */
  async script<T>(code: string, ...args: unknown[]): Promise<T> {
    await this.shell.turnTo(/^tauri:\/\/localhost\/inspector\.html$/);
    return (await this.shell.driver.executeScript(code, ...args)) as T;
  }

  /** Waits for the element that a selector names, and that it is to be seen. */
  async find(selector: string): Promise<WebElement> {
    await this.script("");
    return until(`${selector} in the inspector`, async () => {
      const [element] = await this.shell.driver.findElements(By.css(selector));
      return element !== undefined && (await element.isDisplayed()) && element;
    });
  }

  /** Clicks what a selector names. */
  async click(selector: string): Promise<void> {
    await until(`a click on ${selector}`, async () => {
      await (await this.find(selector)).click();
      return true;
    });
  }

  /** Text of what a selector names. */
  async text(selector: string): Promise<string> {
    return (await this.find(selector)).getText();
  }

  /** Replaces the text of a field. */
  async enter(selector: string, text: string): Promise<void> {
    await this.find(selector);
    await this.script(
      `const [selector, text] = arguments;
       const field = document.querySelector(selector);
       field.value = text;
       field.dispatchEvent(new Event(field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));`,
      selector,
      text,
    );
  }

  /** The lines that are to be seen, oldest first. */
  async lines(): Promise<Line[]> {
    return this.script<Line[]>(
      `return [...document.querySelectorAll("[data-number]")].map((row) => {
         const cells = [...row.querySelectorAll("[role=gridcell]")].map((cell) => cell.textContent.trim());
         const [time, app, cmd, level, code, duration, request, answer] = cells;
         return { number: Number(row.dataset.number), time, app, cmd, level, code, duration, request, answer, kind: row.dataset.class };
       }).sort((a, b) => a.number - b.number);`,
    );
  }

  /** Waits for a line, the newest that fits. */
  line(what: string, fits: (line: Line) => boolean): Promise<Line> {
    return until(`a line with ${what}`, async () => (await this.lines()).filter(fits).at(-1));
  }

  /** Chooses a line and waits for its details. */
  async choose(line: Line): Promise<void> {
    await this.click(`[data-number="${line.number}"]`);
    await until(`details of ${line.number}`, async () => (await this.text("[data-test=details] h2")).includes(`#${line.number}`));
  }
}
