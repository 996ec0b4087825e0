/** Letters for the eight languages. */
const fonts = [
  "fonts-dejavu-core", // Latin, Arabic
  "fonts-wqy-microhei", // Chinese, Japanese, Korean
  "fonts-tlwg-loma-ttf", // Thai
  "fonts-noto-color-emoji",
];

/**
 * The Debian packages each purpose needs. Names are the same in Debian 12, Debian 13 and Ubuntu 24.04, but for the group
 * `browser`: Ubuntu has Chromium as a snap only.
 */
export const packages = {
  /** To compile and run the program, with its icon in the tray and its links. */
  build: ["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "libssl-dev", "libayatana-appindicator3-1", "xdg-utils"],

  /** To run it without a screen: a virtual one, and letters for the eight languages. */
  display: ["xvfb", "xauth", ...fonts],

  /** For the tests of the page in a browser, which needs no screen. */
  browser: ["chromium", ...fonts],

  /** For the tests. */
  test: [
    "webkit2gtk-driver", // drives windows
    "evilwm", // a window manager,
    "xdotool", // a mouse and a keyboard,
    "x11-utils", // and eyes for them,
    "imagemagick",
    "python3-gi", // a window to drag files from
    "gir1.2-gtk-3.0",
    "xclip", // reads the clipboard
    "dbus-daemon", // a desktop's bus,
    "dunst", // and what shows its notifications
    "zbar-tools", // reads QR codes
    "tcpdump", // watches what leaves
    "iproute2",
    "postgresql", // the other place for a node's mailboxes
    "openssl", // certificates of web servers to download from
    "python3-venv", // for other implementations to compare with
  ],
};

/** Rust as Debian 12 packages it for programs that need a current compiler. */
export const rustPackages = ["cargo-web", "rustc-web"];

/** The formatter and the linter of the same compiler. */
export const rustCheckPackages = ["rustfmt-web", "rust-web-clippy"];
