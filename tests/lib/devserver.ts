/** A development server as developers run one: pages over HTTP, and a WebSocket that tells them of changes. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { until } from "./wait.js";

export interface DevServer {
  port: number;
  origin: string;
  /** Paths that were asked for, in their order; `ws` for a WebSocket. */
  asked: string[];
  /** How many connections came. */
  connections: () => number;
  /** Waits for what a page posted to `/said/<name>`. */
  said: <T>(name: string) => Promise<T>;
  close: () => Promise<void>;
}

const TYPES: Record<string, string> = { html: "text/html; charset=utf-8", js: "text/javascript", json: "application/json", txt: "text/plain" };

/** Starts a server on a free port of this computer, at one of its own addresses. */
export async function devServer(files: Record<string, string>, address = "127.0.0.1"): Promise<DevServer> {
  const asked: string[] = [];
  const words = new Map<string, unknown>();
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? "/").slice(1).split("?")[0] as string;
    asked.push(path);
    if (path.startsWith("said/")) {
      void body(request).then((text) => {
        words.set(path.slice(5), JSON.parse(text));
        response.end();
      });
      return;
    }
    const file = files[path || "index.html"];
    response.writeHead(file === undefined ? 404 : 200, { "Content-Type": TYPES[path.split(".").at(-1) || "html"] ?? "text/html; charset=utf-8" });
    response.end(file ?? "not found");
  });
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (request, socket) => {
    asked.push("ws");
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    const word = Buffer.from("hello");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.write(Buffer.concat([Buffer.from([0x81, word.length]), word]));
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://${address.includes(":") ? `[${address}]` : address}:${port}`,
    asked,
    connections: () => connections,
    said: <T>(name: string) => until(`the page says ${name}`, () => words.has(name) && { word: words.get(name) as T }).then(({ word }) => word),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

async function body(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
