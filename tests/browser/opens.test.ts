/** The page in a browser reaches an engine on this computer, with its token and not without. */
import { request } from "node:http";
import { beforeAll, expect, it } from "vitest";
import { violations } from "../lib/axe.js";
import type { Messenger } from "../lib/chromium.js";
import { befriend, isContact, type Engine } from "../lib/engines.js";
import { until } from "../lib/wait.js";
import { useWorld } from "../lib/world.js";

/** What the browser says of a connection that is refused. */
const REFUSED = /WebSocket connection to .* failed/;

const world = useWorld();
let anna: Engine;
let bert: Engine;

beforeAll(async () => {
  [anna, bert] = await Promise.all([world().person("Anna"), world().person("Bert")]);
});

/** Opens a WebSocket from within a page, asks who is logged in, and gives the address, or what became of it instead. */
function ask({ page }: Messenger, { ws }: Engine, protocols: string[]): Promise<string> {
  return page.evaluate(
    ([url, protocols]) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url, protocols);
        socket.onopen = () => socket.send(JSON.stringify({ __SERVER_ROUTE_MODULE: "user", __SERVER_ROUTE_METHOD: "getUserSingleInfo", identifier: "1" }));
        socket.onmessage = ({ data }) => {
          resolve((JSON.parse(String(data)) as { data: { u_nd_add: string } }).data.u_nd_add);
          socket.close();
        };
        socket.onerror = () => resolve("refused");
      }),
    [ws, protocols] as const,
  );
}

it("has engines that become contacts over the node, and stay so when they are killed", async () => {
  await befriend(anna, bert);
  await bert.kill();
  await bert.start();
  expect(await bert.ask("contact", "getContacts")).toMatchObject({ code: 20061 });
  await bert.login();
  expect(await isContact(bert, await anna.address())).toBe(true);
});

it("opens for each, and reaches the engine with its token alone", async () => {
  const of = new Map(await Promise.all([anna, bert].map(async (engine) => [engine, await world().open(engine)] as const)));
  for (const [engine, messenger] of of) {
    expect(await messenger.page.title()).toBe("CocoCat");
    expect(await ask(messenger, engine, ["cococat", `bearer.${engine.token}`])).toBe(await engine.address());
    messenger.forgive(REFUSED);
    expect(await ask(messenger, engine, ["cococat"])).toBe("refused");
    expect(await ask(messenger, engine, ["cococat", `bearer.${"0".repeat(engine.token.length)}`])).toBe("refused");
  }
  expect(await anna.address()).not.toBe(await bert.address());
});

it("reaches the engine at the same place after it was killed", async () => {
  const messenger = await world().open(bert);
  messenger.forgive(REFUSED);
  const protocols = ["cococat", `bearer.${bert.token}`];
  await bert.kill();
  expect(await ask(messenger, bert, protocols)).toBe("refused");
  await bert.start();
  await bert.login();
  expect(await ask(messenger, bert, protocols)).toBe(await bert.address());
});

it("is refused by an engine that does not know its origin", async () => {
  const stranger = await world().engine({ origin: "http://127.0.0.1:1" });
  const messenger = await world().open(anna);
  messenger.forgive(/WebSocket/);
  expect(await ask(messenger, stranger, ["cococat", `bearer.${stranger.token}`])).toBe("refused");
});

it("takes the language and the colours of the system", async () => {
  const { page } = await world().open(anna, { language: "ar", dark: true });
  const seen = () => [navigator.language, Intl.NumberFormat().resolvedOptions().locale, matchMedia("(prefers-color-scheme: dark)").matches];
  expect(await page.evaluate(seen)).toEqual(["ar", "ar", true]);
  const other = await world().open(anna);
  expect(await other.page.evaluate(seen)).toEqual(["en", "en", false]);
});

it("may ask nobody else, and says so when it does", async () => {
  const messenger = await world().open(anna);
  const asked = await messenger.page.evaluate(async (url) => {
    const picture = new Image();
    picture.src = "https://192.0.2.1/picture.png";
    const shown = new Promise((resolve) => Object.assign(picture, { onload: () => resolve("shown"), onerror: () => resolve("not shown") }));
    const socket = new WebSocket("ws://192.0.2.1/");
    const closed = new Promise((resolve) => (socket.onclose = () => resolve("closed")));
    return [await fetch(url).then(() => "answered", () => "not answered"), await shown, await closed];
  }, bert.http);
  expect(asked).toEqual(["not answered", "not shown", "closed"]);
  const forbidden = messenger.problems.filter((problem) => problem.startsWith("forbidden"));
  expect(forbidden.sort()).toEqual([
    `forbidden: GET ${bert.http}/`,
    "forbidden: GET https://192.0.2.1/picture.png",
    "forbidden: WebSocket ws://192.0.2.1/",
  ]);
  await expect(messenger.check()).rejects.toThrow("ws://192.0.2.1/");
});

it("tells of errors in the page", async () => {
  const messenger = await world().open(anna);
  await messenger.page.evaluate(() => {
    console.error("a word");
    setTimeout(() => {
      throw new Error("a defect");
    });
    setTimeout(() => void Promise.reject(new Error("a refusal")));
  });
  await until("all are told", () => ["a word", "a defect", "a refusal"].every((word) => messenger.problems.some((problem) => problem.includes(word))));
  await expect(messenger.check()).rejects.toThrow("a defect");
});

it("tells what hinders people", async () => {
  const { page } = await world().open(anna);
  await page.evaluate(() => document.body.insertAdjacentHTML("beforeend", '<button id="nameless"></button><img id="unsaid" src="data:," />'));
  expect(await violations(page, { within: "#nameless" })).toEqual([expect.stringMatching(/^critical button-name at #nameless: /)]);
  expect(await violations(page, { within: "#unsaid", without: ["image-alt"] })).toEqual([]);
});

it("is served by its own folder alone", async () => {
  const get = (path: string, method = "GET") =>
    new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
      // Not fetch, which would tidy the path.
      const { hostname, port } = new URL(world().pages.origin);
      const sent = request({ hostname, port, path, method, agent: false }, (answer) => {
        answer.resume();
        resolve([answer.statusCode, answer.headers["content-type"]]);
      });
      sent.once("error", reject).end();
    });
  expect(await get("/")).toEqual([200, "text/html; charset=utf-8"]);
  expect(await get("/?a=b")).toEqual([200, "text/html; charset=utf-8"]);
  for (const path of ["/none.js", "/assets", "/../package.json", "/%2e%2e/package.json", "/..%2fpackage.json", "/%00", "/%"]) {
    expect([path, (await get(path))[0]]).toEqual([path, 404]);
  }
  expect((await get("/", "POST"))[0]).toBe(405);
});
