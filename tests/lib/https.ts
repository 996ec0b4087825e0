/** A web server with a certificate that only those trust who are told to. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface WebServer {
  /** `https://localhost:PORT`. */
  origin: string;
  /** File with the authority's certificate, for `SSL_CERT_FILE`. */
  authority: string;
  /** What was asked for, oldest first. */
  requests: IncomingMessage[];
  close: () => Promise<void>;
}

/** Makes an authority and a certificate in `folder` and serves `localhost` by it. */
export async function serveHttps(folder: string, handler: Handler): Promise<WebServer> {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-days", "2", "-keyout", "authority.key", "-out", "authority.pem", "-subj", "/CN=Test authority");
  openssl("req", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost");
  writeFileSync(join(folder, "names.txt"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl("x509", "-req", "-in", "server.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "2", "-extfile", "names.txt", "-out", "server.pem");

  const requests: IncomingMessage[] = [];
  const read = (name: string) => readFileSync(join(folder, name));
  const server: Server = createServer({ key: read("server.key"), cert: read("server.pem") }, (request, response) => {
    requests.push(request);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    authority: join(folder, "authority.pem"),
    requests,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}
