import { expect, it, vi } from "vitest";
import { type Answer, type EngineTransport, type Frame, createClient } from "../src/im/client";
import { type Socket, SocketEngine } from "../src/im/socket";

/** A transport that answers with what it is told, and keeps what it was asked. */
function fake(answer: Answer) {
  const asked: Record<string, unknown>[] = [];
  const transport: EngineTransport = {
    send: async (request) => {
      asked.push(request);
      return answer;
    },
    listen: async () => () => undefined,
  };
  return { asked, client: createClient(transport) };
}

it("names module and method, and gives the data of the answer", async () => {
  const { asked, client } = fake({ code: 200, message: "", data: [{ rs_id: "x" }] });
  const found = await client.chat.getConversations();
  expect(found[0]?.rs_id).toBe("x");
  await client.contact.addFriend({ nodeId: "x", content: "Hello" });
  expect(asked).toEqual([
    { __SERVER_ROUTE_MODULE: "chat", __SERVER_ROUTE_METHOD: "getConversations" },
    { __SERVER_ROUTE_MODULE: "contact", __SERVER_ROUTE_METHOD: "addFriend", nodeId: "x", content: "Hello" },
  ]);
});

it("throws what the engine refuses, with its code", async () => {
  const { client } = fake({ code: 20061, message: "Log in first.", data: null });
  await expect(client.chat.getConversations()).rejects.toMatchObject({ code: 20061, message: "Log in first.", method: "getConversations" });
});

/** A socket that the test plays the engine behind. */
class FakeSocket extends EventTarget {
  readonly sent: { identifier: string; [member: string]: unknown }[] = [];

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    super();
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.dispatchEvent(new Event("close"));
  }

  says(frame: object): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }
}

function engine(onConnect?: () => void) {
  const sockets: FakeSocket[] = [];
  const open = (url: string, protocols: string[]): Socket => {
    const socket = new FakeSocket(url, protocols);
    sockets.push(socket);
    queueMicrotask(() => socket.dispatchEvent(new Event("open")));
    return socket as unknown as Socket;
  };
  return { sockets, transport: new SocketEngine("ws://127.0.0.1:1/ws", "secret", onConnect, open) };
}

it("finds answers by their identifiers, in whatever order they come", async () => {
  const { sockets, transport } = engine();
  const client = createClient(transport);
  const [first, second] = [client.chat.getUnreadMessageCount(), client.contact.getApplyBridge()];
  await vi.waitFor(() => expect(sockets[0]?.sent).toHaveLength(2));
  const [one, two] = sockets[0]!.sent;
  sockets[0]!.says({ code: 200, message: "", data: { value: 2 }, identifier: two!.identifier });
  sockets[0]!.says({ code: 200, message: "", data: { value: 1 }, identifier: one!.identifier });
  sockets[0]!.says({ code: 200, message: "", data: {}, identifier: "nobody's" });
  expect([(await first).value, (await second).value]).toEqual([1, 2]);
  expect(sockets[0]).toMatchObject({ url: "ws://127.0.0.1:1/ws", protocols: ["cococat", "bearer.secret"] });
});

it("waits longer each time while the engine only hangs up, and stops when closed", async () => {
  const sockets: FakeSocket[] = [];
  const open = (url: string, protocols: string[]): Socket => {
    const socket = new FakeSocket(url, protocols);
    sockets.push(socket);
    queueMicrotask(() => {
      socket.dispatchEvent(new Event("open"));
      socket.close();
    });
    return socket as unknown as Socket;
  };
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    const transport = new SocketEngine("ws://127.0.0.1:1/ws", "secret", undefined, open);
    await transport.listen(() => undefined);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sockets.length).toBeGreaterThan(1);
    expect(sockets.length).toBeLessThan(6);
    transport.close();
    const before = sockets.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(before);
  } finally {
    vi.useRealTimers();
  }
});

it("can be used again after a socket could not even be made", async () => {
  let broken = true;
  const transport = new SocketEngine("nonsense", "secret", undefined, (url, protocols) => {
    if (broken) throw new SyntaxError("bad URL");
    const socket = new FakeSocket(url, protocols);
    queueMicrotask(() => socket.dispatchEvent(new Event("open")));
    return socket as unknown as Socket;
  });
  await expect(createClient(transport).chat.getConversations()).rejects.toMatchObject({ name: "EngineFailure", code: 0 });
  broken = false;
  await transport.listen(() => undefined);
  transport.close();
});

it("hands on events, and stops when asked to", async () => {
  const { sockets, transport } = engine();
  const heard: Frame[] = [];
  const stop = await transport.listen((frame) => heard.push(frame));
  const frame = { event: "mine", type: "contactChanged", data: { address: "x" } };
  sockets[0]!.says(frame);
  stop();
  sockets[0]!.says(frame);
  expect(heard).toEqual([frame]);
});

it("fails what was under way when the connection is lost, and connects again for its listeners", async () => {
  const connected = vi.fn();
  const { sockets, transport } = engine(connected);
  await transport.listen(() => undefined);
  const waiting = createClient(transport).chat.getConversations();
  await vi.waitFor(() => expect(sockets[0]?.sent).toHaveLength(1));
  sockets[0]!.close();
  await expect(waiting).rejects.toMatchObject({ code: 0, method: "getConversations" });
  await vi.waitFor(() => expect(connected).toHaveBeenCalledTimes(2));
  transport.close();
  await expect(createClient(transport).chat.getConversations()).rejects.toMatchObject({ code: 0 });
  expect(sockets).toHaveLength(2);
});
