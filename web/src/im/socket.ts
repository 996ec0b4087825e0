import { type Answer, EngineFailure, type EngineTransport, type Frame } from "./client";

/** Longest wait between two attempts to connect, in milliseconds. */
const LONGEST_PAUSE = 10_000;

/** What of a WebSocket is used here. */
export type Socket = Pick<WebSocket, "send" | "close" | "addEventListener">;

interface Waiting {
  method: string;
  resolve: (answer: Answer) => void;
  reject: (failure: EngineFailure) => void;
}

/**
 * The way to an engine elsewhere, by WebSocket. It connects when it is first needed and again when the connection is lost: what
 * was under way then fails with code 0, since nobody knows whether it was done, and `onConnect` is called so that listeners can
 * be registered and what is shown can be asked for anew.
 */
export class SocketEngine implements EngineTransport {
  private socket: Promise<Socket> | undefined;
  private readonly waiting = new Map<string, Waiting>();
  private readonly handlers = new Set<(frame: Frame) => void>();
  private readonly protocols: string[];
  private count = 0;
  private pause = 0;
  private closed = false;

  /**
   * @param url of the WebSocket, as `coco engine` prints it
   * @param token what lets the client in
   * @param onConnect called after each connection
   * @param open makes a socket; for tests
   */
  constructor(
    private readonly url: string,
    token: string,
    private readonly onConnect: () => void = () => undefined,
    private readonly open: (url: string, protocols: string[]) => Socket = (url, protocols) => new WebSocket(url, protocols),
  ) {
    this.protocols = ["cococat", `bearer.${token}`];
  }

  async send(request: Record<string, unknown>): Promise<Answer> {
    const method = String(request.__SERVER_ROUTE_METHOD);
    this.count += 1;
    // Where `identifier` is a parameter of the route, the answer is found by that.
    const identifier = typeof request.identifier === "string" ? request.identifier : `#${this.count}`;
    const socket = await this.connected(method);
    return new Promise((resolve, reject) => {
      const before = this.waiting.get(identifier);
      if (before) before.reject(new EngineFailure(0, "asked again under the same identifier", before.method));
      this.waiting.set(identifier, { method, resolve, reject });
      socket.send(JSON.stringify({ ...request, identifier }));
    });
  }

  async listen(handler: (frame: Frame) => void): Promise<() => void> {
    this.handlers.add(handler);
    await this.connected("listen");
    return () => this.handlers.delete(handler);
  }

  /** Ends the connection for good. */
  close(): void {
    this.closed = true;
    this.socket?.then(
      (socket) => socket.close(),
      () => undefined,
    );
  }

  private connected(method: string): Promise<Socket> {
    if (this.closed) return Promise.reject(new EngineFailure(0, "the connection was closed", method));
    this.socket ??= this.connect(method).catch((thrown: unknown) => {
      this.socket = undefined;
      throw thrown instanceof EngineFailure ? thrown : new EngineFailure(0, String(thrown), method);
    });
    return this.socket;
  }

  private async connect(method: string): Promise<Socket> {
    const unreachable = () => new EngineFailure(0, "the engine cannot be reached", method);
    if (this.pause > 0) await new Promise((resolve) => setTimeout(resolve, this.pause));
    this.pause = Math.min(LONGEST_PAUSE, this.pause * 2 || 250);
    if (this.closed) throw unreachable();
    const socket = this.open(this.url, this.protocols);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => {
        resolve(socket);
        this.onConnect();
      });
      socket.addEventListener("message", ({ data }) => {
        // Only an engine that speaks was worth the next attempt without a pause.
        this.pause = 0;
        this.take(String(data));
      });
      socket.addEventListener("close", () => {
        reject(unreachable());
        this.lost();
      });
    });
  }

  private lost(): void {
    this.socket = undefined;
    for (const { method, reject } of this.waiting.values()) reject(new EngineFailure(0, "the connection was lost", method));
    this.waiting.clear();
    if (!this.closed && this.handlers.size > 0) this.connected("listen").catch(() => undefined);
  }

  private take(text: string): void {
    const frame = JSON.parse(text) as (Answer & { identifier?: string }) | Frame;
    if ("event" in frame) {
      for (const handler of this.handlers) {
        try {
          handler(frame);
        } catch (thrown) {
          // One listener's defect is not the others'.
          reportError(thrown);
        }
      }
    } else if (frame.identifier !== undefined) {
      this.waiting.get(frame.identifier)?.resolve(frame);
      this.waiting.delete(frame.identifier);
    }
  }
}
