/** The launcher's page, as a person uses it. */
import { By, type WebDriver, type WebElement } from "selenium-webdriver";
import type { Shell } from "./shell.js";
import { until } from "./wait.js";

/** A message in the corner of the window. */
export interface Notice {
  /** Key of its sentence in the language files. */
  key: string;
  level: "info" | "error";
  text: string;
}

/** An app as the launcher shows it. */
export interface Tile {
  address: string;
  name: string;
  status: "closed" | "opening" | "open" | "crashed" | "damaged";
  /** The line below the name. */
  line: string;
  /** Whether its own icon is shown. */
  icon: boolean;
}

/** Whether an element, or what it is in, is being moved. */
const MOVES = `const [element] = arguments;
  return document.getAnimations().some(({ playState, effect }) => playState === "running" && effect?.target?.contains(element));`;

export class Launcher {
  constructor(private readonly shell: Shell) {}

  private get driver(): WebDriver {
    return this.shell.driver;
  }

  /** Runs a script in the launcher's page. */
  async script<T>(code: string, ...args: unknown[]): Promise<T> {
    await this.shell.launcher();
    return (await this.driver.executeScript(code, ...args)) as T;
  }

  /** Waits for the element that a selector names, and that it is to be seen. */
  async find(selector: string): Promise<WebElement> {
    await this.shell.launcher();
    return until(`${selector} in the launcher`, async () => {
      const [element] = await this.driver.findElements(By.css(selector));
      if (element === undefined) return false;
      if (await element.isDisplayed()) return element;
      // What a sheet has to be scrolled for is not to be seen either.
      await this.driver.executeScript("arguments[0].scrollIntoView({ block: 'center' })", element);
      return false;
    });
  }

  /** Waits until nothing fits a selector. */
  async gone(selector: string): Promise<void> {
    await until(`no ${selector} in the launcher`, async () => !(await this.has(selector)));
  }

  /** Whether something fits a selector. */
  has(selector: string): Promise<boolean> {
    return this.script("return document.querySelector(arguments[0]) !== null", selector);
  }

  /** Clicks what a selector names. */
  async click(selector: string): Promise<void> {
    // What is animated may be covered, or gone and come again, between two looks, and what moves is missed.
    await until(`a click on ${selector}`, async () => {
      const found = await this.find(selector);
      if (await this.script<boolean>(MOVES, found)) return false;
      await found.click();
      return true;
    });
  }

  /** Replaces the text of an entry. */
  async enter(selector: string, text: string): Promise<void> {
    const field = await this.find(selector);
    await field.clear();
    await field.sendKeys(text);
  }

  /** Text of what a selector names. */
  async text(selector: string): Promise<string> {
    return (await this.find(selector)).getText();
  }

  /** The apps, in the order in which they are shown. */
  tiles(): Promise<Tile[]> {
    return this.script<Tile[]>(`return [...document.querySelectorAll("[data-test=app]")].map((tile) => ({
      address: tile.dataset.address,
      name: tile.querySelector(".name").textContent,
      status: tile.dataset.status,
      line: tile.querySelector("[data-test=status]").textContent,
      icon: (tile.querySelector("img")?.naturalWidth ?? 0) > 0,
    }))`);
  }

  /** Waits until an app is shown, in a state if one is given. */
  tile(address: string, status?: Tile["status"]): Promise<Tile> {
    return until(`the app ${address}${status === undefined ? "" : `, ${status}`}`, async () =>
      (await this.tiles()).find((tile) => tile.address === address && (status === undefined || tile.status === status)),
    );
  }

  /** Waits until every app shows its own icon. */
  async iconsShown(): Promise<void> {
    await until("every app's icon", async () => (await this.tiles()).every(({ icon }) => icon));
  }

  /** Waits until an app is no longer shown. */
  async without(address: string): Promise<void> {
    await until(`no app ${address}`, async () => !(await this.tiles()).some((tile) => tile.address === address));
  }

  /** Opens an app by a click and waits for its page. */
  async open({ address, host }: { address: string; host: string }): Promise<void> {
    await this.click(`[data-address="${address}"] [data-tile]`);
    await this.tile(address, "open");
    await this.shell.app(host);
  }

  /** Chooses from the menu that a right click on an app shows: `open`, `details` or `uninstall`. */
  async choose(address: string, item: "open" | "details" | "share" | "uninstall"): Promise<void> {
    const tile = await this.find(`[data-address="${address}"] [data-tile]`);
    await this.driver.actions().contextClick(tile).perform();
    await this.click(`[data-test=menu-${item}]`);
  }

  /** Opens the page of an app, unless it is open. */
  async page(address: string): Promise<void> {
    if (!(await this.has("[data-test=app-page]"))) await this.choose(address, "details");
    await this.find("[data-test=app-page] [data-test=storage]");
  }

  /** Closes the page of an app. */
  async leavePage(): Promise<void> {
    await this.click("[data-test=app-page] [data-test=close]");
    await this.gone("[data-test=app-page]");
  }

  /** Texts of all that fit a selector. */
  texts(selector: string): Promise<string[]> {
    return this.script("return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent.trim())", selector);
  }

  /** Messages that are shown, oldest first. */
  notices(): Promise<Notice[]> {
    return this.script<Notice[]>(`return [...document.querySelectorAll("[data-test=notice]")].map((notice) => ({
      key: notice.dataset.notice,
      level: notice.classList.contains("error") ? "error" : "info",
      text: [...notice.querySelectorAll(".body > p")].map((part) => part.textContent).join(" "),
    }))`);
  }

  /** Waits for a message, and dismisses it. */
  async takeNotice(key: string): Promise<Notice> {
    const notice = await until(`the message ${key}`, async () => (await this.notices()).find((one) => one.key === key));
    await this.script(`document.querySelector(arguments[0]).click()`, `[data-notice=${key}] .close`);
    await this.gone(`[data-notice=${key}]`);
    return notice;
  }

  /** Opens the settings, at one of their parts. */
  async settings(part = "general"): Promise<void> {
    await this.click("[data-test=settings]");
    await this.find("[data-test=settings-sheet]");
    await this.click(`[data-test=part-${part}]`);
  }

  /** Closes the settings. */
  async leaveSettings(): Promise<void> {
    await this.click("[data-test=settings-sheet] .head button:last-child");
    await this.gone("[data-test=settings-sheet]");
  }

  /** Chooses a language in the settings; `system` follows the system. */
  async chooseLanguage(code: string): Promise<void> {
    await this.settings();
    await this.click(`[data-test=language] option[value="${code}"]`);
    await this.leaveSettings();
  }
}
