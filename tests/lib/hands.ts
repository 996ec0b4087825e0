/** What a person does with the messenger's page. */
import type { Messenger } from "./chromium.js";

export class Hands {
  constructor(readonly messenger: Messenger) {}

  get page() {
    return this.messenger.page;
  }

  /** Clicks what has this `data-test`. */
  click(test: string): Promise<void> {
    return this.page.click(`[data-test=${test}]`);
  }

  /** Fills the entry that has this `data-test`. */
  fill(test: string, text: string): Promise<void> {
    return this.page.fill(`[data-test=${test}]`, text);
  }

  /** What has this `data-test`, and perhaps a text in it. */
  find(test: string, text?: string) {
    const found = this.page.locator(`[data-test=${test}]`);
    return (text === undefined ? found : found.filter({ hasText: text })).first();
  }

  /** Waits until that is to be seen. */
  see(test: string, text?: string): Promise<void> {
    return this.find(test, text).waitFor();
  }

  /** Makes an account and leaves the recovery words for later; gives them. */
  async create(name: string, password: string): Promise<string[]> {
    await this.click("create");
    await this.fill("name", name);
    for (const field of await this.page.locator("input[type=password]").all()) await field.fill(password);
    await this.click("make");
    const words = this.page.locator("[data-test=words] li");
    await words.nth(11).waitFor();
    const texts = await words.allInnerTexts();
    await this.click("words-later");
    await this.see("chat-list");
    return texts.map((word) => word.replace(/^\d+\s*/u, ""));
  }

  /** The user's own address. */
  async address(): Promise<string> {
    await this.click("rail-contacts");
    await this.click("own-card");
    return (await this.page.locator("[data-test=own-address] code").innerText()).trim();
  }

  /** A chat in the list, by its name: what was said last in others may name it too. */
  chat(name: string) {
    return this.page.locator("[data-test=chat]").filter({ has: this.page.getByText(name, { exact: true }) }).first();
  }

  /** Opens the chat with somebody. */
  async openChat(name: string): Promise<void> {
    await this.click("rail-chats");
    await this.chat(name).click();
    await this.see("entry");
  }

  /** Writes into the chat that is open. */
  async say(text: string): Promise<void> {
    await this.fill("entry", text);
    await this.page.press("[data-test=entry]", "Enter");
  }
}
