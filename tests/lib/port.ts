/** Ports for programs that are started again. */
import { createServer } from "node:net";

/** Ports below those that the system gives to whoever asks for any, so that nobody takes one while its program is down. */
const FIRST = 20_000;
const COUNT = 10_000;

/** A TCP port of this computer that nobody listens on, and that hardly anybody else chooses. */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
