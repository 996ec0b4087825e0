/** Where attacks aim. `{name}` becomes the attack's name and `{port}` a port of its own. */

/** Ports of the servers in `namespace/canary.py`. */
export const CANARY_TCP = 8099;
export const CANARY_UDP = 8098;

export const AWAY = {
  plain: "http://{name}.plain.leak.example/{name}",
  named: "https://{name}.named.leak.example/{name}",
  address: "https://10.99.2.1:{port}/{name}",
  address6: "https://[fd77::1]:{port}/{name}",
  loopback: `http://127.0.0.1:${CANARY_TCP}/{name}`,
  localhost: `http://localhost:${CANARY_TCP}/{name}`,
  loopback6: `http://[::1]:${CANARY_TCP}/{name}`,
};

/** What lies on this computer: files, the program's pages, Tauri's own schemes, another app. */
export const nearby = (neighbour: string) => ({
  file: "file:///etc/passwd",
  fileHost: "file://localhost/etc/passwd",
  folder: "file:///",
  launcher: "tauri://localhost/",
  launcherPage: "tauri://localhost/index.html",
  ipc: "ipc://localhost/shell",
  asset: "asset://localhost/%2Fetc%2Fpasswd",
  resource: "resource:///org/gnome/",
  about: "about:srcdoc",
  data: "data:text/html,hostile-payload",
  ftp: "ftp://10.99.2.1:{port}/{name}",
  websocket: "ws://10.99.2.1:{port}/{name}",
  neighbour: `cocoapp://${neighbour}/secret.js`,
  neighbourPage: `cocoapp://${neighbour}/`,
  nobody: "cocoapp://a0000000000000000000000000000000000000000/secret.js",
  noHost: "cocoapp:///etc/passwd",
  inspector: "inspector://127.0.0.1/",
  viewSource: "view-source:file:///etc/passwd",
  gopher: "gopher://10.99.2.1:{port}/{name}",
});
