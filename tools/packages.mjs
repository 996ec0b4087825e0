/**
 * The Debian packages each purpose needs. Names are the same in Debian 12, Debian 13 and Ubuntu 24.04.
 */
export const packages = {
  /** To compile and run the program. */
  build: ["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev"],

  /** To run it without a screen: a virtual one, and letters for the eight languages. */
  display: [
    "xvfb",
    "xauth",
    "fonts-dejavu-core", // Latin, Arabic
    "fonts-wqy-microhei", // Chinese, Japanese, Korean
    "fonts-tlwg-loma-ttf", // Thai
  ],

  /** For the tests: drives the windows, watches the network, compares with other implementations. */
  test: ["webkit2gtk-driver", "tcpdump", "iproute2", "python3-venv"],
};

/** Rust as Debian 12 packages it for programs that need a current compiler. */
export const rustPackages = ["cargo-web", "rustc-web"];

/** The formatter and the linter of the same compiler. */
export const rustCheckPackages = ["rustfmt-web", "rust-web-clippy"];
