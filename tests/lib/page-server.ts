/** The built page over HTTP, as a web server would give it. */
import { existsSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";
import { ROOT } from "./paths.js";

export interface PageServer {
  /** `http://127.0.0.1:PORT`, as a browser names it. */
  origin: string;
  close: () => Promise<void>;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".mp3": "audio/mpeg",
  ".ogg": "audio/ogg",
};

/** Serves the files of a folder, by default the built page, on a free port. */
export async function servePage(folder = join(ROOT, "web", "dist")): Promise<PageServer> {
  if (!existsSync(join(folder, "index.html"))) throw new Error(`${folder} has no page; npm run build -w web makes it`);
  const root = realpathSync(folder);
  const server = createServer((request, response) => {
    const given = request.method === "GET" || request.method === "HEAD" ? give(root, request.url ?? "/", response) : refuse(response, 405);
    void given.catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with the file that an address names. */
async function give(root: string, url: string, response: ServerResponse): Promise<void> {
  const file = fileOf(root, url);
  const content = file === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (file === undefined || content === undefined) return refuse(response, 404);
  response.writeHead(200, {
    "Content-Type": TYPES[extname(file).toLowerCase()] ?? "application/octet-stream",
    "Content-Length": content.length,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
  });
  response.end(content);
}

async function refuse(response: ServerResponse, status: number): Promise<void> {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${status}\n`);
}

/** The file below `root` that the path of an address names; none for whatever leads out of it, by dots or by a link. */
function fileOf(root: string, url: string): string | undefined {
  try {
    const path = decodeURIComponent((url.split(/[?#]/, 1)[0] as string).slice(1));
    const file = realpathSync(join(root, path === "" || path.endsWith("/") ? `${path}index.html` : path));
    return file.startsWith(root + sep) ? file : undefined;
  } catch {
    return undefined;
  }
}
